using Microsoft.Extensions.Logging.Abstractions;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Remediation.Storage.Relational;
using Prunella.Remediation.Storage.Relational.Postgres;

namespace Prunella.Remediation.Tests.Storage.Relational;

[Collection("PostgreSQL")]
public sealed class PostgresRemediationStoreTests(PostgresServer server) : RemediationStoreSuite
{
    private string connectionString = "";

    private protected override async Task<IRemediationStore> NewStoreAsync()
    {
        connectionString = await server.NewDatabaseAsync(Token);
        var store = Open();
        await store.MigrateAsync(Token);
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (connectionString.Length > 0) await server.DropAsync(connectionString);
    }

    private EfRemediationStore Open(TimeSpan? busyTimeout = null) => new(
        new PostgresDialect(connectionString, busyTimeout ?? TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), new LedgerChain(Samples.Keys), null,
        Samples.Time, () => ["log", "slack"], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);

    [Fact]
    public async Task Migrate_StoreOfTheFirstVersion_KnowsHowSevereItsOpenIncidentsAre()
    {
        var fresh = connectionString;
        connectionString = await server.NewDatabaseAsync(Token);
        await using (var dialect = new PostgresDialect(connectionString, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30))) await WriteFirstVersionAsync(dialect, Severity.Critical);

        await using (var migrated = Open())
        {
            await migrated.MigrateAsync(Token);
            await ShouldPutSeverestFirstAsync(migrated, Samples.Incident() with { Severity = Severity.Warning });
        }

        await server.DropAsync(connectionString);
        connectionString = fresh;
    }

    [Fact]
    public async Task Migrate_ReplicasStartTogether_AllSucceed()
    {
        var fresh = connectionString;
        connectionString = await server.NewDatabaseAsync(Token);
        var replicas = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.MigrateAsync(Token))));

        (await replicas[3].CountPendingSignalsAsync(Token)).ShouldBe(0);
        foreach (var replica in replicas) await replica.DisposeAsync();
        await server.DropAsync(connectionString);
        connectionString = fresh;
    }

    [Fact]
    public async Task Replicas_CommitTogether_KeepOneChainAndOneOpenIncident()
    {
        await using var other = Open();
        IRemediationStore[] replicas = [Store, other];

        var winners = await Task.WhenAll(Enumerable.Range(0, 24).Select(index =>
        {
            // Every pair races for the same target.
            var incident = Samples.Incident(Samples.Workload($"w{index / 2}"));
            return Task.Run(async () =>
            {
                try
                {
                    await replicas[index % 2].CommitAsync(new StoreChange { Incidents = [incident], Ledger = [Samples.Draft(incident.Id.ToString())] }, Token);
                    return 1;
                }
                catch (StaleVersionException)
                {
                    return 0;
                }
            });
        }));

        winners.Sum().ShouldBe(12);
        (await Store.OpenIncidentsAsync(100, Token)).Count.ShouldBe(12);
        var report = await new LedgerVerifier(Samples.Keys).VerifyAsync(other.ReadWholeLedgerAsync(Token), [], Token);
        report.Entries.ShouldBe(12);
        report.Intact.ShouldBeTrue(report.ToString());
    }

    [Fact]
    public async Task Replicas_AcceptTheSameAlertsInOppositeOrders_LoseNothing()
    {
        await using var other = Open();
        var signals = Samples.Signals(400);
        var copies = signals.Select(signal => signal with { Id = new SignalId(Samples.NextId()) }).Reverse().ToList();

        var added = await Task.WhenAll(
            Enumerable.Range(0, 8).SelectMany(part => new[]
            {
                Task.Run(() => Store.AcceptAsync([.. signals.Skip(part * 50).Take(50)], Token)),
                Task.Run(() => other.AcceptAsync([.. copies.Skip(part * 50).Take(50)], Token)),
            }));

        added.Sum().ShouldBe(400);
        (await Store.CountPendingSignalsAsync(Token)).ShouldBe(400);
    }

    [Fact]
    public async Task Commit_HeadLockedBySomeoneElse_IsUnavailableAndChangesNothing()
    {
        await using var impatient = Open(TimeSpan.FromMilliseconds(200));
        await using var holder = new Npgsql.NpgsqlConnection(connectionString);
        await holder.OpenAsync(Token);
        await using var transaction = await holder.BeginTransactionAsync(Token);
        await using var command = new Npgsql.NpgsqlCommand("SELECT * FROM ledger_head FOR UPDATE", holder, transaction);
        await command.ExecuteNonQueryAsync(Token);
        var incident = Samples.Incident();
        var change = new StoreChange { Incidents = [incident], Ledger = [Samples.Draft("x")] };

        var exception = await Should.ThrowAsync<StoreUnavailableException>(() => impatient.CommitAsync(change, Token));

        exception.Message.ShouldContain("pg_stat_activity");
        await transaction.RollbackAsync(Token);
        (await Store.FindIncidentAsync(incident.Id, Token)).ShouldBeNull();
        await Store.CommitAsync(change, Token);
    }

    [Fact]
    public async Task Role_ThatMayOnlyReadAndInsertTheLedger_IsEnough()
    {
        // docs/storage.md recommends it: the server's role can then change no entry, whoever takes the server over.
        var role = $"limited_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}; REVOKE UPDATE, DELETE ON ledger FROM {role}");
        var owner = connectionString;
        connectionString = new Npgsql.NpgsqlConnectionStringBuilder(owner) { Username = role }.ToString();
        await using (var limited = Open())
        {
            await limited.MigrateAsync(Token);
            var signal = Samples.Signal();
            await limited.AcceptAsync([signal], Token);
            var incident = Samples.Incident(first: signal);
            await limited.CommitAsync(new StoreChange { Incidents = [incident], Assignments = [new(signal.Id, incident.Id)], Notices = [Samples.Notice("n")], Ledger = [Samples.Draft("x")] }, Token);
            await limited.CommitAsync(new StoreChange { Ledger = [Samples.Draft("y")] }, Token);
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => ExecuteAsync("UPDATE ledger SET actor = 'eve'"))).SqlState.ShouldBe("42501");
        }
        connectionString = owner;
        await ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        (await Store.ReadLedgerAsync(1, 10, Token)).Count.ShouldBe(2);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(connectionString);
        await connection.OpenAsync(Token);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    [Fact]
    public async Task Server_Away_IsUnavailableWithoutThePassword()
    {
        await using var away = new EfRemediationStore(
            new PostgresDialect("Host=127.0.0.1;Port=1;Database=x;Username=u;Password=hunter2;Timeout=2", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            new LedgerChain(Samples.Keys), null, Samples.Time, () => [], new StorageOptions(), NullLogger<EfRemediationStore>.Instance);

        var read = await Should.ThrowAsync<StoreUnavailableException>(() => away.CountPendingSignalsAsync(Token));
        var accept = await Should.ThrowAsync<StoreUnavailableException>(() => away.AcceptAsync(Samples.Signals(1), Token));
        await Should.ThrowAsync<StoreUnavailableException>(() => away.CommitAsync(new StoreChange { Settings = [new("a", "1", 0)] }, Token));
        await Should.ThrowAsync<StoreUnavailableException>(() => away.MigrateAsync(Token));

        read.Message.ShouldNotContain("hunter2");
        accept.Message.ShouldContain("127.0.0.1");
    }
}
