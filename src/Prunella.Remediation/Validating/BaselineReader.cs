using Prunella.Incidents;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Validating;

/// <summary>Captures, before an effect, what the validation compares with.</summary>
internal sealed class BaselineReader(IRemediationStore store, IWorkloadSource workloads, IEnumerable<IMetricSource> metrics, TimeProvider time)
{
    private const int IncidentsMax = 200;

    internal async Task<Baseline> CaptureAsync(Incident incident, Target target, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var workload = GateStateReader.IsWorkload(target) ? await workloads.ReadAsync(target, cancellation).ConfigureAwait(false) : null;
        double? errorRate = null;
        if (incident.ErrorRateQuery.Length > 0 && metrics.FirstOrDefault() is { } source)
            errorRate = (await source.QueryAsync(incident.ErrorRateQuery, now, cancellation).ConfigureAwait(false)).Value;
        var open = await store.ListIncidentsAsync(new IncidentQuery { Open = true, Namespace = target.Namespace, Max = IncidentsMax }, cancellation).ConfigureAwait(false);
        return new Baseline
        {
            At = now,
            Desired = workload?.Desired,
            Ready = workload?.Ready,
            Uid = workload?.Uid ?? "",
            Restarts = workload is null ? new Dictionary<string, int>() : RestartsOf(workload),
            ErrorRate = errorRate,
            ErrorRateQuery = incident.ErrorRateQuery,
            FiringSeries = [.. open.Incidents.Select(other => other.Id.ToString())],
        };
    }

    internal static Dictionary<string, int> RestartsOf(WorkloadState workload)
    {
        var restarts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pod in workload.Pods) foreach (var container in pod.Containers) restarts[$"{pod.Uid}/{container.Name}"] = container.Restarts;
        return restarts;
    }
}
