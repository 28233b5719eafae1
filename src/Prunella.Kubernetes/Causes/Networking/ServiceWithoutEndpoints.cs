using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A service selects no pod at all, mostly because one label does not fit.</summary>
public sealed class ServiceWithoutEndpoints : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("service-selects-nothing", "Services", CauseLayer.Root)
    {
        MayComeLater = true,
        RecognisedBy = "No pod of the namespace has the labels that the service selects; the pods that come nearest, and the label that keeps them out, are named. Services without selector and of leader elections are left out.",
        Done = "A person corrects the named label in the service or the pod template.",
        Family = "service",
        Precedence = 10,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var service in snapshot.Of("Service"))
        {
            var selector = service.Spec["selector"].Texts;
            if (selector.Count == 0 || service.Spec["type"].Text == "ExternalName" || service.DeletedAt is not null || IsLeaderElection(snapshot, service)) continue;
            if (!snapshot.Knows("Pod", service.Namespace) && !snapshot.Workloads.Any(workload => workload.Namespace == service.Namespace)) continue;
            if (snapshot.PodsIn(service.Namespace).Any(pod => !pod.Ended && LabelSelector.Fits(selector, pod.Labels))) continue;
            // A workload that would be selected explains itself: scaled to zero on purpose, or its pods are refused.
            var makers = snapshot.Workloads.Where(workload => workload.Namespace == service.Namespace && LabelSelector.Fits(selector, ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts)).ToList();
            if (makers.Exists(maker => maker.Spec["replicas"].Whole == 0)) continue;
            var near = snapshot.PodsIn(service.Namespace).Where(pod => pod.Live).Select(pod => (Owner: snapshot.TopOf(pod), pod.Labels))
                .Concat(snapshot.Workloads.Where(workload => workload.Namespace == service.Namespace).Select(workload => (Owner: workload.Ref, Labels: ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts)))
                .DistinctBy(candidate => candidate.Owner)
                .Select(candidate => (candidate.Owner, candidate.Labels, Fitting: selector.Count(label => candidate.Labels.TryGetValue(label.Key, out var value) && value == label.Value)))
                .OrderByDescending(candidate => candidate.Fitting).ThenByDescending(candidate => candidate.Owner.Name == service.Name).FirstOrDefault();
            var known = near.Owner is not null && (near.Fitting > 0 || near.Owner.Name == service.Name);
            var wrong = known ? selector.Where(label => !near.Labels.TryGetValue(label.Key, out var value) || value != label.Value).ToList() : [.. selector];
            var labels = string.Join(", ", wrong.Select(label => $"{label.Key}={label.Value}"));
            var have = known ? string.Join(", ", wrong.Select(label => near.Labels.TryGetValue(label.Key, out var value) ? $"{label.Key}={value}" : $"no label {label.Key}")) : "";
            var evidence = new List<Evidence> { Observed.Object(snapshot, service, $"selects {LabelSelector.Describe(selector)}") };
            if (known && snapshot.Find(near.Owner!) is { } nearest) evidence.Add(Observed.Object(snapshot, nearest, $"pods have {LabelSelector.Describe(near.Labels)}"));
            yield return Found(service.Ref, labels, makers.Count > 0 ? 0.8 : 0.95, Severity.Critical, makers.Count > 0
                ? $"It selects the pods of {makers[0].Ref}, which has none."
                : known ? $"It selects no pod: it asks for {labels}, and the pods of {near.Owner} have {have}." : $"It selects no pod: none has {labels}.", evidence) with
            {
                Blames = [.. makers.Select(maker => maker.Ref)],
                Advice = makers.Count > 0 ? $"Look at why {makers[0].Ref} has no pods." : "Correct the label in the service's selector or in the pod template.",
            };
        }
    }

    /// <summary>Services that only hold the lock of a leader election have no pods on purpose.</summary>
    internal static bool IsLeaderElection(ClusterSnapshot snapshot, KubeObject service) =>
        service.Annotations["control-plane.alpha.kubernetes.io/leader"].Exists || snapshot.Find("Endpoints", service.Namespace, service.Name) is { } endpoints && endpoints.Annotations["control-plane.alpha.kubernetes.io/leader"].Exists;
}
