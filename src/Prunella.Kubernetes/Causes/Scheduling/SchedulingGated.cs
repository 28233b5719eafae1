using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>Somebody else has to lift a gate before the scheduler looks at the pod.</summary>
public sealed class SchedulingGated : Cause
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("scheduling-gated", "Scheduling", CauseLayer.Root)
    {
        RecognisedBy = "The pod's condition PodScheduled has the reason SchedulingGated, for more than five minutes.",
        Done = "A person looks at the controller that is to lift the named gate.",
        Family = "scheduling",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            var condition = pod.Condition("PodScheduled");
            if (!pod.Live || condition["reason"].Text != "SchedulingGated") continue;
            var waited = snapshot.Since(condition["lastTransitionTime"].Time ?? pod.CreatedAt);
            if (waited < Patience && waited > TimeSpan.Zero) continue;
            var gates = Words.List(pod.Spec["schedulingGates"].Items.All().Select(gate => gate["name"].Text));
            yield return Found(snapshot, pod, gates, 0.95, $"It is held back by the scheduling gate {gates}{(waited > TimeSpan.Zero ? $" for {Words.Of(waited)}" : "")}; nobody has lifted it.", Observed.Condition(snapshot, pod, condition)) with
            {
                Advice = $"Look at the controller that owns the gate {gates}; without it the pod never starts.",
            };
        }
    }
}
