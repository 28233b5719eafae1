using System.Text;
using Prunella.Incidents.Actions;
using Prunella.Integrations.Redis;
using StackExchange.Redis;

namespace Prunella.Integrations.Tests.Redis;

public sealed class RedisCacheDriverTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clear_ByPattern_RemovesWhatMatchesAndNothingElse()
    {
        var (driver, database) = Ready(1, cache => cache.ProtectedPatterns.Add("catalog:pinned:*"));
        await FillAsync(database, ("catalog:", 1_234), ("catalog:pinned:", 3), ("session:", 10));

        var plan = (await driver.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*")), Cancellation)).Stored();
        plan.Blockers.ShouldBeEmpty();
        plan.Diff.ShouldStartWith("remove 1234 of 1247 keys of database 1 of cache shop (pattern catalog:*)\nsuch as catalog:");
        plan.Diff.ShouldEndWith("3 matching keys are protected and stay");
        (await driver.ObserveAsync(plan, Proposals.Execution(1), Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);

        var effect = await driver.ExecuteAsync(plan, Proposals.Execution(1), Cancellation);
        effect.ShouldBe(new Effect(EffectKind.Applied, "removed 1234 keys of database 1 of shop"));
        (await KeysAsync(database)).Count(key => key.StartsWith("catalog:pinned:", StringComparison.Ordinal)).ShouldBe(3);
        (await KeysAsync(database)).Count(key => key.StartsWith("session:", StringComparison.Ordinal)).ShouldBe(10);
        (await KeysAsync(database)).Count.ShouldBe(3 + 10 + 1);
        (await driver.ObserveAsync(plan, Proposals.Execution(1), Cancellation)).ShouldBe(new Observation(ObservationKind.Applied, "removed 1234 keys of database 1 of shop"));
        (await driver.ObserveAsync(plan, Proposals.Execution(2), Cancellation)).Kind.ShouldBe(ObservationKind.NotApplied);
    }

    [Fact]
    public async Task Observe_AnExecutionThatBeganAndDidNotEnd_IsUnknown()
    {
        var (driver, database) = Ready(2);
        await FillAsync(database, ("catalog:", 5));
        var plan = await driver.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*")), Cancellation);
        await database.StringSetAsync("prunella:execution:" + Proposals.Execution(3), "begun");
        (await driver.ObserveAsync(plan, Proposals.Execution(3), Cancellation)).Kind.ShouldBe(ObservationKind.Unknown);
    }

    [Fact]
    public async Task Clear_TheWholeDatabase_NeedsTheOptionAndKeepsOthers()
    {
        var (refusing, database) = Ready(3);
        await FillAsync(database, ("a:", 700));
        (await refusing.PlanAsync(Proposals.Of("clear-cache", "shop", ("whole-database", "true")), Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain("AllowWholeDatabase is false");

        var (driver, _) = Ready(3, cache => cache.AllowWholeDatabase = true);
        var neighbour = server.Connection.GetDatabase(4);
        await FillAsync(neighbour, ("b:", 7));
        var plan = await driver.PlanAsync(Proposals.Of("clear-cache", "shop", ("whole-database", "true")), Cancellation);
        (await driver.ExecuteAsync(plan, Proposals.Execution(4), Cancellation)).Kind.ShouldBe(EffectKind.Applied);
        (await KeysAsync(database)).ShouldHaveSingleItem().ShouldStartWith("prunella:execution:");
        (await KeysAsync(neighbour)).Count.ShouldBe(7);
    }

    [Theory]
    [InlineData("pattern", "*", "names too little")]
    [InlineData("pattern", "a*", "names too little")]
    [InlineData("pattern", "[a-z]*?", "names too little")]
    [InlineData("pattern", "nothing:*", "no key matches")]
    [InlineData("database", "5", "exactly one of pattern and whole-database")]
    public async Task Plan_WhatMayNotBeCleared_IsBlocked(string name, string value, string blocker)
    {
        var (driver, _) = Ready(5);
        (await driver.PlanAsync(Proposals.Of("clear-cache", "shop", (name, value)), Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain(blocker);
    }

    [Fact]
    public async Task Plan_MoreKeysThanAllowed_IsBlocked()
    {
        var (driver, database) = Ready(6, cache => cache.KeysMax = 100);
        await FillAsync(database, ("catalog:", 500));
        (await driver.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*")), Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain("more than 100 keys match");
    }

    [Fact]
    public async Task Execute_ACacheThatIsGone_IsRejectedOrUnknownAndNeverApplied()
    {
        var (driver, database) = Ready(7);
        await FillAsync(database, ("catalog:", 5));
        var plan = await driver.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*")), Cancellation);
        var away = new RedisCacheDriver(new RedisOptions { Caches = { ["shop"] = new RedisCacheOptions { Endpoint = "127.0.0.1:1", Timeout = TimeSpan.FromSeconds(1) } } });
        (await away.ExecuteAsync(plan, Proposals.Execution(5), Cancellation)).Kind.ShouldBe(EffectKind.Rejected);
        (await away.ObserveAsync(plan, Proposals.Execution(5), Cancellation)).Kind.ShouldBe(ObservationKind.Unknown);
        await Should.ThrowAsync<ActionFailedException>(() => away.PlanAsync(Proposals.Of("clear-cache", "shop", ("pattern", "catalog:*")), Cancellation));
    }

    [Fact]
    public async Task Plan_ACacheThatIsNotConfigured_IsBlockedAndNotDriven()
    {
        var (driver, _) = Ready(8);
        var elsewhere = Proposals.Of("clear-cache", "169.254.169.254:6379", ("pattern", "catalog:*"));
        driver.Drives(elsewhere).ShouldBeFalse();
        (await driver.PlanAsync(elsewhere, Cancellation)).Blockers.ShouldHaveSingleItem().ShouldContain("configured are shop");
    }

    [Fact]
    public async Task Glob_AgreesWithRedisOnAnyPattern()
    {
        var (_, database) = Ready(9);
        var random = new Random(7);
        string Any(string letters) => new([.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => letters[random.Next(letters.Length)])]);
        List<string> keys = [.. Enumerable.Range(0, 40).Select(_ => Any("ab:*-]^")).Distinct()];
        foreach (var key in keys) await database.StringSetAsync(key, "x");
        foreach (var pattern in Enumerable.Range(0, 1_000).Select(_ => Any(@"ab*?[]-\:^")).Distinct())
        {
            var expected = ((RedisResult[])(await database.ExecuteAsync("KEYS", pattern))!).Select(key => key.ToString()).Order(StringComparer.Ordinal).ToList();
            var found = keys.Where(key => RedisGlob.Matches(Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(key))).Order(StringComparer.Ordinal).ToList();
            found.ShouldBe(expected, $"pattern {pattern}");
        }
    }

    private static async Task FillAsync(IDatabase database, params (string Prefix, int Count)[] groups)
    {
        foreach (var (prefix, count) in groups)
            await database.StringSetAsync([.. Enumerable.Range(0, count).Select(index => KeyValuePair.Create((RedisKey)$"{prefix}{index}", (RedisValue)"x"))]);
    }

    private static async Task<List<string>> KeysAsync(IDatabase database) => [.. ((RedisResult[])(await database.ExecuteAsync("KEYS", "*"))!).Select(key => key.ToString())];

    private (RedisCacheDriver Driver, IDatabase Database) Ready(int database, Action<RedisCacheOptions>? change = null)
    {
        Assert.SkipWhen(server.Endpoint.Length == 0, "redis-server is not installed");
        var cache = new RedisCacheOptions { Endpoint = server.Endpoint, Database = database, Timeout = TimeSpan.FromSeconds(30), BatchKeys = 100 };
        change?.Invoke(cache);
        return (new RedisCacheDriver(new RedisOptions { Caches = { ["shop"] = cache } }), server.Connection.GetDatabase(database));
    }
}
