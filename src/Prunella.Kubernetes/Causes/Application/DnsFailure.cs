using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>The resolver itself does not answer: not one name is wrong, but asking for any fails.</summary>
public sealed partial class DnsFailure : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("dns-failure", CauseLayer.Failure,
        "Logs say that the resolver timed out, refused or failed (EAI_AGAIN, server misbehaving, temporary failure), rather than that a name does not exist.",
        "Nothing is done to the caller; the trouble of the cluster's DNS is treated where it has a cause.");

    private protected override int LinesMin => 1;

    private protected override bool Fits(string line) => IsResolverTrouble(line);

    private protected override LogSign Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        var server = Server().Match(log.Lines[lines[^1]]) is { Success: true } match ? match.Groups[1].Value : "";
        var dns = snapshot.Of("Deployment", "kube-system").Where(candidate => candidate.Name.Contains("dns", StringComparison.Ordinal)).Select(candidate => candidate.Ref).ToList();
        return new LogSign(server.Length > 0 ? $"resolver {server}" : "resolver", $"{container.Words} cannot resolve names: the resolver{(server.Length > 0 ? $" {server}" : "")} does not answer ({Words.Count(lines.Count, "line", "lines")} of its log).",
            "Look at the cluster's DNS pods (kube-system), and at network policies that block port 53.") { Blames = dns, Severity = Severity.Critical };
    }

    /// <summary>Whether a line is about the resolver rather than about a name that does not exist.</summary>
    internal static bool IsResolverTrouble(string line) => Trouble().IsMatch(line);

    [GeneratedRegex(@"lookup [\w.-]+(?: on ([\d.]+:53|\[[0-9a-f:]+\]:53))?:[^\n]{0,80}(?:i/o timeout|connection refused|server misbehaving)|EAI_AGAIN|[Tt]emporary failure in name resolution|SERVFAIL|DNS server[^\n]{0,40}(?:timed out|not respond)|Try again: hostname", RegexOptions.CultureInvariant)]
    private static partial Regex Trouble();

    [GeneratedRegex(@" on ([\d.]{7,15}):53", RegexOptions.CultureInvariant)]
    private static partial Regex Server();
}
