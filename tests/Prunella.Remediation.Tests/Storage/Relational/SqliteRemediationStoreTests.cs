using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Sqlite;

namespace Prunella.Remediation.Tests.Storage.Relational;

public sealed class SqliteRemediationStoreTests : RemediationStoreSuite
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prunella-store-");

    private protected override async Task<IRemediationStore> NewStoreAsync()
    {
        var store = Open();
        await store.MigrateAsync(Token);
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private string StorePath => Path.Combine(folder.FullName, "data", "store.db");

    private string CheckpointPath => Path.Combine(folder.FullName, "checkpoints", "ledger.jsonl");

    private EfRemediationStore Open(string extraPragmas = "", TimeSpan? busyTimeout = null) => New(StorePath, Samples.Keys, extraPragmas, busyTimeout);

    private EfRemediationStore New(string path, LedgerKeyRing? keys = null, string extraPragmas = "", TimeSpan? busyTimeout = null)
    {
        var checkpoints = new LedgerCheckpointFile(CheckpointPath, keys ?? Samples.Keys);
        return new EfRemediationStore(
            new SqliteDialect(path, busyTimeout ?? TimeSpan.FromSeconds(30), extraPragmas), new LedgerChain(keys ?? Samples.Keys),
            new LedgerCheckpointer(checkpoints, Samples.Time), Samples.Time, () => ["log", "slack"], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);
    }

    [Fact]
    public async Task Migrate_StoreOfTheFirstVersion_KnowsHowSevereItsOpenIncidentsAre()
    {
        var path = Path.Combine(folder.FullName, "first.db");
        await using (var dialect = new SqliteDialect(path, TimeSpan.FromSeconds(30))) await WriteFirstVersionAsync(dialect, Severity.Critical);

        await using var migrated = New(path);
        await migrated.MigrateAsync(Token);
        await ShouldPutSeverestFirstAsync(migrated, Samples.Incident() with { Severity = Severity.Warning });
    }

    [Fact]
    public async Task Accept_DiskFull_IsUnavailableAndWhatWasAcceptedStays()
    {
        var kept = Samples.Signals(20);
        await Store.AcceptAsync(kept, Token);
        await using var full = Open("PRAGMA max_page_count = 60;");
        var accepted = 20;
        StoreUnavailableException? refused = null;
        for (var calls = 0; calls < 200 && refused is null; calls++)
        {
            try
            {
                accepted += await full.AcceptAsync(Samples.Signals(20), Token);
            }
            catch (StoreUnavailableException exception)
            {
                refused = exception;
            }
        }

        refused.ShouldNotBeNull().Message.ShouldContain("full");
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(accepted);
        await Should.ThrowAsync<StoreUnavailableException>(() => full.CommitAsync(new StoreChange { Settings = [new("s", new string('x', 500_000), 0)] }, Token));
        (await Store.ReadSettingAsync("s", Token)).ShouldBeNull();
        // Space again: the same store goes on.
        (await Store.AcceptAsync(Samples.Signals(20), Token)).ShouldBe(20);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(accepted + 20);
    }

    [Fact]
    public async Task Write_LockedByAnotherProcess_IsUnavailableAndReadsGoOn()
    {
        await Store.AcceptAsync(Samples.Signals(3), Token);
        await using var impatient = Open(busyTimeout: TimeSpan.FromMilliseconds(100));
        await using var other = new SqliteConnection($"Data Source={StorePath}");
        await other.OpenAsync(Token);
        await using (var transaction = other.BeginTransaction(deferred: false))
        {
            (await Should.ThrowAsync<StoreUnavailableException>(() => impatient.AcceptAsync(Samples.Signals(1), Token))).Message.ShouldContain("locked");
            await Should.ThrowAsync<StoreUnavailableException>(() => impatient.CommitAsync(new StoreChange { Settings = [new("s", "1", 0)] }, Token));
            (await impatient.CountPendingSignalsAsync(Token)).ShouldBe(3);
            await transaction.RollbackAsync(Token);
        }
        (await impatient.AcceptAsync(Samples.Signals(1), Token)).ShouldBe(1);
        await impatient.CommitAsync(new StoreChange { Settings = [new("s", "1", 0)] }, Token);
    }

    [Fact]
    public async Task Open_NoDatabaseOrNoFolder_IsUnavailableWithTheRemedy()
    {
        await File.WriteAllTextAsync(StorePath + ".text", string.Concat(Enumerable.Repeat("this is no database. ", 300)), Token);
        await using var text = New(StorePath + ".text");
        (await Should.ThrowAsync<StoreUnavailableException>(() => text.MigrateAsync(Token))).Message.ShouldContain("damaged");
        await using var folderless = New(Path.Combine(StorePath, "below-a-file", "store.db"));
        await Should.ThrowAsync<StoreUnavailableException>(() => folderless.MigrateAsync(Token));
    }

    [Fact]
    public async Task Migrate_AfterAKillInTheMiddleOfAMigration_DoesNotHang()
    {
        await ExecuteAsync("CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL); INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01'); DELETE FROM __EFMigrationsHistory; DROP TABLE signals; DROP TABLE incidents; DROP TABLE executions; DROP TABLE approvals; DROP TABLE decisions; DROP TABLE settings; DROP TABLE target_locks; DROP TABLE notices; DROP TABLE deliveries; DROP TABLE ledger; DROP TABLE ledger_head;");
        await using var again = Open();
        await again.MigrateAsync(Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        (await again.AcceptAsync(Samples.Signals(1), Token)).ShouldBe(1);
    }

    [Fact]
    public async Task Migrate_StoreOfANewerVersion_IsRefused()
    {
        await ExecuteAsync("INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Future', '99.0.0')");
        await using var older = Open();
        (await Should.ThrowAsync<StoreTooNewException>(() => older.MigrateAsync(Token))).Migration.ShouldBe("29990101000000_Future");
    }

    [Fact]
    public async Task Migrate_LedgerCutBelowItsCheckpoint_IsRefused()
    {
        for (var index = 0; index < 20; index++) await Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("x")] }, Token);
        LedgerCheckpointFile.Read(CheckpointPath).Single().Checkpoint!.Number.ShouldBe(16);
        await ExecuteAsync("DELETE FROM ledger WHERE number > 10; UPDATE ledger_head SET number = 10, hash = (SELECT hash FROM ledger WHERE number = 10)");

        await using var again = Open();
        (await Should.ThrowAsync<LedgerBrokenException>(() => again.MigrateAsync(Token))).Message.ShouldContain("entry 16");

        var report = await new LedgerVerifier(Samples.Keys).VerifyAsync(Store.ReadWholeLedgerAsync(Token), LedgerCheckpointFile.Read(CheckpointPath), Token);
        (report.Break?.Kind, report.Break?.Number).ShouldBe((LedgerBreakKind.Truncated, 11));
    }

    [Fact]
    public async Task Migrate_AnotherKey_IsRefused()
    {
        await Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("x")] }, Token);
        await using var other = New(StorePath, LedgerKeyRing.Parse(new string('b', 64)));
        (await Should.ThrowAsync<LedgerKeyException>(() => other.MigrateAsync(Token))).Message.ShouldContain(Samples.Keys.SigningId);
    }

    [Fact]
    public async Task Dispose_IsACleanStop_CheckpointsTheLastEntry()
    {
        await using (var store = Open())
        {
            await store.MigrateAsync(Token);
            await store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("x"), Samples.Draft("y")] }, Token);
        }
        LedgerCheckpointFile.Read(CheckpointPath).Single().Checkpoint!.Number.ShouldBe(2);
    }

    [Theory]
    [InlineData("UPDATE ledger SET payload = '{\"verdict\":\"Refuse\"}' WHERE number = 3", LedgerBreakKind.ContentChanged, 3)]
    [InlineData("UPDATE ledger SET payload = payload || ' ' WHERE number = 3", LedgerBreakKind.ContentChanged, 3)]
    [InlineData("UPDATE ledger SET payload = 'no json' WHERE number = 3", LedgerBreakKind.ContentChanged, 3)]
    [InlineData("UPDATE ledger SET at = at + 1 WHERE number = 4", LedgerBreakKind.ContentChanged, 4)]
    [InlineData("UPDATE ledger SET at = 'never' WHERE number = 4", LedgerBreakKind.ContentChanged, 4)]
    [InlineData("UPDATE ledger SET at = 9223372036854775807 WHERE number = 4", LedgerBreakKind.ContentChanged, 4)]
    [InlineData("DELETE FROM ledger WHERE number = 2", LedgerBreakKind.Gap, 2)]
    [InlineData("DELETE FROM ledger WHERE number >= 5", LedgerBreakKind.Truncated, 5)]
    [InlineData("DELETE FROM ledger", LedgerBreakKind.Truncated, 1)]
    [InlineData("UPDATE ledger SET number = -number WHERE number = 2", LedgerBreakKind.Reordered, 1)]
    [InlineData("UPDATE ledger SET key_id = 'ffffffff' WHERE number = 6", LedgerBreakKind.WrongKey, 6)]
    public async Task Ledger_ChangedInTheStore_Shows(string sql, LedgerBreakKind kind, long number)
    {
        for (var index = 0; index < 20; index++) await Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("x")] }, Token);
        await ExecuteAsync(sql);

        var report = await new LedgerVerifier(Samples.Keys).VerifyAsync(Store.ReadWholeLedgerAsync(Token), LedgerCheckpointFile.Read(CheckpointPath), Token);

        (report.Break?.Kind, report.Break?.Number).ShouldBe((kind, number));
    }

    [Fact]
    public async Task Ledger_TailRemovedWhileRunning_NothingMoreIsAppended()
    {
        await Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("x"), Samples.Draft("y")] }, Token);
        await ExecuteAsync("DELETE FROM ledger WHERE number = 2");
        (await Should.ThrowAsync<StoreUnavailableException>(() => Store.CommitAsync(new StoreChange { Ledger = [Samples.Draft("z")] }, Token))).Message.ShouldContain("ledger verify");
    }

    [Fact]
    public async Task Pending_ReadsOnlyTheBatch()
    {
        await using var connection = new SqliteConnection($"Data Source={StorePath}");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN SELECT document FROM signals WHERE assigned = 0 ORDER BY sequence LIMIT 100";
        var plan = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(Token))
            while (await reader.ReadAsync(Token)) plan.Add(reader.GetString(3));
        string.Join('\n', plan).ShouldBe("SCAN signals USING INDEX signals_pending");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={StorePath}");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }
}
