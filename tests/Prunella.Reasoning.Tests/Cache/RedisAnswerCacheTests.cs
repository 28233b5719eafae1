using Microsoft.Extensions.Logging;
using Prunella.Integrations.Tests.Redis;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Cache;

/// <summary>The cache that replicas share, over a real Redis.</summary>
public sealed class RedisAnswerCacheTests(RedisServer server) : IClassFixture<RedisServer>, IDisposable
{
    private readonly KeptLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatOneReplicaKeeps_AnotherFinds_UntilItIsForgottenOrOld()
    {
        await using var one = Cache(server.Endpoint);
        await using var other = Cache(server.Endpoint);
        (await other.FindAsync("digest", Cancellation)).ShouldBeNull();
        // The cache waits half a second for Redis and goes on without it: on a slow machine it takes more than one try.
        await UntilAsync(async () =>
        {
            await one.KeepAsync("digest", "{\"answer\":\"ünd\"}", Cancellation);
            return await other.FindAsync("digest", Cancellation) == "{\"answer\":\"ünd\"}";
        });
        var redis = server.Connection.GetDatabase();
        (await redis.KeyTimeToLiveAsync("prunella:answer:digest")).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        await UntilAsync(async () =>
        {
            await other.ForgetAsync("digest", Cancellation);
            return !await redis.KeyExistsAsync("prunella:answer:digest");
        });
        (await one.FindAsync("digest", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task AChangedPassword_IsUsedOnceTheOldOneIsRefused()
    {
        Assert.SkipWhen(server.Endpoint.Length == 0, "redis-server is not installed");
        var admin = server.Connection.GetServer(server.Endpoint);
        var credential = new FixedCredential("first");
        await admin.ConfigSetAsync("requirepass", "first");
        try
        {
            await using var cache = new RedisAnswerCache(new AnswerCacheOptions { Redis = server.Endpoint, RedisCredential = "env:REDIS" }, credential, new Logger<RedisAnswerCache>(log));
            await UntilAsync(async () =>
            {
                await cache.KeepAsync("secured", "kept", Cancellation);
                return await cache.FindAsync("secured", Cancellation) == "kept";
            });
            await admin.ConfigSetAsync("requirepass", "second");
            credential.Key = "second";
            // Whoever is connected stays so: the change shows when the connection breaks.
            foreach (var client in (await admin.ClientListAsync()).Where(client => client.Name == "prunella-reasoning")) await admin.ClientKillAsync(client.Id);
            await UntilAsync(async () => await cache.FindAsync("secured", Cancellation) == "kept");
        }
        finally
        {
            await admin.ConfigSetAsync("requirepass", "");
        }
    }

    [Fact]
    public async Task ARedisThatIsAway_MakesEveryQuestionNew_AndIsSaidOnce()
    {
        // A port of loopback that nothing listens on.
        await using var cache = Cache("127.0.0.1:1");
        await cache.KeepAsync("digest", "x", Cancellation);
        (await cache.FindAsync("digest", Cancellation)).ShouldBeNull();
        (await cache.FindAsync("digest", Cancellation)).ShouldBeNull();
        log.Lines.Count(line => line.Contains("127.0.0.1:1", StringComparison.Ordinal)).ShouldBe(1);
    }

    public void Dispose() => log.Dispose();

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        while (!await done()) patience.Token.ThrowIfCancellationRequested();
    }

    private RedisAnswerCache Cache(string endpoint)
    {
        Assert.SkipWhen(server.Endpoint.Length == 0, "redis-server is not installed");
        return new RedisAnswerCache(new AnswerCacheOptions { Redis = endpoint }, new FixedCredential(""), new Logger<RedisAnswerCache>(log));
    }
}
