using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>The namespace's quota leaves no room for another pod.</summary>
public sealed partial class QuotaExceeded : CreationRefused
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("quota-exceeded", 10,
        "The API refuses pods with exceeded quota (or failed quota: must specify), naming the quota and what is asked, used and allowed.",
        "A person raises the quota or asks for less.");

    private protected override (string, string, string)? Explain(ClusterSnapshot snapshot, KubeObject workload, string message)
    {
        if (Exceeded().Match(message) is { Success: true } match)
            return ($"quota {match.Groups[1].Value}", $"Quota {match.Groups[1].Value} of {workload.Namespace} leaves no room for another pod: {match.Groups[2].Value.Trim()}.", $"Raise quota {match.Groups[1].Value}, lower the requests, or scale something else in {workload.Namespace} down.");
        if (Unspecified().Match(message) is { Success: true } must)
            return ($"quota {must.Groups[1].Value}", $"Quota {must.Groups[1].Value} of {workload.Namespace} asks every container for {must.Groups[2].Value.Trim()}, which the pod template does not give.", $"Give every container {must.Groups[2].Value.Trim()}, or set defaults with a limit range.");
        return null;
    }

    [GeneratedRegex(@"exceeded quota: ([^,]{1,253}), (requested: .{1,300})", RegexOptions.CultureInvariant)]
    private static partial Regex Exceeded();

    [GeneratedRegex(@"failed quota: ([^:]{1,253}): must specify ([\w.,/ -]{1,200})", RegexOptions.CultureInvariant)]
    private static partial Regex Unspecified();
}
