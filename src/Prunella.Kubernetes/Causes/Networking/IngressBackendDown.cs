using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>An ingress or route leads to a service that nobody serves.</summary>
public sealed class IngressBackendDown : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("backend-down", "Services", CauseLayer.Symptom)
    {
        RecognisedBy = "The service that an ingress or route leads to selects pods, or none, and not one is ready.",
        Done = "The service's or its pods' own cause is treated.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var service in snapshot.Of("Service"))
        {
            var selector = service.Spec["selector"].Texts;
            if (selector.Count == 0 || !snapshot.Knows("Pod", service.Namespace) || snapshot.PodsIn(service.Namespace).Any(pod => pod.Live && pod.Ready && LabelSelector.Fits(selector, pod.Labels))) continue;
            var owners = snapshot.PodsIn(service.Namespace).Where(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels)).Select(snapshot.TopOf)
                .Concat(snapshot.Workloads.Where(workload => workload.Namespace == service.Namespace && LabelSelector.Fits(selector, ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts)).Select(workload => workload.Ref)).Distinct();
            foreach (var door in Backends.LeadingTo(snapshot, service).Distinct())
                yield return Found(door, $"service {service.Name}", 0.85, Severity.Critical, $"It leads to service {service.Name}, and no pod behind it is ready.", Observed.Object(snapshot, service, "no ready pods")) with { Blames = [service.Ref, .. owners] };
        }
    }
}
