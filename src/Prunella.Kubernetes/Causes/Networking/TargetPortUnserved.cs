using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A service leads to a port that no container of its pods declares.</summary>
public sealed class TargetPortUnserved : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("target-port-unserved", "Services", CauseLayer.Root)
    {
        RecognisedBy = "The service's targetPort is a name that no container declares, or a number that none declares while other ports are declared.",
        Done = "A person corrects the targetPort.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var service in snapshot.Of("Service"))
        {
            var selector = service.Spec["selector"].Texts;
            if (selector.Count == 0) continue;
            var pods = snapshot.PodsIn(service.Namespace).Where(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels)).ToList();
            if (pods.Count == 0) continue;
            foreach (var port in service.Spec["ports"].Items)
            {
                var asked = port["targetPort"].TextOrNull ?? port["port"].Text;
                var protocol = port["protocol"].TextOrNull ?? "TCP";
                var byNumber = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                var declared = pods[0].Containers.SelectMany(container => container.Ports.Select(candidate => (Port: candidate, container.Name))).ToList();
                // Declaring ports is a courtesy: a number proves nothing unless the pods declare others.
                if (byNumber && (declared.Count == 0 || pods.Exists(pod => pod.Containers.Any(container => container.Ports.Any(candidate => candidate.Number == number))))) continue;
                if (!byNumber && pods.Exists(pod => pod.Containers.Any(container => container.Ports.Any(candidate => candidate.Name == asked && candidate.Protocol == protocol)))) continue;
                var have = Words.List(declared.Select(candidate => candidate.Port.Name.Length > 0 ? $"{candidate.Port.Number} ({candidate.Port.Name})" : candidate.Port.Number.ToString(CultureInfo.InvariantCulture)));
                yield return Found(service.Ref, $"targetPort {asked}", byNumber ? 0.85 : 0.97, Severity.Warning,
                    $"Port {port["port"].Text} leads to {(byNumber ? "port" : "the port named")} {asked}, which no container of {snapshot.TopOf(pods[0])} {(byNumber ? "declares" : "has")}{(have.Length > 0 ? $": they declare {have}" : "")}.",
                    Observed.Object(snapshot, service, $"port {port["port"].Text} → targetPort {asked}"), Observed.Object(snapshot, pods[0], have.Length > 0 ? $"declares ports {have}" : "declares no ports")) with
                {
                    Advice = have.Length > 0 ? $"Set targetPort to {have}, or let a container listen on {asked}." : $"Name the container's port {asked}, or set targetPort to its number.",
                };
            }
        }
    }
}
