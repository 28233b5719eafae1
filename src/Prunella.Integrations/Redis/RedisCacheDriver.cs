using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using StackExchange.Redis;

namespace Prunella.Integrations.Redis;

/// <summary>
/// <c>clear-cache</c> on Redis: SCAN and UNLINK by pattern in bounded batches, or a whole database. Caches are known by name from the
/// configuration. What it does it writes into a mark (<c>prunella:execution:ID</c>, kept a day), so that it can be observed. Cleared
/// entries cannot be put back.
/// </summary>
public sealed class RedisCacheDriver : IActionDriver
{
    private const string Begun = "begun";
    private const string Done = "done: ";

    private readonly RedisOptions options;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public RedisCacheDriver(RedisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ActionDescriptor> Actions => [ClearCache.Descriptor];

    /// <inheritdoc/>
    public bool Drives(Proposal proposal) => options.Caches.ContainsKey(ClearCache.NameIn(proposal));

    /// <inheritdoc/>
    public async Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var name = ClearCache.NameIn(proposal);
        if (!options.Caches.TryGetValue(name, out var cache))
            return ActionPlan.Blocked(proposal, $"there is no cache '{name}'; configured are {string.Join(", ", options.Caches.Keys.Order(StringComparer.Ordinal))}") with { WorkloadsAffected = 0 };
        var blockers = ClearCache.Blockers(proposal).ToList();
        var whole = ClearCache.Whole(proposal);
        if (whole && !cache.AllowWholeDatabase) blockers.Add($"redis:Caches:{name}:AllowWholeDatabase is false");
        var database = proposal.Parameters.TryGetValue("database", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : cache.Database;
        var pattern = whole ? "*" : proposal.Parameters.GetValueOrDefault("pattern") ?? "";
        if (blockers.Count > 0) return Plan(proposal, name, "", blockers, null);
        try
        {
            await using var redis = await RedisCache.OpenAsync(cache, database);
            var server = await redis.ServerAsync();
            if (server.Cluster) blockers.Add("the cache is a Redis cluster, whose keys lie on several servers; clear it by an HTTP hook");
            if (server.Replica) blockers.Add("the endpoint is a replica, which cannot be written; name the primary");
            if (blockers.Count > 0) return Plan(proposal, name, "", blockers, null);
            var count = await CountAsync(redis, cache, pattern, cancellation);
            if (count.Beyond) blockers.Add(FormattableString.Invariant($"more than {cache.KeysMax} keys match; narrow the pattern or raise redis:Caches:{name}:KeysMax"));
            if (count.Removed == 0) blockers.Add("no key matches that may be removed; there is nothing to clear");
            var size = await redis.SizeAsync();
            var sample = count.Sample.Count == 0 ? "" : $"\nsuch as {string.Join(", ", count.Sample)}";
            var kept = count.Protected == 0 ? "" : FormattableString.Invariant($"\n{count.Protected} matching keys are protected and stay");
            var diff = FormattableString.Invariant($"remove {count.Removed} of {size} keys of database {database} of cache {name} ({(whole ? "every key" : "pattern " + pattern)}){sample}{kept}");
            return Plan(proposal, name, diff, blockers, new RedisDriverState(name, database, pattern, server.RunId));
        }
        catch (Exception failure) when (failure is RedisException or RedisTimeoutException or TimeoutException)
        {
            throw new ActionFailedException($"The cache {name} ({cache.Endpoint}) could not be read: {InertText.Line(failure)}", failure);
        }
    }

    /// <inheritdoc/>
    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var (cache, state) = Planned(plan);
        var removed = 0L;
        var begun = false;
        try
        {
            await using var redis = await RedisCache.OpenAsync(cache, state.Database);
            // Written first: without it nothing was removed, with it and no end nobody knows how much.
            begun = true;
            await redis.MarkAsync(execution.ToString(), Begun);
            await foreach (var keys in redis.ScanAsync(state.Pattern, cancellation))
            {
                removed += await redis.UnlinkAsync(keys.Where(key => !redis.Protects(key)));
                if (removed > cache.KeysMax) return new(EffectKind.Unknown, FormattableString.Invariant($"stopped after {removed} keys of {state.Cache}, more than {cache.KeysMax}: keys are written faster than they are removed"));
            }
            var text = FormattableString.Invariant($"removed {removed} keys of database {state.Database} of {state.Cache}");
            await redis.MarkAsync(execution.ToString(), Done + text);
            return new(EffectKind.Applied, text);
        }
        catch (RedisServerException failure) when (removed == 0)
        {
            return new(EffectKind.Rejected, $"the cache {state.Cache} refused: {InertText.Line(failure)}");
        }
        catch (Exception failure) when (failure is RedisException or RedisTimeoutException or TimeoutException or OperationCanceledException)
        {
            return begun
                ? new(EffectKind.Unknown, FormattableString.Invariant($"the cache {state.Cache} was lost after {removed} removed keys: {InertText.Line(failure)}"))
                : new(EffectKind.Rejected, $"the cache {state.Cache} was not reached: {InertText.Line(failure)}");
        }
    }

    /// <inheritdoc/>
    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var (cache, state) = Planned(plan);
        try
        {
            await using var redis = await RedisCache.OpenAsync(cache, state.Database);
            var mark = await redis.FindMarkAsync(execution.ToString());
            if (mark is not null && mark.StartsWith(Done, StringComparison.Ordinal)) return new(ObservationKind.Applied, mark[Done.Length..]);
            if (mark is not null) return new(ObservationKind.Unknown, $"clearing {state.Cache} began and did not come to its end; some keys may be gone");
            var server = await redis.ServerAsync();
            return server.RunId == state.RunId
                ? new(ObservationKind.NotApplied, $"the cache {state.Cache} has no mark of {execution}")
                : new(ObservationKind.Unknown, $"the cache {state.Cache} was restarted since, and a mark may be lost");
        }
        catch (Exception failure) when (failure is RedisException or RedisTimeoutException or TimeoutException)
        {
            return new(ObservationKind.Unknown, $"the cache {state.Cache} cannot be asked: {InertText.Line(failure)}");
        }
    }

    /// <inheritdoc/>
    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, "cleared entries cannot be put back; they are made again when they are asked for"));

    private static async Task<(long Removed, long Protected, bool Beyond, List<string> Sample)> CountAsync(RedisCache redis, RedisCacheOptions cache, string pattern, CancellationToken cancellation)
    {
        long removed = 0, kept = 0;
        List<string> sample = [];
        await foreach (var keys in redis.ScanAsync(pattern, cancellation))
        {
            foreach (var key in keys)
            {
                if (redis.Protects(key))
                {
                    kept++;
                    continue;
                }
                removed++;
                if (sample.Count < 5) sample.Add(InertText.Line(Encoding.UTF8.GetString(key), 80));
            }
            if (removed > cache.KeysMax) return (removed, kept, true, sample);
        }
        return (removed, kept, false, sample);
    }

    private (RedisCacheOptions Cache, RedisDriverState State) Planned(ActionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var state = plan.DriverState is { } json ? json.Deserialize(RedisDriverJson.Default.RedisDriverState) : null;
        if (state is null) throw new ActionFailedException("The plan of clear-cache holds no cache; plan it again.");
        return options.Caches.TryGetValue(state.Cache, out var cache) ? (cache, state) : throw new ActionFailedException($"The cache '{state.Cache}' of the plan is not configured any more.");
    }

    private static ActionPlan Plan(Proposal proposal, string name, string diff, List<string> blockers, RedisDriverState? state) => new()
    {
        Proposal = proposal,
        Diff = diff,
        Objects = [new PlannedObject("Cache", "", name, state?.RunId ?? "", null)],
        WorkloadsAffected = 0,
        Blockers = blockers,
        DriverState = state is null ? null : JsonSerializer.SerializeToElement(state, RedisDriverJson.Default.RedisDriverState),
    };
}

/// <summary>What execution needs of the plan.</summary>
/// <param name="Cache">Its configured name.</param>
/// <param name="Database">The number.</param>
/// <param name="Pattern">Which keys.</param>
/// <param name="RunId">The run of the server when it was planned.</param>
internal sealed record RedisDriverState(string Cache, int Database, string Pattern, string RunId);

[JsonSerializable(typeof(RedisDriverState))]
internal sealed partial class RedisDriverJson : JsonSerializerContext;
