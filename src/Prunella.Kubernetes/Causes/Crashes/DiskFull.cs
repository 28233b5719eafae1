using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because a disk is full.</summary>
public sealed partial class DiskFull : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("disk-full", 15, CauseLayer.Root,
        "The log of the run that ended says no space left on device; the path is matched with the container's volumes.",
        "The claim behind the path is expanded where one is, with an approval; else a person makes room.", "expand-volume");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (!Full().IsMatch(line)) continue;
            var path = Path().Match(line) is { Success: true } match ? match.Value : "";
            var claim = ClaimOf(container, path);
            return new CrashSign(index, path.Length > 0 ? path : "disk", $"{container.Words} ends because the disk{(path.Length > 0 ? $" of {path}" : "")} is full{(claim.Length > 0 ? $": claim {claim}" : "")}.",
                claim.Length > 0 ? $"Expand claim {claim} or remove files from it." : "Make room where it writes: a larger volume, or fewer files kept.") { Confidence = 0.95, CameWithRollout = false, Blames = claim.Length > 0 ? [new ObjectRef("PersistentVolumeClaim", container.Pod.Namespace, claim)] : [] };
        }
        return null;
    }

    /// <summary>The claim mounted where a path lies; empty when none is.</summary>
    internal static string ClaimOf(Container container, string path)
    {
        var mount = container.Spec["volumeMounts"].Items.All().Where(mount => path.StartsWith(mount["mountPath"].Text, StringComparison.Ordinal) && mount["mountPath"].Text.Length > 1).OrderByDescending(mount => mount["mountPath"].Text.Length).FirstOrDefault();
        return container.Pod.Spec["volumes"].Items.All().FirstOrDefault(volume => mount.Exists && volume["name"].Text == mount["name"].Text)["persistentVolumeClaim"]["claimName"].Text;
    }

    [GeneratedRegex(@"no space left on device|ENOSPC|[Dd]isk quota exceeded|There is not enough space on the disk|could not extend file", RegexOptions.CultureInvariant)]
    private static partial Regex Full();

    [GeneratedRegex(@"(?<![\w/])/(?:[\w.-]+/)*[\w.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
