using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Prunella.Integrations.Redis;

/// <summary>One connection to one database of a cache, for the length of one step. Commands are bounded in keys and time.</summary>
internal sealed class RedisCache : IAsyncDisposable
{
    private readonly ConnectionMultiplexer connection;
    private readonly RedisCacheOptions options;
    private readonly byte[][] protectedPatterns;

    private RedisCache(ConnectionMultiplexer connection, RedisCacheOptions options, int database)
    {
        this.connection = connection;
        this.options = options;
        Database = connection.GetDatabase(database);
        // Marks of earlier executions are part of the record, not of the cache.
        protectedPatterns = [.. options.ProtectedPatterns.Append(MarkPrefix + "*").Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Keys that say what Prunella did begin with this.</summary>
    internal const string MarkPrefix = "prunella:execution:";

    internal IDatabase Database { get; }

    /// <exception cref="RedisException">It cannot be reached, or refuses.</exception>
    internal static async Task<RedisCache> OpenAsync(RedisCacheOptions options, int database)
    {
        var configuration = new ConfigurationOptions
        {
            User = options.User.Length > 0 ? options.User : null,
            Password = options.Password.Length > 0 ? options.Password : null,
            Ssl = options.Tls,
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = (int)options.Timeout.TotalMilliseconds,
            SyncTimeout = (int)options.Timeout.TotalMilliseconds,
            AsyncTimeout = (int)options.Timeout.TotalMilliseconds,
            ClientName = "prunella",
            AllowAdmin = true,
        };
        var colon = options.Endpoint.LastIndexOf(':');
        configuration.EndPoints.Add(options.Endpoint[..colon], int.Parse(options.Endpoint[(colon + 1)..], CultureInfo.InvariantCulture));
        return new RedisCache(await ConnectionMultiplexer.ConnectAsync(configuration), options, database);
    }

    /// <summary>The run of the server: changes when it is restarted, and what was in memory may be gone.</summary>
    internal async Task<(string RunId, bool Cluster, bool Replica)> ServerAsync()
    {
        var info = (await Database.ExecuteAsync("INFO", "everything")).ToString();
        string Field(string name) => info.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
        return (Field("run_id"), Field("redis_mode") == "cluster", Field("role") == "slave");
    }

    internal async Task<long> SizeAsync() => (long)await Database.ExecuteAsync("DBSIZE");

    /// <summary>Whether a key is never removed.</summary>
    internal bool Protects(ReadOnlySpan<byte> key)
    {
        foreach (var pattern in protectedPatterns)
        {
            if (RedisGlob.Matches(pattern, key)) return true;
        }
        return false;
    }

    /// <summary>Batches of keys that match, each perhaps more than once, as SCAN promises no more.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<byte[]>> ScanAsync(string pattern, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = "0";
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var reply = (RedisResult[])(await Database.ExecuteAsync("SCAN", cursor, "MATCH", pattern, "COUNT", options.BatchKeys.ToString(CultureInfo.InvariantCulture)))!;
            cursor = reply[0].ToString();
            yield return [.. ((RedisResult[])reply[1]!).Select(key => (byte[])key!)];
        }
        while (cursor != "0");
    }

    /// <returns>How many were there and are gone; their memory is given back in the background.</returns>
    internal async Task<long> UnlinkAsync(IEnumerable<byte[]> keys)
    {
        var removed = 0L;
        foreach (var batch in keys.Chunk(options.BatchKeys)) removed += (long)await Database.ExecuteAsync("UNLINK", [.. batch.Select(key => (object)(RedisKey)key)]);
        return removed;
    }

    internal Task MarkAsync(string execution, string text) => Database.StringSetAsync(MarkPrefix + execution, text, TimeSpan.FromDays(1));

    internal async Task<string?> FindMarkAsync(string execution) => await Database.StringGetAsync(MarkPrefix + execution);

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
