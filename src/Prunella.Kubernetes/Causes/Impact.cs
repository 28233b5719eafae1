using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>How much the trouble of an object matters.</summary>
internal static class Impact
{
    /// <summary>Critical when nothing of the workload serves any more; a job can wait for the morning.</summary>
    internal static Severity Of(ClusterSnapshot snapshot, ObjectRef target)
    {
        if (target.Kind is "Job" or "CronJob") return Severity.Warning;
        foreach (var pod in snapshot.PodsOf(target)) if (pod.Ready && pod.Live) return Severity.Warning;
        return Severity.Critical;
    }
}
