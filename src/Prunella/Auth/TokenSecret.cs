using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Auth;

/// <summary>Makes and hashes tokens. 256 random bits need no slow hash: there is nothing to guess.</summary>
internal static class TokenSecret
{
    /// <summary>Tells a Prunella token from others in a leak scan.</summary>
    internal const string Prefix = "prn_";

    /// <summary>A new token, to be shown once.</summary>
    internal static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 in lower-case hex.</summary>
    internal static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Compares two hashes or secrets in a time that does not depend on where they differ.</summary>
    internal static bool AreEqual(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
