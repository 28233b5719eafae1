using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>What the causes of pods without a node share: the scheduler's message, and that the nearest reason decides.</summary>
public abstract class UnschedulableCause : Cause
{
    private protected abstract bool Fits(SchedulingReason reason);

    private protected abstract CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said);

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            if (pod.Phase is not ("Pending" or "") || SchedulerMessage.Of(snapshot, pod) is not { } message || !Fits(message.First.Reason)) continue;
            var others = message.Parts.Skip(1).Where(part => part.Nodes > 0 && part.Reason != message.First.Reason).Select(part => part.Reason switch
            {
                SchedulingReason.Taint => $"{part.Nodes} with taint {part.Detail}",
                SchedulingReason.Selector => $"{part.Nodes} not selected",
                SchedulingReason.Cordoned => $"{part.Nodes} cordoned",
                SchedulingReason.Resources => $"{part.Nodes} without enough {part.Detail}",
                _ => $"{part.Nodes} for another reason",
            }).ToList();
            var said = Observed.Object(snapshot, pod, $"not scheduled: {message.Text}", message.At);
            yield return Explain(snapshot, pod, message.First, others.Count > 0 ? $" Other nodes: {Words.List(others)}." : "", said);
        }
    }

    private protected static CauseDescriptor Describe(string name, string recognisedBy, string done, params string[] actions) =>
        new(name, "Scheduling", CauseLayer.Root) { RecognisedBy = recognisedBy, Done = done, Actions = actions, Family = "scheduling" };
}
