using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A job or cron job is suspended, or a rollout paused: on purpose, and perhaps forgotten.</summary>
public sealed class Suspended : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("suspended", "Workloads", CauseLayer.Hint)
    {
        RecognisedBy = "spec.suspend of a job or cron job is true, or a deployment is paused with a change that it has not rolled out.",
        Done = "A hint: a person resumes it when it was forgotten.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var job in snapshot.Of("CronJob").Concat(snapshot.Of("Job")))
        {
            if (!job.Spec["suspend"].IsTrue) continue;
            var last = job.Status["lastScheduleTime"].Time;
            yield return Found(job.Ref, "suspend", 0.95, Severity.Info, $"{job.Kind} {job.Name} is suspended{(last is null ? "" : $"; it last started {Words.Of(snapshot.Since(last))} ago")}.", Observed.Object(snapshot, job, "suspend: true")) with { Advice = "Set suspend to false when it was forgotten." };
        }
        foreach (var deployment in snapshot.Of("Deployment"))
        {
            if (!deployment.Spec["paused"].IsTrue || deployment.Status["updatedReplicas"].Int() >= deployment.Spec["replicas"].Int(1)) continue;
            yield return Found(deployment.Ref, "paused", 0.9, Severity.Info, "Its rollout is paused, and a change waits.", Observed.Object(snapshot, deployment, "paused: true")) with { Advice = "kubectl rollout resume when the pause was forgotten." };
        }
    }
}
