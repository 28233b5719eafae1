using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>A certificate is past its end, so connections to it, or its own start, fail.</summary>
public sealed partial class CertificateExpired : LogCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("certificate-expired", CauseLayer.Root,
        "Logs name a certificate that has expired or is not valid yet; the host and dates are told.",
        "A person renews the certificate; Prunella never issues or revokes one.");

    private protected override int LinesMin => 1;

    private protected override bool Fits(string line) => IsExpiry(line);

    private protected override LogSign Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines)
    {
        var line = log.Lines[lines[^1]];
        var host = HostOf(line);
        var dates = Dates().Match(line) is { Success: true } match ? $" ({match.Value})" : "";
        return new LogSign(host ?? "certificate", $"{container.Words} meets an expired certificate{(host is null ? "" : $" of {host}")}{dates}.", $"Renew the certificate{(host is null ? "" : $" of {host}")}, then restart what has loaded the old one.")
        {
            Confidence = 0.93, Severity = Severity.Critical, Blames = host is null ? [] : Crashes.Address.Blames(snapshot, container.Pod.Namespace, host),
        };
    }

    internal static bool IsExpiry(string line) => Expired().IsMatch(line);

    /// <summary>The host whose certificate a line is about; null when it is not named.</summary>
    internal static string? HostOf(string line) => Host().Match(line) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"certificate has expired|certificate (?:is )?expired|CERT_HAS_EXPIRED|CertificateExpiredException|expired certificate|NotAfter: .{0,60}(?:expired|exceeded)|certificate is not yet valid", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Expired();

    [GeneratedRegex(@"current time \S{10,40} is (?:after|before) \S{10,40}", RegexOptions.CultureInvariant)]
    private static partial Regex Dates();

    [GeneratedRegex(@"(?:host(?:name)?|server|sni|for|url|https?:)[=: /""']{1,5}([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Host();
}
