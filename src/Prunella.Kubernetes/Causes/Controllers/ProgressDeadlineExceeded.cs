using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A rollout has made no progress for longer than it may.</summary>
public sealed class ProgressDeadlineExceeded : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("progress-deadline-exceeded", "Workloads", CauseLayer.Symptom)
    {
        RecognisedBy = "The deployment's condition Progressing is False with ProgressDeadlineExceeded, and no pod tells why.",
        Done = "Back to the last revision when an earlier one is there, with an approval.",
        Actions = ["rollback-rollout"],
        Family = "replicas",
        Precedence = 60,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var deployment in snapshot.Of("Deployment"))
        {
            var condition = deployment.Condition("Progressing");
            if (condition["status"].Text != "False" || condition["reason"].Text != "ProgressDeadlineExceeded") continue;
            var seconds = deployment.Spec["progressDeadlineSeconds"].Int(600);
            var newest = snapshot.PodsOf(deployment.Ref).Where(pod => !pod.Ready).MaxBy(pod => pod.CreatedAt);
            yield return Found(deployment.Ref, "rollout", 0.85, Impact.Of(snapshot, deployment.Ref), $"Its rollout has made no progress for more than {seconds} s.", Observed.Condition(snapshot, deployment, condition)) with
            {
                Remedies = newest is null ? [] : Rollouts.BackOrNone(snapshot, newest), Advice = "Look at the newest pods: why do they not become ready?",
            };
        }
    }
}
