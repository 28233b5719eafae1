using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>An ingress or route leads to a service or port that does not exist.</summary>
public sealed class IngressBackendMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("backend-missing", "Services", CauseLayer.Root)
    {
        MayComeLater = true,
        RecognisedBy = "The service that an ingress or route names is not in its namespace, or has no such port.",
        Done = "A person creates the service or corrects the name or port.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var (door, backends) in snapshot.Of("Ingress").Select(ingress => (ingress, Backends.OfIngress(ingress))).Concat(snapshot.Of("HTTPRoute").Concat(snapshot.Of("GRPCRoute")).Select(route => (route, Backends.OfRoute(route)))))
        {
            foreach (var backend in backends)
            {
                var service = snapshot.Find("Service", backend.Namespace, backend.Service);
                if (service is not null && Backends.HasPort(service, backend.Port)) continue;
                var known = snapshot.Knows("Service", backend.Namespace);
                yield return service is null
                    ? Found(door.Ref, $"service {backend.Service}", known ? 0.97 : 0.6, Severity.Warning, $"Its rule {backend.Where} leads to service {backend.Namespace}/{backend.Service}, which {(known ? "does not exist" : "is not among what was given")}.", Observed.Object(snapshot, door, $"{backend.Where} → {backend.Service}:{backend.Port}")) with
                    {
                        Advice = $"Create service {backend.Service} in namespace {backend.Namespace}, or correct the backend's name.",
                    }
                    : Found(door.Ref, $"service {backend.Service} port {backend.Port}", 0.97, Severity.Warning, $"Its rule {backend.Where} leads to port {backend.Port} of service {backend.Namespace}/{backend.Service}, which has {Backends.Ports(service)}.", Observed.Object(snapshot, door, $"{backend.Where} → {backend.Service}:{backend.Port}"), Observed.Object(snapshot, service, $"ports {Backends.Ports(service)}")) with
                    {
                        Advice = $"Correct the port of the backend: service {backend.Service} has {Backends.Ports(service)}.",
                    };
            }
        }
    }
}
