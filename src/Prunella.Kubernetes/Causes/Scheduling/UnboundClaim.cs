using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Scheduling;

/// <summary>The pod waits for a claim that is missing, unbound, or bound where no node can reach it.</summary>
public sealed partial class UnboundClaim : UnschedulableCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("unbound-claim",
        "The scheduler names an unbound or missing claim; the pod's claims are looked up, and the claim's own trouble explains this one.",
        "A person creates the claim or the volume that is named.");

    private protected override bool Fits(SchedulingReason reason) => reason == SchedulingReason.Claim;

    private protected override CauseFinding Explain(ClusterSnapshot snapshot, Pod pod, SchedulingPart part, string also, Evidence said)
    {
        var claims = pod.Spec["volumes"].Items.All().Select(volume => volume["persistentVolumeClaim"]["claimName"].Text).Where(name => name.Length > 0).ToList();
        if (MissingClaim().Match(part.Detail) is { Success: true } missing)
        {
            var name = missing.Groups[1].Value;
            return Found(snapshot, pod, name, 0.98, $"Claim {pod.Namespace}/{name}, which it mounts, does not exist.", said) with { Advice = $"Create the persistent volume claim {name} in namespace {pod.Namespace}, or correct the name in the pod template." };
        }
        var waiting = claims.Where(name => snapshot.Find("PersistentVolumeClaim", pod.Namespace, name) is not { } claim || claim.Status["phase"].Text != "Bound").ToList();
        var named = Words.List(waiting.Count > 0 ? waiting : claims);
        return Found(snapshot, pod, named, 0.9, part.Detail.Contains("affinity", StringComparison.Ordinal)
            ? $"The volume of claim {named} can only be reached from nodes that do not fit.{also}" : $"It waits for claim {named}, which has no volume.{also}", said) with
        {
            Blames = [.. claims.Select(name => new ObjectRef("PersistentVolumeClaim", pod.Namespace, name))], Advice = $"Look at claim {named}: it needs a volume or a storage class that makes one.",
        };
    }

    [GeneratedRegex(@"persistentvolumeclaim ""([^""]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex MissingClaim();
}
