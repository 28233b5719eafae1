using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>The program ends because it does not trust a certificate, for another reason than its age.</summary>
public sealed partial class CertificateInvalid : CrashCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("certificate-invalid", 24, CauseLayer.Root,
        "The log of the run that ended names a certificate that is unknown, self-signed or for another name.",
        "A person gives the container the right authority or the server the right certificate.");

    private protected override CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log)
    {
        foreach (var (index, line) in Backwards(log))
        {
            if (Untrusted().Match(line) is not { Success: true } match || Application.CertificateExpired.IsExpiry(line)) continue;
            var host = Application.CertificateExpired.HostOf(line);
            return new CrashSign(index, host ?? match.Value, $"{container.Words} ends because it does not trust the certificate{(host is null ? "" : $" of {host}")}: {match.Value}.",
                "Give the container the authority that signed the certificate, or the server a certificate for its name. Do not switch verification off.") { CameWithRollout = false };
        }
        return null;
    }

    [GeneratedRegex(@"x509: certificate [\w ,-]{4,100}|certificate verify failed[^)\n]{0,80}|PKIX path building failed|self[- ]signed certificate(?: in certificate chain)?|unable to get local issuer certificate|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|ERR_TLS_CERT_ALTNAME_INVALID|The remote certificate is invalid[^\n]{0,80}|tls: (?:bad certificate|private key does not match public key)", RegexOptions.CultureInvariant)]
    private static partial Regex Untrusted();
}
