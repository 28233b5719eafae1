using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A gateway or route that its controller does not accept, or that hangs on nothing.</summary>
public sealed class GatewayTrouble : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("gateway-not-accepted", "Services", CauseLayer.Root)
    {
        RecognisedBy = "A gateway's or listener's condition Accepted, Programmed or ResolvedRefs is False, a route is not accepted by its parent, or class or parent do not exist.",
        Done = "A person corrects what the controller names.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var gateway in snapshot.Of("Gateway"))
        {
            var className = gateway.Spec["gatewayClassName"].Text;
            if (className.Length > 0 && snapshot.Find("GatewayClass", "", className) is null && snapshot.Knows("GatewayClass", ""))
                yield return Found(gateway.Ref, $"gateway class {className}", 0.95, Severity.Warning, $"Its gateway class {className} does not exist, so no controller serves it.", Observed.Object(snapshot, gateway, $"gatewayClassName: {className}")) with { Advice = $"Create gateway class {className}, or correct the name." };
            foreach (var (conditions, where) in gateway.Status["listeners"].Items.All().Select(listener => (listener["conditions"], $"listener {listener["name"].Text}: ")).Prepend((gateway.Status["conditions"], "")))
                if (Refused(conditions) is { Exists: true } condition) yield return Told(snapshot, gateway, condition, where);
        }
        foreach (var route in snapshot.Of("HTTPRoute").Concat(snapshot.Of("GRPCRoute")).Concat(snapshot.Of("TLSRoute")).Concat(snapshot.Of("TCPRoute")))
        {
            foreach (var parent in route.Spec["parentRefs"].Items)
            {
                var @namespace = parent["namespace"].TextOrNull ?? route.Namespace;
                var name = parent["name"].Text;
                if (parent["kind"].TextOrNull is null or "Gateway" && snapshot.Knows("Gateway", @namespace) && snapshot.Find("Gateway", @namespace, name) is null)
                    yield return Found(route.Ref, $"gateway {name}", 0.95, Severity.Warning, $"It hangs on gateway {@namespace}/{name}, which does not exist.", Observed.Object(snapshot, route, $"parentRefs: {name}")) with { Advice = $"Create gateway {name} in namespace {@namespace}, or correct parentRefs." };
            }
            foreach (var parent in route.Status["parents"].Items)
                // A backend that does not exist is told as backend-missing, with the name.
                if (Refused(parent["conditions"]) is { Exists: true } condition && condition["reason"].Text != "BackendNotFound") yield return Told(snapshot, route, condition, $"parent {parent["parentRef"]["name"].Text}: ") with { Blames = [new ObjectRef("Gateway", parent["parentRef"]["namespace"].TextOrNull ?? route.Namespace, parent["parentRef"]["name"].Text)] };
        }
    }

    private static Field Refused(Field conditions) =>
        conditions.Items.All().FirstOrDefault(condition => condition["status"].Text == "False" && condition["type"].Text is "Accepted" or "Programmed" or "ResolvedRefs" && condition["reason"].Text is not "Pending");

    private CauseFinding Told(ClusterSnapshot snapshot, KubeObject about, Field condition, string where) =>
        Found(about.Ref, $"{where}{condition["reason"].Text}", 0.93, Severity.Warning, $"{where}{condition["type"].Text} is False: {condition["reason"].Text}: {condition["message"].Text}", Observed.Condition(snapshot, about, condition)) with { Advice = "Correct what the gateway's controller names." };
}
