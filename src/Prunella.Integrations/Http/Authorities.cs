using System.Security.Cryptography.X509Certificates;

namespace Prunella.Integrations.Http;

/// <summary>Whom to trust in place of the system's authorities.</summary>
public static class Authorities
{
    /// <summary>Trusts what a PEM file holds, and nothing else.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file holds no certificate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509ChainPolicy PolicyOf(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
