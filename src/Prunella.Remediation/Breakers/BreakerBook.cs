using System.Text.Json;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Breakers;

/// <summary>Reads breakers and works out how they change; a state that cannot be read counts as open. Thread-safe.</summary>
public sealed class BreakerBook(IRemediationStore store, BreakerOptions options, IncidentFeed feed, TimeProvider time)
{
    /// <summary>Settings with this prefix hold breakers.</summary>
    public const string KeyPrefix = "breaker/";

    /// <summary>The scopes that an execution belongs to, most particular first.</summary>
    public static IReadOnlyList<string> ScopesOf(Target target, string action) =>
        [Breaker.ActionScope(target, action), Breaker.NamespaceScope(target), Breaker.GlobalScope];

    /// <summary>The breakers of an execution's scopes.</summary>
    public async Task<IReadOnlyList<BreakerState>> ReadAsync(Target target, string action, CancellationToken cancellation)
    {
        var states = new List<BreakerState>(3);
        foreach (var scope in ScopesOf(target, action)) states.Add((await ReadAsync(scope, cancellation).ConfigureAwait(false)).State);
        return states;
    }

    /// <summary>Every breaker that ever changed, in ordinal order of the scopes, with its phase now.</summary>
    public async Task<IReadOnlyList<BreakerState>> ListAsync(CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(KeyPrefix, cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return [.. settings.Select(Parse).Select(state => state with { Phase = Breaker.PhaseAt(state, now, options) })];
    }

    /// <summary>Closes a breaker by hand.</summary>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    public async Task<BreakerState> ResetAsync(string scope, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "reset a breaker");
        while (true)
        {
            var (state, version) = await ReadAsync(scope, cancellation).ConfigureAwait(false);
            if (version == 0) return state;
            var now = time.GetUtcNow();
            var next = new BreakerState(scope, BreakerPhase.Closed, now) { Why = $"reset by {person.Name}: {reason}" };
            try
            {
                await store.CommitAsync(
                    new StoreChange { Settings = [Write(next, version)], Ledger = [LedgerFacts.Draft("breaker-reset", scope, new { before = state.Phase, reason }, $"person:{person.Name}")] },
                    cancellation).ConfigureAwait(false);
            }
            catch (StaleVersionException)
            {
                continue;
            }

            feed.Publish(new IncidentEvent(now, null, null, IncidentEventKind.Safety, $"breaker {scope} {next.Why}"));
            return next;
        }
    }

    /// <summary>What changes when an execution begins: a half-open breaker gives it the trial.</summary>
    internal async Task<IReadOnlyList<Setting>> OnStartAsync(ExecutionRecord execution, DateTimeOffset now, CancellationToken cancellation)
    {
        var changed = new List<Setting>();
        foreach (var scope in ScopesOf(execution.Target, execution.Action))
        {
            var (state, version) = await ReadAsync(scope, cancellation).ConfigureAwait(false);
            var next = Breaker.OnStart(state, execution.Id, now, options);
            if (next != state) changed.Add(Write(next, version));
        }

        return changed;
    }

    /// <summary>What changes when an execution ended, or when its fix turned out not to hold.</summary>
    internal async Task<BreakerChange> OnOutcomeAsync(ExecutionRecord ended, DateTimeOffset now, CancellationToken cancellation)
    {
        var settings = new List<Setting>();
        var opened = new List<BreakerState>();
        foreach (var scope in ScopesOf(ended.Target, ended.Action))
        {
            var (state, version) = await ReadAsync(scope, cancellation).ConfigureAwait(false);
            var recent = await RecentAsync(scope, ended, cancellation).ConfigureAwait(false);
            var next = Breaker.OnOutcome(state, ended, recent, now, options);
            if (next == state) continue;
            settings.Add(Write(next, version));
            if (next.Phase == BreakerPhase.Open) opened.Add(next);
        }

        return new BreakerChange(settings, opened);
    }

    private async Task<IReadOnlyList<ExecutionRecord>> RecentAsync(string scope, ExecutionRecord ended, CancellationToken cancellation)
    {
        var query = new ExecutionQuery { Max = options.Window * 2 };
        if (scope == Breaker.ActionScope(ended.Target, ended.Action)) query = query with { TargetKey = ended.Target.Key, Action = ended.Action };
        else if (scope == Breaker.NamespaceScope(ended.Target)) query = query with { ClusterNamespace = $"{ended.Target.Cluster}/{ended.Target.Namespace}" };
        var stored = await store.ExecutionsAsync(query, cancellation).ConfigureAwait(false);

        // The outcome is not committed yet: the record in hand is newer than the stored one.
        return [.. stored.Where(execution => execution.Id != ended.Id).Append(ended).OrderByDescending(execution => execution.StartedAt)];
    }

    private async Task<(BreakerState State, int Version)> ReadAsync(string scope, CancellationToken cancellation)
    {
        var setting = await store.ReadSettingAsync(KeyPrefix + scope, cancellation).ConfigureAwait(false);
        return setting is null ? (BreakerState.Fresh(scope), 0) : (Parse(setting), setting.Version);
    }

    private BreakerState Parse(Setting setting)
    {
        try
        {
            if (JsonSerializer.Deserialize<BreakerState>(setting.Value) is { } state) return state;
        }
        catch (JsonException)
        {
            // Falls through to the open state below.
        }

        return new BreakerState(setting.Key[KeyPrefix.Length..], BreakerPhase.Open, time.GetUtcNow()) { Why = "its state in the store cannot be read" };
    }

    private static Setting Write(BreakerState state, int version) => new(KeyPrefix + state.Scope, JsonSerializer.Serialize(state), version);
}

/// <summary>How breakers change with an outcome.</summary>
/// <param name="Settings">The settings to commit.</param>
/// <param name="Opened">The breakers that open.</param>
internal sealed record BreakerChange(IReadOnlyList<Setting> Settings, IReadOnlyList<BreakerState> Opened);
