using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Logs.Questions;
using Prunella.Remediation.Storage;

namespace Prunella.Reasoning;

/// <summary>What changed in a span of time: rollouts as the cluster keeps them, and alerts, incidents and executed actions of the record.</summary>
internal sealed class RecentChanges(IRemediationStore store, IEnumerable<IRolloutSource> rollouts)
{
    /// <summary>Most changes told; the latest stay.</summary>
    internal const int Most = 100;

    private const int IncidentsMax = 200;
    private const int SignalsMax = 20;

    /// <summary>The changes, earliest first, and what could not be read.</summary>
    /// <param name="since">From here on.</param>
    /// <param name="until">Before this.</param>
    /// <param name="kind">Only changes of this kind; null for all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<(IReadOnlyList<AnswerChange> Changes, IReadOnlyList<string> Unread)> ReadAsync(DateTimeOffset since, DateTimeOffset until, string? kind, CancellationToken cancellation)
    {
        List<AnswerChange> changes = [];
        List<string> unread = [];
        foreach (var incident in (await store.ListIncidentsAsync(new IncidentQuery { Since = since, Max = IncidentsMax }, cancellation)).Incidents.Where(incident => incident.StartedAt < until))
        {
            changes.Add(new AnswerChange(incident.StartedAt, "incident", $"{incident.Target}: {incident.Title}{(incident.Diagnosis is { Cause: not Diagnosis.Unknown and var cause } ? $", {cause}" : "")} ({incident.Id.Short})"));
            changes.AddRange((await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation)).Where(signal => signal.Status == SignalStatus.Firing && signal.Source != Signal.OperatorSource)
                .Select(signal => new AnswerChange(signal.StartsAt, "alert", $"{incident.Target}: {signal.Name}")));
        }
        foreach (var execution in await store.ExecutionsAsync(new ExecutionQuery { Since = since, Max = IncidentsMax }, cancellation))
        {
            if (execution.Changed) changes.Add(new AnswerChange(execution.StartedAt, "action", $"{execution.Target}: {execution.Action}{(execution.Validation is { } result ? $", {result}" : "")}"));
        }
        foreach (var source in rollouts)
        {
            try
            {
                changes.AddRange((await source.RolloutsAsync(since, until, cancellation)).Select(rollout => new AnswerChange(rollout.At, "rollout", $"{rollout.Target}: {rollout.Text}")));
            }
            catch (WorkloadUnreadableException failure)
            {
                unread.Add($"rollouts: {failure.Message}");
            }
        }
        return ([.. changes.Where(change => change.At >= since && change.At < until && (kind is null || change.Kind == kind)).Distinct().OrderBy(change => change.At).ThenBy(change => change.What, StringComparer.Ordinal).TakeLast(Most)], unread);
    }
}
