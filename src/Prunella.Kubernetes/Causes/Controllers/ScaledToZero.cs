using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>A workload has no replicas although traffic is led to it.</summary>
public sealed class ScaledToZero : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("scaled-to-zero", "Workloads", CauseLayer.Root)
    {
        RecognisedBy = "A deployment or stateful set asks for no replicas while an ingress, a route or an external service leads traffic to it. Without traffic it counts as scaled down on purpose.",
        Done = "With a person's word two replicas come back: whether somebody meant it does not show, so the confidence stays below the gate's bar.",
        Actions = ["scale-up"],
    };

    // Below GateOptions.ConfidenceMin: a person is asked. Zero replicas are somebody's decision, by mistake or not.
    private const double Confidence = 0.65;

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var workload in snapshot.Of("Deployment").Concat(snapshot.Of("StatefulSet")))
        {
            if (workload.Spec["replicas"].Whole != 0 || workload.DeletedAt is not null) continue;
            var labels = ClusterSnapshot.Template(workload)["metadata"]["labels"].Texts;
            foreach (var service in snapshot.Of("Service", workload.Namespace))
            {
                var selector = service.Spec["selector"].Texts;
                if (selector.Count == 0 || !LabelSelector.Fits(selector, labels) || snapshot.PodsIn(service.Namespace).Any(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels))) continue;
                var door = Networking.Backends.LeadingTo(snapshot, service).FirstOrDefault() ?? (service.Spec["type"].Text is "LoadBalancer" or "NodePort" ? service.Ref : null);
                if (door is null) continue;
                yield return Found(workload.Ref, "replicas 0", Confidence, Severity.Critical, $"It is scaled to zero, but {door} leads traffic to service {service.Name}, which only it serves.",
                    Observed.Object(snapshot, workload, "replicas: 0"), Observed.Object(snapshot, service, $"selects {LabelSelector.Describe(selector)}")) with
                {
                    Remedies = [new Remedy("scale-up", "Traffic is led to it and nobody serves.").With("replicas", "2")],
                    Advice = "When it is down on purpose, take the route away too.",
                };
                break;
            }
        }
    }
}
