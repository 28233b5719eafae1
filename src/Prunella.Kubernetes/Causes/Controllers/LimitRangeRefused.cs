using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>The namespace's limit range does not allow the pod's requests or limits.</summary>
public sealed partial class LimitRangeRefused : CreationRefused
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("limit-range-refused", 11,
        "The API refuses pods with minimum, maximum or ratio of a resource per container or pod.",
        "A person sets the request or limit within the named bound, or moves the bound.");

    private protected override (string, string, string)? Explain(ClusterSnapshot snapshot, KubeObject workload, string message)
    {
        if (Bound().Match(message) is not { Success: true } match) return null;
        var range = snapshot.Of("LimitRange", workload.Namespace).Select(candidate => candidate.Name).ToList();
        var named = range.Count > 0 ? $"limit range {Words.List(range)}" : "limit range";
        return ($"{named} {match.Groups[1].Value} {match.Groups[2].Value}", $"The {named} of {workload.Namespace} refuses its pods: {match.Value.TrimEnd(' ', '.')}.", $"Set {match.Groups[2].Value} within the bound, or move the bound in {named}.");
    }

    [GeneratedRegex(@"(minimum|maximum) ([\w.-]{1,60})(?: usage| limit to request ratio)? per (?:Container|Pod|PersistentVolumeClaim) is [^,]{1,40}, but [^\[\]]{1,120}", RegexOptions.CultureInvariant)]
    private static partial Regex Bound();
}
