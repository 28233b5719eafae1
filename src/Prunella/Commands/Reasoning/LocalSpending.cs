using Prunella.Hosting;
using Prunella.Ledger;
using Prunella.Reasoning;
using Prunella.Reasoning.Budget;
using Prunella.Remediation.Storage;

namespace Prunella.Commands.Reasoning;

/// <summary>
/// What models cost in commands that run without a server, and the ledger of their calls: a store of the person's own, so that limits hold
/// over all runs. It is opened for each use, by one process at a time. Thread-safe.
/// </summary>
/// <param name="folder">Where it is; empty when there is no place for it.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalSpending(string folder, TimeProvider time) : ISpendingStore
{
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>The place of the person who runs the command: <c>prunella</c> below <c>XDG_STATE_HOME</c>, or below <c>~/.local/state</c>.</summary>
    internal static string OwnFolder
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (!string.IsNullOrEmpty(state)) return Path.Combine(state, "prunella");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length > 0 ? Path.Combine(home, ".local", "state", "prunella") : "";
        }
    }

    public Task<IReadOnlyList<SpendingDay>> ReadAsync(DateOnly first, DateOnly last, CancellationToken cancellation) => UseAsync(spending => spending.ReadAsync(first, last, cancellation), cancellation);

    public Task<bool> TryWriteAsync(SpendingDay day, IReadOnlyList<CallRecord> calls, BudgetAlert? alert, CancellationToken cancellation) => UseAsync(spending => spending.TryWriteAsync(day, calls, alert, cancellation), cancellation);

    private async Task<T> UseAsync<T>(Func<StoreSpending, Task<T>> use, CancellationToken cancellation)
    {
        if (folder.Length == 0) throw new SpendingUnavailableException("there is no home folder to keep the budget in; set XDG_STATE_HOME");
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using var turn = await TakeTurnAsync(cancellation);
            var places = new ConfigurationBuilder().AddInMemoryCollection(new ServeSettings { Data = folder }.AsConfiguration()).Build();
            await using var services = new ServiceCollection().AddSingleton(time).Configure<StorageOptions>(places.GetSection("storage")).AddRemediationStorage().BuildServiceProvider();
            var store = services.GetRequiredService<IRemediationStore>();
            await store.MigrateAsync(cancellation);
            return await use(new StoreSpending(store, time));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreUnavailableException or StoreTooNewException or LedgerBrokenException or LedgerCheckpointException)
        {
            throw new SpendingUnavailableException($"{folder}: {failure.Message}", failure);
        }
    }

    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "turn"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(began) < TurnWithin)
            {
                await Task.Delay(LookAgain, time, cancellation);
            }
        }
    }
}
