using System.Globalization;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using NpgsqlTypes;

namespace Prunella.Remediation.Storage.Relational.Postgres;

/// <summary>
/// PostgreSQL. Writers run side by side; those that append to the ledger take turns at its head's row. A commit is durable as the
/// server is configured: <c>synchronous_commit</c> has to be on, which this connection asks for itself.
/// </summary>
internal sealed class PostgresDialect : StoreDialect
{
    private const int DeadlockTriesMax = 5;

    private readonly NpgsqlDataSource source;
    private readonly PooledDbContextFactory<PostgresStoreContext> contexts;

    public PostgresDialect(string connectionString, TimeSpan busyTimeout, TimeSpan commandTimeout)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = (int)Math.Ceiling(commandTimeout.TotalSeconds) };
        if (string.IsNullOrEmpty(builder.ApplicationName)) builder.ApplicationName = "prunella";
        var settings = string.Create(CultureInfo.InvariantCulture, $"-c lock_timeout={(long)busyTimeout.TotalMilliseconds} -c synchronous_commit=on");
        builder.Options = string.IsNullOrEmpty(builder.Options) ? settings : $"{builder.Options} {settings}";
        Place = string.Create(CultureInfo.InvariantCulture, $"postgresql://{builder.Host}:{builder.Port}/{builder.Database}");
        source = NpgsqlDataSource.Create(builder);
        contexts = new PooledDbContextFactory<PostgresStoreContext>(new DbContextOptionsBuilder<PostgresStoreContext>().UseNpgsql(source).Options, poolSize: 64);
    }

    public override string ForUpdate => " FOR UPDATE";

    public override string Place { get; }

    public override StoreContext NewContext() => contexts.CreateDbContext();

    public override async Task MigrateAsync(CancellationToken cancellation)
    {
        // Held by this connection until it closes, so replicas that start together take turns; a killed one lets go.
        await using var turn = await source.OpenConnectionAsync(cancellation);
        await using var enter = turn.CreateCommand();
        enter.CommandText = "SET lock_timeout = '60s'; SELECT pg_advisory_lock(5787213489236)";
        enter.CommandTimeout = 90;
        await enter.ExecuteNonQueryAsync(cancellation);
        try
        {
            await using var context = NewContext();
            await Schema.UpdateAsync(context, Place, cancellation);
        }
        finally
        {
            await using var leave = turn.CreateCommand();
            leave.CommandText = "SELECT pg_advisory_unlock(5787213489236); RESET lock_timeout";
            await leave.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public override Task<IDisposable?> EnterWriteAsync(CancellationToken cancellation) => Task.FromResult<IDisposable?>(null);

    public override async Task<int[]> InsertSignalsAsync(IReadOnlyList<AcceptRequest> requests, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await InsertOnceAsync(requests, cancellation);
            }
            catch (PostgresException exception) when (IsDeadlock(exception) && tries < DeadlockTriesMax)
            {
                // Two replicas were given the same alerts in different orders.
            }
        }
    }

    private async Task<int[]> InsertOnceAsync(IReadOnlyList<AcceptRequest> requests, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO signals (id, identity, assigned, document)
            SELECT given.id, given.identity, 0, given.document
            FROM unnest(@ids, @identities, @documents) WITH ORDINALITY AS given (id, identity, document, place)
            ORDER BY given.place
            ON CONFLICT (identity) DO NOTHING
            RETURNING identity
            """);
        command.Parameters.Add(Texts("ids", requests.SelectMany(request => request.Ids)));
        command.Parameters.Add(Texts("identities", requests.SelectMany(request => request.Identities)));
        command.Parameters.Add(Texts("documents", requests.SelectMany(request => request.Documents)));
        var inserted = new HashSet<string>(StringComparer.Ordinal);
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation)) inserted.Add(reader.GetString(0));
        }
        // The first request that holds an identity is the one that brought it.
        return [.. requests.Select(request => request.Identities.Count(inserted.Remove))];
    }

    private static NpgsqlParameter Texts(string name, IEnumerable<string> values) =>
        new(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = values.ToArray() };

    public override bool IsUnavailable(Exception exception)
    {
        if (exception is TimeoutException or IOException or SocketException or ObjectDisposedException) return true;
        return Cause(exception) switch
        {
            // https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, access, resources, operator, system, lock not available.
            PostgresException cause => cause.SqlState[..2] is "08" or "28" or "53" or "57" or "58" or "XX" || cause.SqlState is "55P03" or "3D000" or "25006",
            NpgsqlException => true,
            _ => false,
        };
    }

    public override bool IsConflict(Exception exception) => Cause(exception) is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override bool IsDeadlock(Exception exception) =>
        Cause(exception) is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    protected override string Describe(Exception exception) => Cause(exception) switch
    {
        PostgresException { SqlState: "53100" } => "the disk of the database server is full. Free space; nothing that was accepted is lost.",
        PostgresException { SqlState: "55P03" or "57014" } => "another transaction holds a lock for too long. Look for idle transactions in pg_stat_activity.",
        PostgresException { SqlState: "28P01" or "28000" } => "user or password were refused. Check Storage:ConnectionString.",
        PostgresException { SqlState: "3D000" } => "the database does not exist. Create it; Prunella makes the tables itself.",
        PostgresException { SqlState: "25006" } => "it is read-only, a standby perhaps. Point Storage:ConnectionString at the primary.",
        PostgresException cause => $"{cause.MessageText} ({cause.SqlState}).",
        { } cause => $"{cause.Message}.",
        _ => exception.Message,
    };

    public override async ValueTask DisposeAsync() => await source.DisposeAsync();
}
