using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Stages;

/// <summary>Reads and sets stages. The most particular scope wins: namespace/class, namespace/*, */class, */*. Thread-safe.</summary>
public sealed class StageBook(IRemediationStore store, StageOptions options, IncidentFeed feed, TimeProvider time)
{
    /// <summary>Settings with this prefix hold stages.</summary>
    public const string KeyPrefix = "stage/";

    /// <summary>The namespace part of the scope of objects of the whole cluster.</summary>
    public const string ClusterPart = "_cluster";

    /// <summary>The namespace part of a target's scope.</summary>
    public static string PartOf(Target target) => target is { Namespace.Length: > 0 } ? target.Namespace : ClusterPart;

    /// <summary>The stage that holds for a target and class.</summary>
    public async Task<StageState> ReadAsync(Target target, ActionClass actionClass, CancellationToken cancellation)
    {
        string[] scopes = [StageState.ScopeOf(PartOf(target), actionClass), $"{PartOf(target)}/*", $"*/{actionClass}", "*/*"];
        foreach (var scope in scopes)
        {
            if (await FindAsync(scope, cancellation).ConfigureAwait(false) is { } found) return found;
        }

        return new StageState("*/*", options.Default, options.CanaryPercent, DateTimeOffset.MinValue) { Why = "the configured default" };
    }

    /// <summary>The stage that holds for a scope: its own, else the nearest wider one's.</summary>
    /// <exception cref="ArgumentException">It is no scope.</exception>
    public async Task<StageState> ReadAsync(string scope, CancellationToken cancellation)
    {
        Demand(scope);
        var parts = scope.Split('/');
        foreach (var wider in new[] { scope, $"{parts[0]}/*", $"*/{parts[1]}", "*/*" }.Distinct(StringComparer.Ordinal))
        {
            if (await FindAsync(wider, cancellation).ConfigureAwait(false) is { } found) return found;
        }

        return new StageState("*/*", options.Default, options.CanaryPercent, DateTimeOffset.MinValue) { Why = "the configured default" };
    }

    /// <summary>Every scope that is configured or was set, in ordinal order.</summary>
    public async Task<IReadOnlyList<StageState>> ListAsync(CancellationToken cancellation)
    {
        var set = await store.ListSettingsAsync(KeyPrefix, cancellation).ConfigureAwait(false);
        var scopes = set.Select(setting => setting.Key[KeyPrefix.Length..]).Concat(options.Scopes.Keys).Append("*/*").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var stages = new List<StageState>();
        foreach (var scope in scopes)
        {
            stages.Add(await FindAsync(scope, cancellation).ConfigureAwait(false)
                ?? new StageState("*/*", options.Default, options.CanaryPercent, DateTimeOffset.MinValue) { Why = "the configured default" });
        }

        return stages;
    }

    /// <summary>The scopes that were set, without those that are only configured or cannot be read.</summary>
    public static async Task<IReadOnlyList<StageState>> ReadSetAsync(IRemediationStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        return [.. (await store.ListSettingsAsync(KeyPrefix, cancellation).ConfigureAwait(false)).Select(Parse).OfType<StageState>()];
    }

    /// <summary>Sets the stage of a scope.</summary>
    /// <exception cref="NotEntitledException">The person is no operator.</exception>
    /// <exception cref="ArgumentException">The scope is not of the form <c>namespace/class</c>, or the percentage is out of bounds.</exception>
    public async Task<StageState> SetAsync(string scope, Stage stage, int canaryPercent, Person person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        person.Demand(Role.Operator, "set a stage");
        Demand(scope);
        if (canaryPercent is < 0 or > 100) throw new ArgumentException($"{canaryPercent} % is out of bounds; allowed are 0 to 100.", nameof(canaryPercent));
        while (true)
        {
            var now = time.GetUtcNow();
            var change = await ChangeAsync(scope, stage, canaryPercent, person.Name, $"person:{person.Name}", reason, now, cancellation).ConfigureAwait(false);
            try
            {
                await store.CommitAsync(change.Change, cancellation).ConfigureAwait(false);
            }
            catch (StaleVersionException)
            {
                continue;
            }

            feed.Publish(new IncidentEvent(now, null, null, IncidentEventKind.Safety, change.Text));
            return change.State;
        }
    }

    /// <summary>One step back in trust, as part of a commit: Full → Canary, Canary → DryRun, DryRun → Shadow; null when already at the bottom.</summary>
    internal async Task<(StoreChange Change, string Text)?> DemotionAsync(Target target, ActionClass actionClass, string why, DateTimeOffset now, CancellationToken cancellation)
    {
        var present = await ReadAsync(target, actionClass, cancellation).ConfigureAwait(false);
        if (present.Stage == Stage.Shadow) return null;
        var change = await ChangeAsync(StageState.ScopeOf(PartOf(target), actionClass), present.Stage - 1, options.CanaryPercent, "prunella", "prunella", why, now, cancellation).ConfigureAwait(false);
        return (change.Change, change.Text);
    }

    private static void Demand(string scope)
    {
        if (!IsScope(scope)) throw new ArgumentException($"'{scope}' is no scope; write namespace/class, where class is {ActionClass.Safe}, {ActionClass.NeedsApproval} or *, and the namespace may be *.", nameof(scope));
    }

    private static bool IsScope(string scope) =>
        scope is { Length: > 2 and < 300 } && scope.Split('/') is [{ Length: > 0 }, var part] && (part == "*" || Enum.TryParse<ActionClass>(part, out _));

    private async Task<StageState?> FindAsync(string scope, CancellationToken cancellation)
    {
        var setting = await store.ReadSettingAsync(KeyPrefix + scope, cancellation).ConfigureAwait(false);
        if (setting is not null)
        {
            return Parse(setting) ?? new StageState(scope, Stage.Shadow, 0, DateTimeOffset.MinValue) { Why = "its state in the store cannot be read" };
        }

        return options.Scopes.TryGetValue(scope, out var configured)
            ? new StageState(scope, configured, options.CanaryPercent, DateTimeOffset.MinValue) { By = "configuration" }
            : null;
    }

    private static StageState? Parse(Setting setting)
    {
        try
        {
            return JsonSerializer.Deserialize<StageState>(setting.Value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<(StoreChange Change, StageState State, string Text)> ChangeAsync(
        string scope, Stage stage, int canaryPercent, string by, string actor, string why, DateTimeOffset now, CancellationToken cancellation)
    {
        var setting = await store.ReadSettingAsync(KeyPrefix + scope, cancellation).ConfigureAwait(false);
        var state = new StageState(scope, stage, canaryPercent, now) { By = by, Why = why };
        var text = $"stage of {scope} set to {stage}{(stage == Stage.Canary ? $" {canaryPercent} %" : "")} by {by}: {why}";
        return (
            new StoreChange
            {
                Settings = [new Setting(KeyPrefix + scope, JsonSerializer.Serialize(state), setting?.Version ?? 0)],
                Ledger = [LedgerFacts.Draft("stage-set", scope, state, actor)],
                Notices = [new Notice(NoticeKind.Safety, $"stage/{scope}/{now.UtcTicks}", null, text, text, now)],
            },
            state,
            text);
    }
}
