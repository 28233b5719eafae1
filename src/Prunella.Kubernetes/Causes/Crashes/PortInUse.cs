using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because another one has its port.</summary>
public sealed partial class PortInUse : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("port-in-use", 41, CauseLayer.Root,
        "The log of the run that ended says that an address is already in use; containers of the pod that declare the port are named.",
        "Back to the last revision when an earlier one is there; else a person gives one of the two another port.", "rollback-rollout");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (!InUse().IsMatch(line)) continue;
            var port = Port().Match(line) is { Success: true } match ? match.Groups[1].Value : "";
            var others = container.Pod.Containers.Where(other => other != container && other.Ports.Any(declared => declared.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == port)).Select(other => other.Name).ToList();
            return new CrashSign(index, port.Length > 0 ? $"port {port}" : "port", $"{container.Words} ends because {(port.Length > 0 ? $"port {port}" : "its port")} is in use already{(others.Count > 0 ? $", by container {Words.List(others)} of the same pod" : container.Pod.Spec["hostNetwork"].IsTrue ? " on the node's network" : "")}.",
                "Give one of the two another port.");
        }
        return null;
    }

    [GeneratedRegex(@"address already in use|EADDRINUSE|Only one usage of each socket address|Port \d+ (?:was already|is already) in use", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex InUse();

    [GeneratedRegex(@"(?::|[Pp]ort )(\d{2,5})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Port();
}
