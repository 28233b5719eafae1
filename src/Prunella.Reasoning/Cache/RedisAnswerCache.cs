using Microsoft.Extensions.Logging;
using Prunella.Reasoning.Providers;
using StackExchange.Redis;

namespace Prunella.Reasoning.Cache;

/// <summary>Answers in a Redis that replicas share. While it is away every question is new, and one line says so.</summary>
internal sealed partial class RedisAnswerCache(AnswerCacheOptions options, ICredentialSource credentials, ILogger<RedisAnswerCache> log) : IAnswerCache
{
    private const string Prefix = "prunella:answer:";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim opening = new(1, 1);
    private ConnectionMultiplexer? connection;
    private string? password;
    private int saidAway;

    public async ValueTask<string?> FindAsync(string digest, CancellationToken cancellation) =>
        await TryAsync<string?>(async database => await database.StringGetAsync(Prefix + digest).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    public async ValueTask KeepAsync(string digest, string answer, CancellationToken cancellation) =>
        await TryAsync(async database => await database.StringSetAsync(Prefix + digest, answer, options.Lifetime).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    public async ValueTask ForgetAsync(string digest, CancellationToken cancellation) =>
        await TryAsync(async database => await database.KeyDeleteAsync(Prefix + digest).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        opening.Dispose();
    }

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            var answer = await ask((await OpenAsync(cancellation).ConfigureAwait(false)).GetDatabase()).ConfigureAwait(false);
            Interlocked.Exchange(ref saidAway, 0);
            return answer;
        }
        catch (Exception away) when (away is RedisException or TimeoutException or ModelUnavailableException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref saidAway, 1) == 0) LogAway(log, options.Redis, away.GetType().Name);
            if (away is RedisException) await CloseIfChangedAsync(cancellation).ConfigureAwait(false);
            return default;
        }
    }

    private async Task<ConnectionMultiplexer> OpenAsync(CancellationToken cancellation)
    {
        if (connection is { } open) return open;
        await opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (connection is { } meanwhile) return meanwhile;
            var milliseconds = (int)Patience.TotalMilliseconds;
            var configuration = new ConfigurationOptions
            {
                EndPoints = { options.Redis },
                Ssl = options.RedisTls,
                Password = password = await PasswordAsync(cancellation).ConfigureAwait(false),
                AbortOnConnectFail = true, ConnectRetry = 1, ConnectTimeout = milliseconds, SyncTimeout = milliseconds, AsyncTimeout = milliseconds, ClientName = "prunella-reasoning",
            };
            return connection = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        }
        finally
        {
            opening.Release();
        }
    }

    // A connection keeps the password that it was opened with, also when it is opened again: with another one it has to be a new one.
    private async Task CloseIfChangedAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (connection is not { } stale || await PasswordAsync(cancellation).ConfigureAwait(false) == password) return;
            connection = null;
            await stale.DisposeAsync().ConfigureAwait(false);
        }
        catch (ModelUnavailableException)
        {
            // The password cannot be read at this moment; the next failure asks again.
        }
        finally
        {
            opening.Release();
        }
    }

    private async ValueTask<string?> PasswordAsync(CancellationToken cancellation) =>
        options.RedisCredential.Length > 0 ? await credentials.ReadAsync(options.RedisCredential, cancellation).ConfigureAwait(false) : null;

    [LoggerMessage(EventId = 7101, Level = LogLevel.Warning, Message = "The cache of answers at {Redis} is away ({Why}); every question is asked anew until it is back")]
    private static partial void LogAway(ILogger logger, string redis, string why);
}
