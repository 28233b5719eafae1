using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>An ingress names a class that does not exist, or none where there is no default.</summary>
public sealed class IngressClassMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("ingress-class-missing", "Services", CauseLayer.Root)
    {
        RecognisedBy = "The ingress's class is not among the cluster's classes, or it names none and no class is the default.",
        Done = "A person corrects the class or installs its controller.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var classes = snapshot.Of("IngressClass");
        foreach (var ingress in snapshot.Of("Ingress"))
        {
            var named = ingress.Spec["ingressClassName"].TextOrNull ?? ingress.Annotations["kubernetes.io/ingress.class"].Text;
            // The old annotation may name a controller's class that has no object; an address proves that one serves it.
            var served = ingress.Status["loadBalancer"]["ingress"].Count > 0;
            if (served || classes.Any(candidate => candidate.Name == named)) continue;
            if (named.Length == 0)
            {
                if (classes.Count == 0 ? !snapshot.Knows("IngressClass", "") : classes.Any(candidate => candidate.Annotations["ingressclass.kubernetes.io/is-default-class"].IsTrue)) continue;
                yield return Found(ingress.Ref, "ingressClassName", 0.85, Severity.Warning, $"It names no class, and {(classes.Count == 0 ? "the cluster has none" : $"no class is the default (there is {Words.List(classes.Select(candidate => candidate.Name))})")}, so no controller serves it.", Observed.Object(snapshot, ingress, "no ingressClassName, no address")) with { Advice = "Set ingressClassName." };
                continue;
            }
            var known = snapshot.Knows("IngressClass", "");
            yield return Found(ingress.Ref, $"class {named}", known ? 0.93 : 0.55, known ? Severity.Warning : Severity.Info, $"Its class {named} {(known ? "does not exist" : "is not among what was given")}{(classes.Count > 0 ? $" (there is {Words.List(classes.Select(candidate => candidate.Name))})" : "")}, and it has no address: no controller serves it.", Observed.Object(snapshot, ingress, $"ingressClassName: {named}, no address")) with { Advice = $"Install the controller of class {named}, or correct ingressClassName." };
        }
    }
}
