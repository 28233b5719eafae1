using Prunella.Incidents;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>
/// Tells alerts that come after the fix of what they tell of: the operator fixes faster than an alert goes from a rule through
/// groups to here. They get an incident like all others, and its end; but nobody is woken for what is well again, unless they stay.
/// </summary>
internal sealed class LateAlerts(IRemediationStore store, IEnumerable<IFamilySource> families, EngineOptions options)
{
    // Executions are found by their start; one may have been watched for so long.
    private static readonly TimeSpan LongestValidation = TimeSpan.FromHours(1);

    /// <summary>
    /// The incident that was fixed before all alerts of this one came: its workload is well, the fix is no older than the time
    /// that an alert may take to end, and each alert began before the fix was found good or names the cause that was fixed.
    /// </summary>
    /// <returns>Null when there is none: then nobody knows yet what the alerts tell of.</returns>
    internal async Task<Incident?> FixedBeforeAsync(IncidentContext context, CancellationToken cancellation)
    {
        var alerts = context.Signals.Where(signal => signal.Status == SignalStatus.Firing).ToList();
        if (context.Workload is not { Healthy: true } || alerts.Count == 0 || alerts.Any(signal => signal.Source is Signal.OperatorSource or Signal.PersonSource)) return null;
        var since = context.Now - options.AlertResolveWithin;
        await foreach (var (execution, before) in store.FixesBeforeAsync(context.Incident, since - LongestValidation, cancellation).ConfigureAwait(false))
        {
            if (execution is not { Changed: true, FinishedAt: { } good } || good < since) continue;
            if (before is { State: IncidentState.Resolved, Diagnosis.Cause: { } cause } && alerts.All(alert => alert.StartsAt <= good || Names(alert, cause))) return before;
        }

        return null;
    }

    private bool Names(Signal alert, string cause) => families.Any(source => source.CausesOf(alert).Contains(cause, StringComparer.Ordinal));
}
