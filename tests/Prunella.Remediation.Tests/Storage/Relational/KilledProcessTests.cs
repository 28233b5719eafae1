using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Postgres;
using Prunella.Remediation.Storage.Relational.Sqlite;

namespace Prunella.Remediation.Tests.Storage.Relational;

/// <summary>
/// A process that accepts and commits as fast as it can is killed (SIGKILL) at a random moment, again and again on the same store.
/// It writes down what was acknowledged; afterwards everything written down is there, every step is whole, and the ledger verifies.
/// </summary>
[Collection("PostgreSQL")]
public sealed class KilledProcessTests(PostgresServer server) : IDisposable
{
    private const string FolderVariable = "PRUNELLA_KILL_TEST_FOLDER";
    private const string PostgresVariable = "PRUNELLA_KILL_TEST_POSTGRES";
    private const int Kills = 4;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-kill-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public Task Sqlite_KilledWhileWriting_LosesNothingAcknowledged() => KillAndCheckAsync(folder.FullName, postgres: "");

    [Fact]
    public async Task Postgres_KilledWhileWriting_LosesNothingAcknowledged()
    {
        var database = await server.NewDatabaseAsync(Token);
        await KillAndCheckAsync(folder.FullName, database);
        await server.DropAsync(database);
    }

    /// <summary>Not a test: what the killed process runs.</summary>
    [Fact(Explicit = true)]
    public async Task Child_WritesUntilItIsKilled()
    {
        var place = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(place is null, "Started by the other tests of this class.");
        var round = int.Parse(await File.ReadAllTextAsync(Path.Combine(place!, "round"), Token), CultureInfo.InvariantCulture);
        await using var store = Open(place!, Environment.GetEnvironmentVariable(PostgresVariable) ?? "");
        await store.MigrateAsync(Token);
        await using var acknowledged = new StreamWriter(new FileStream(Path.Combine(place!, "acknowledged"), FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        var line = new Lock();
        var samples = new Samples(1_000 + round);
        await Task.WhenAll([.. Enumerable.Range(0, 3).Select(_ => Task.Run(AcceptForeverAsync)), Task.Run(CommitForeverAsync)]);

        async Task AcceptForeverAsync()
        {
            while (true)
            {
                List<Signal> post;
                lock (line) post = [.. Enumerable.Range(0, 7).Select(_ => samples.Signal($"r{round}-{samples.NextId():N}"))];
                await store.AcceptAsync(post, Token);
                lock (line) foreach (var signal in post) acknowledged.WriteLine($"signal {signal.Identity}");
            }
        }

        async Task CommitForeverAsync()
        {
            for (var step = 0; ; step++)
            {
                Incident incident;
                ExecutionId execution;
                lock (line)
                {
                    incident = samples.Incident(Samples.Workload($"r{round}-{step}"));
                    execution = new ExecutionId(samples.NextId());
                }
                var committed = await store.CommitAsync(new StoreChange
                {
                    Incidents = [incident],
                    Lock = new TargetLock(incident.Target.Key, execution),
                    Settings = [new Setting($"step/{incident.Id}", "1", 0)],
                    Notices = [samples.Notice(incident.Id.ToString())],
                    Ledger = [Samples.Draft(incident.Id.ToString()), Samples.Draft(incident.Id.ToString(), "intent")],
                }, Token);
                lock (line) acknowledged.WriteLine($"incident {committed[0].Id}");
            }
        }
    }

    private static async Task KillAndCheckAsync(string place, string postgres)
    {
        var random = new Random(20260131);
        for (var round = 1; round <= Kills; round++)
        {
            await File.WriteAllTextAsync(Path.Combine(place, "round"), round.ToString(CultureInfo.InvariantCulture), Token);
            var before = LinesIn(place);
            using var child = Start(place, postgres);
            var started = Stopwatch.StartNew();
            // Killed in the middle of work, not of starting.
            while (LinesIn(place) < before + 60 && !child.HasExited && started.Elapsed < TimeSpan.FromMinutes(2))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 120)), TimeProvider.System, Token);
            child.HasExited.ShouldBeFalse(child.HasExited ? await child.StandardOutput.ReadToEndAsync(Token) : "");
            child.Kill();
            await child.WaitForExitAsync(Token);
            LinesIn(place).ShouldBeGreaterThanOrEqualTo(before + 60, $"round {round} wrote too little before its time was up");
        }
        await CheckAsync(place, postgres);
    }

    private static async Task CheckAsync(string place, string postgres)
    {
        await using var store = Open(place, postgres);
        await store.MigrateAsync(Token);
        var text = await File.ReadAllTextAsync(Path.Combine(place, "acknowledged"), Token);
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var pending = (await store.PendingSignalsAsync(int.MaxValue, Token)).Select(signal => signal.Identity).ToList();
        pending.Distinct().Count().ShouldBe(pending.Count);
        lines.Where(line => line.StartsWith("signal ", StringComparison.Ordinal)).Select(line => line[7..]).Except(pending).ShouldBeEmpty();

        // Steps are whole: every incident has its lock, setting, notice and both entries, and none of them is there without it.
        var incidents = await store.OpenIncidentsAsync(int.MaxValue, Token);
        lines.Where(line => line.StartsWith("incident ", StringComparison.Ordinal)).Select(line => line[9..])
            .Except(incidents.Select(incident => incident.Id.ToString())).ShouldBeEmpty();
        (await store.ListSettingsAsync("step/", Token)).Count.ShouldBe(incidents.Count);
        (await store.DueNoticesAsync(DateTimeOffset.MaxValue, int.MaxValue, Token)).Count.ShouldBe(incidents.Count);
        foreach (var incident in incidents)
        {
            (await store.ReadLedgerAsync(incident.Id.ToString(), 9, Token)).Select(entry => entry.Kind).ShouldBe(["verdict", "intent"]);
            await Should.ThrowAsync<TargetBusyException>(() =>
                store.CommitAsync(new StoreChange { Lock = new TargetLock(incident.Target.Key, new ExecutionId(Guid.Empty)) }, Token));
        }
        var report = await new LedgerVerifier(Samples.Keys).VerifyAsync(store.ReadWholeLedgerAsync(Token), LedgerCheckpointFile.Read(CheckpointPath(place)), Token);
        report.Intact.ShouldBeTrue(report.ToString());
        report.Entries.ShouldBe(2 * incidents.Count);
        report.VouchedNumber.ShouldBeGreaterThan(report.Entries - 2 * LedgerCheckpointer.EntriesBetweenDefault);
        (await store.AcceptAsync(new Samples(9).Signals(1), Token)).ShouldBe(1);
    }

    private static long LinesIn(string place)
    {
        var path = Path.Combine(place, "acknowledged");
        if (!File.Exists(path)) return 0;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(unit => unit == '\n');
    }

    private static string CheckpointPath(string place) => Path.Combine(place, "checkpoints", "ledger.jsonl");

    private static EfRemediationStore Open(string place, string postgres)
    {
        StoreDialect dialect = postgres.Length > 0
            ? new PostgresDialect(postgres, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30))
            : new SqliteDialect(Path.Combine(place, "store.db"), TimeSpan.FromSeconds(30));
        var checkpointer = new LedgerCheckpointer(new LedgerCheckpointFile(CheckpointPath(place), Samples.Keys), TimeProvider.System);
        return new EfRemediationStore(dialect, new LedgerChain(Samples.Keys), checkpointer, TimeProvider.System, () => ["log"], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);
    }

    private static Process Start(string place, string postgres)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", typeof(KilledProcessTests).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KilledProcessTests).FullName}.{nameof(Child_WritesUntilItIsKilled)}"])
        {
            RedirectStandardOutput = true,
        };
        info.Environment[FolderVariable] = place;
        info.Environment[PostgresVariable] = postgres;
        // It starts no server of its own, which would outlive it.
        info.Environment[PostgresServer.GivenVariable] = "Host=none";
        return Process.Start(info) ?? throw new InvalidOperationException("The child did not start.");
    }
}
