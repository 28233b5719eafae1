using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A network policy selects no pod, so what it was to protect is open.</summary>
public sealed class NetworkPolicySelectsNothing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("network-policy-selects-nothing", "Services", CauseLayer.Hint)
    {
        RecognisedBy = "No pod and no pod template of the namespace has the labels that the policy selects.",
        Done = "A hint: a person corrects the selector or removes the policy.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var policy in snapshot.Of("NetworkPolicy"))
        {
            var selector = policy.Spec["podSelector"];
            if (LabelSelector.Describe(selector) == "every pod" || !snapshot.Knows("Pod", policy.Namespace)) continue;
            if (snapshot.PodsIn(policy.Namespace).Any(pod => LabelSelector.Matches(selector, pod.Labels)) || snapshot.Workloads.Any(workload => workload.Namespace == policy.Namespace && LabelSelector.Matches(selector, ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts))) continue;
            yield return Found(policy.Ref, LabelSelector.Describe(selector), 0.9, Severity.Info, $"It selects no pod: none has {LabelSelector.Describe(selector)}.", Observed.Object(snapshot, policy, $"podSelector: {LabelSelector.Describe(selector)}")) with { Advice = "Correct the selector, or remove the policy." };
        }
    }
}
