using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scaling;

/// <summary>A disruption budget can never allow a disruption, so no node with its pods can be drained; or it protects nothing.</summary>
public sealed class DisruptionBudget : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("pdb-never-satisfied", "Scaling", CauseLayer.Root)
    {
        RecognisedBy = "minAvailable is at least the number of replicas, or maxUnavailable is 0: no disruption can ever be allowed. A budget that selects no pod is a hint.",
        Done = "One pod is allowed to be away, with an approval; with a single replica a person decides. A budget in the way because pods are unwell is their symptom.",
        Actions = ["adjust-pdb"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var budget in snapshot.Of("PodDisruptionBudget"))
        {
            var pods = snapshot.PodsIn(budget.Namespace).Where(pod => !pod.Ended && LabelSelector.Matches(budget.Spec["selector"], pod.Labels)).ToList();
            if (pods.Count == 0)
            {
                if (!snapshot.Knows("Pod", budget.Namespace) || snapshot.Workloads.Any(workload => workload.Namespace == budget.Namespace && LabelSelector.Matches(budget.Spec["selector"], ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts))) continue;
                yield return Found(budget.Ref, LabelSelector.Describe(budget.Spec["selector"]), 0.85, Severity.Info, $"It protects no pod: none has {LabelSelector.Describe(budget.Spec["selector"])}.", Observed.Object(snapshot, budget, $"selector: {LabelSelector.Describe(budget.Spec["selector"])}")) with { Advice = "Correct the selector, or remove the budget." };
                continue;
            }
            var owners = pods.Select(snapshot.TopOf).Distinct().ToList();
            var replicas = owners.Sum(owner => snapshot.Find(owner)?.Spec["replicas"].Int(-1) is { } wanted and >= 0 ? wanted : pods.Count(pod => snapshot.TopOf(pod) == owner));
            var least = budget.Spec["minAvailable"].Text;
            var most = budget.Spec["maxUnavailable"].Text;
            var never = most is "0" or "0%" || least == "100%" || (int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= replicas);
            if (!never) continue;
            var rule = most.Length > 0 ? $"maxUnavailable {most}" : $"minAvailable {least}";
            yield return Found(budget.Ref, rule, 0.95, Severity.Warning, $"With {rule} and {Words.Count(replicas, "replica", "replicas")} of {Words.List(owners.Select(owner => owner.ToString()))} it can never allow a disruption: no node with such a pod can be drained.", Observed.Object(snapshot, budget, $"{rule}, {budget.Status["disruptionsAllowed"].Int()} disruptions allowed, {budget.Status["currentHealthy"].Int()} of {budget.Status["expectedPods"].Int(pods.Count)} healthy")) with
            {
                Remedies = replicas > 1 ? [new Remedy("adjust-pdb", "One pod at a time may be away, so that nodes can be drained.").With("max-unavailable", "1")] : [],
                Advice = "Allow one pod to be away (maxUnavailable 1), or run one replica more than minAvailable.",
            };
        }
    }
}
