using Npgsql;
using NpgsqlTypes;

namespace Prunella.Integrations.Postgres;

/// <summary>A backend: the process id alone may be another's by the time it is looked at again, with the start it cannot.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="User">Its role.</param>
/// <param name="Application">Its application_name.</param>
/// <param name="State">idle, idle in transaction.</param>
/// <param name="IdleSeconds">Since the last change of state.</param>
internal sealed record Backend(int Pid, DateTimeOffset StartedAt, string User, string Application, string State, double IdleSeconds);

/// <summary>What was read of a pool.</summary>
/// <param name="Eligible">Longest idle first; one more than may be ended.</param>
/// <param name="Matching">Backends of the pool, working ones included.</param>
/// <param name="Connections">Backends of clients in all.</param>
/// <param name="ConnectionsMax">What the server allows.</param>
/// <param name="Hidden">Backends whose state the role may not see.</param>
internal sealed record PoolReading(IReadOnlyList<Backend> Eligible, long Matching, long Connections, long ConnectionsMax, long Hidden);

/// <summary>Reads and ends backends within the configured bounds.</summary>
internal sealed class PostgresPool(PostgresPoolOptions options)
{
    // Never itself, a superuser's, a replication's or a background worker's; never one that is working.
    private const string Eligible = """
        from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
        where a.backend_type = 'client backend' and a.pid <> pg_backend_pid() and not r.rolsuper and not r.rolreplication
          and a.state in ('idle', 'idle in transaction', 'idle in transaction (aborted)')
          and a.state_change < clock_timestamp() - @idle
          and (@application = '' or a.application_name = @application) and (@user = '' or a.usename = @user) and (@database = '' or a.datname = @database)
        """;

    private NpgsqlConnection Connect()
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            Timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.Timeout.TotalSeconds),
            ApplicationName = "prunella",
        };
        return new NpgsqlConnection(builder.ConnectionString);
    }

    /// <summary>Reads without changing anything.</summary>
    internal async Task<PoolReading> ReadAsync(TimeSpan idle, string application, CancellationToken cancellation)
    {
        await using var connection = Connect();
        await connection.OpenAsync(cancellation);
        List<Backend> backends = [];
        await using (var command = Command(connection, $"select a.pid, a.backend_start, a.usename, a.application_name, a.state, extract(epoch from clock_timestamp() - a.state_change)::float8 {Eligible} order by a.state_change limit @max", idle, application))
        {
            command.Parameters.AddWithValue("max", options.BackendsMax + 1);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                backends.Add(new Backend(reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDouble(5)));
        }
        await using var counts = Command(connection, """
            select count(*) filter (where (@application = '' or application_name = @application) and (@user = '' or usename = @user) and (@database = '' or datname = @database)),
                   count(*) filter (where backend_type = 'client backend'), current_setting('max_connections')::bigint,
                   count(*) filter (where backend_type is null)
            from pg_stat_activity where pid <> pg_backend_pid() and (backend_type = 'client backend' or backend_type is null)
            """, idle, application);
        await using var row = await counts.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new PoolReading(backends, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    /// <summary>Ends those of the planned that are still eligible, each checked by the server in the same statement.</summary>
    internal async Task<int> EndAsync(IReadOnlyList<Backend> planned, TimeSpan idle, string application, CancellationToken cancellation)
    {
        await using var connection = Connect();
        await connection.OpenAsync(cancellation);
        await using var command = Command(connection, $"select count(*) filter (where pg_terminate_backend(a.pid)) {Eligible} and (a.pid, a.backend_start) in (select * from unnest(@pids, @starts))", idle, application);
        Planned(command, planned);
        return (int)(long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>How many of the planned are still there.</summary>
    internal async Task<int> RemainingAsync(IReadOnlyList<Backend> planned, CancellationToken cancellation)
    {
        await using var connection = Connect();
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("select count(*) from pg_stat_activity a where (a.pid, a.backend_start) in (select * from unnest(@pids, @starts))", connection);
        Planned(command, planned);
        return (int)(long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string text, TimeSpan idle, string application)
    {
        var command = new NpgsqlCommand(text, connection);
        command.Parameters.AddWithValue("idle", NpgsqlDbType.Interval, idle);
        command.Parameters.AddWithValue("application", application);
        command.Parameters.AddWithValue("user", options.User);
        command.Parameters.AddWithValue("database", options.Database);
        return command;
    }

    private static void Planned(NpgsqlCommand command, IReadOnlyList<Backend> planned)
    {
        command.Parameters.AddWithValue("pids", planned.Select(backend => backend.Pid).ToArray());
        command.Parameters.AddWithValue("starts", planned.Select(backend => backend.StartedAt.UtcDateTime).ToArray());
    }
}
