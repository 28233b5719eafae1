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
        await one.KeepAsync("digest", "{\"answer\":\"ünd\"}", Cancellation);
        (await other.FindAsync("digest", Cancellation)).ShouldBe("{\"answer\":\"ünd\"}");
        var lifetime = await server.Connection.GetDatabase().KeyTimeToLiveAsync("prunella:answer:digest");
        lifetime.ShouldNotBeNull();
        lifetime.Value.ShouldBeInRange(TimeSpan.FromMinutes(30), TimeSpan.FromHours(1));
        await other.ForgetAsync("digest", Cancellation);
        (await one.FindAsync("digest", Cancellation)).ShouldBeNull();
        log.Lines.ShouldBeEmpty();
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

    private RedisAnswerCache Cache(string endpoint)
    {
        Assert.SkipWhen(server.Endpoint.Length == 0, "redis-server is not installed");
        return new RedisAnswerCache(new AnswerCacheOptions { Redis = endpoint }, new FixedCredential(""), new Logger<RedisAnswerCache>(log));
    }
}
