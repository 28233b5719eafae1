using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>The pods are to run as a service account that does not exist.</summary>
public sealed partial class ServiceAccountMissing : CreationRefused
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("service-account-missing", 12,
        "The API refuses pods because it finds no such service account.",
        "A person creates the named service account; Prunella never grants rights.");

    private protected override (string, string, string)? Explain(ClusterSnapshot snapshot, KubeObject workload, string message) =>
        Missing().Match(message) is { Success: true } match
            ? ($"service account {match.Groups[1].Value}", $"Service account {workload.Namespace}/{match.Groups[1].Value}, as which its pods are to run, does not exist.", $"Create service account {match.Groups[1].Value} in namespace {workload.Namespace}, or correct serviceAccountName.")
            : null;

    [GeneratedRegex(@"serviceaccount ""([^""]{1,253})"" not found", RegexOptions.CultureInvariant)]
    private static partial Regex Missing();
}
