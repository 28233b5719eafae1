using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Remediation.Tests.Storage;

public sealed class RemediationStorageExtensionsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-services-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(folder.FullName, name);

    private void Here(StorageOptions options)
    {
        options.Path = At("store.db");
        options.LedgerKeyFile = At("keys/ledger.key");
        options.CheckpointFile = At("checkpoints/ledger.jsonl");
    }

    [Fact]
    public async Task Defaults_AreValidAndTheStoreWorksAndStopsCleanly()
    {
        new StorageOptionsValidation().Validate(null, new StorageOptions()).Succeeded.ShouldBeTrue();
        var samples = new Samples();
        await using (var provider = new ServiceCollection().AddRemediationStorage(Here).AddSingleton<IEscalationSink, PaperSink>().BuildServiceProvider())
        {
            var store = provider.GetRequiredService<IRemediationStore>();
            await store.MigrateAsync(Token);
            await store.CommitAsync(new StoreChange { Notices = [samples.Notice("n")], Ledger = [Samples.Draft("x")] }, Token);
            (await store.DueNoticesAsync(DateTimeOffset.MaxValue, 10, Token)).Single().Sink.ShouldBe("paper");
        }
        LedgerCheckpointFile.Read(At("checkpoints/ledger.jsonl")).Single().Checkpoint!.Number.ShouldBe(1);

        // The key stays, so the next start goes on with the same ledger.
        await using var again = new ServiceCollection().AddRemediationStorage(Here).BuildServiceProvider();
        var reopened = again.GetRequiredService<IRemediationStore>();
        await reopened.MigrateAsync(Token);
        await reopened.CommitAsync(new StoreChange { Ledger = [Samples.Draft("y")] }, Token);
        (await again.GetRequiredService<LedgerVerifier>().VerifyAsync(reopened.ReadWholeLedgerAsync(Token), [], Token)).Entries.ShouldBe(2);
    }

    [Fact]
    public async Task Memory_NeedsNoFiles()
    {
        await using var provider = new ServiceCollection().AddRemediationStorage(options => options.Provider = StorageProvider.Memory).BuildServiceProvider();
        provider.GetRequiredService<IRemediationStore>().ShouldBeOfType<MemoryRemediationStore>();
    }

    [Fact]
    public void Options_EveryErrorIsToldAtOnceWithItsKeyAndWithoutSecrets()
    {
        using var provider = new ServiceCollection().AddRemediationStorage(options =>
        {
            options.Provider = StorageProvider.PostgreSql;
            options.ConnectionString = "Password=hunter2";
            options.BusyTimeout = TimeSpan.Zero;
            options.AcceptQueueSignalsMax = 5;
            options.CheckpointEvery = 0;
            options.CheckpointFile = "";
            options.LedgerKeys = "c0ffee";
        }).BuildServiceProvider();

        var failures = Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value).Failures.ToList();

        failures.Count.ShouldBe(6);
        foreach (var key in new[] { "ConnectionString", "BusyTimeout", "AcceptQueueSignalsMax", "CheckpointEvery", "CheckpointFile", "LedgerKeys" })
            failures.ShouldContain(failure => failure.StartsWith($"Storage:{key}", StringComparison.Ordinal));
        string.Concat(failures).ShouldNotContain("hunter2");
        string.Concat(failures).ShouldNotContain("c0ffee");
    }

    private sealed class PaperSink : IEscalationSink
    {
        public string Name => "paper";

        public Task DeliverAsync(Notice notice, CancellationToken cancellation) => Task.CompletedTask;
    }
}
