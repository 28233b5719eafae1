using Npgsql;

namespace Prunella.Integrations.Postgres;

/// <summary>The configuration section <c>postgres</c>: the databases whose idle backends may be ended, by the name of the pool.</summary>
public sealed class PostgresPoolsOptions
{
    /// <summary>Pools by name.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, PostgresPoolOptions> Pools { get; init; } = new Dictionary<string, PostgresPoolOptions>(StringComparer.Ordinal);

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public IReadOnlyList<string> Problems() => [.. Pools.SelectMany(pool => pool.Value.Problems($"postgres:Pools:{pool.Key}"))];
}

/// <summary>
/// One pool as PostgreSQL sees it: the backends of an application, a user, a database. The role that Prunella signs in with needs
/// <c>pg_read_all_stats</c> (to see who is idle) and <c>pg_signal_backend</c>, and nothing more.
/// </summary>
public sealed class PostgresPoolOptions
{
    /// <summary>How to connect: <c>Host=db;Username=prunella;Password=…;Database=shop</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Only backends of this application_name.</summary>
    /// <value>Default any; at least one of application, user and database must be given.</value>
    public string Application { get; set; } = "";

    /// <summary>Only backends of this role.</summary>
    /// <value>Default any.</value>
    public string User { get; set; } = "";

    /// <summary>Only backends of this database.</summary>
    /// <value>Default any.</value>
    public string Database { get; set; } = "";

    /// <summary>Only backends that have been idle, in a transaction or not, for longer.</summary>
    /// <value>Default 5 minutes; 30 s to 1 day. A proposal may ask for longer, never for less.</value>
    public TimeSpan IdleLongerThan { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Backends ended by one action at most; those idle longest come first.</summary>
    /// <value>Default 100; 1 to 5 000.</value>
    public int BackendsMax { get; set; } = 100;

    /// <summary>How long connecting, and each statement, may take.</summary>
    /// <value>Default 10 s; 1 s to 2 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IReadOnlyList<string> Problems(string section) => new OptionProblems(section)
        .Check(nameof(ConnectionString), HasHost(), "is no connection string with a Host")
        .Check(nameof(Application), Application.Length + User.Length + Database.Length > 0, "and User and Database are all empty; give at least one, so that other applications' backends stay")
        .Within(nameof(IdleLongerThan), IdleLongerThan, TimeSpan.FromSeconds(30), TimeSpan.FromDays(1))
        .Within(nameof(BackendsMax), BackendsMax, 1, 5_000)
        .Within(nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)).All;

    private bool HasHost()
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(ConnectionString).Host is { Length: > 0 };
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }
}
