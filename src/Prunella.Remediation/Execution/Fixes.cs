using System.Runtime.CompilerServices;
using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>What was fixed on a target before.</summary>
internal static class Fixes
{
    private const int ExecutionsMax = 20;

    /// <summary>The executions on an incident's target that were found to have fixed another incident, and did not recur, each with that incident; newest first.</summary>
    /// <param name="store">Where they stand.</param>
    /// <param name="incident">The present one.</param>
    /// <param name="since">Only those started at or after this time.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal static async IAsyncEnumerable<(ExecutionRecord Execution, Incident Incident)> FixesBeforeAsync(
        this IRemediationStore store, Incident incident, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var execution in await store.ExecutionsAsync(new ExecutionQuery { TargetKey = incident.Target.Key, Since = since, Max = ExecutionsMax }, cancellation).ConfigureAwait(false))
        {
            if (execution.Validation != ValidationResult.Fixed || execution.RecurredAt is not null || execution.Incident == incident.Id) continue;
            if (await store.FindIncidentAsync(execution.Incident, cancellation).ConfigureAwait(false) is { } before) yield return (execution, before);
        }
    }
}
