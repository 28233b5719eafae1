using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Integrations.Http;

/// <summary>Signs requests, so that the receiver knows the sender and the moment.</summary>
public static class HttpSignature
{
    /// <summary>The header with the Unix seconds that are part of what is signed.</summary>
    public const string TimestampHeader = "X-Prunella-Timestamp";

    /// <summary>The header with the signature.</summary>
    public const string Header = "X-Prunella-Signature";

    /// <summary><c>v1=</c> and the lower-case hex of HMAC-SHA256 over timestamp, full stop and body.</summary>
    public static string Sign(string key, string timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(timestamp);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp));
        hash.AppendData("."u8);
        hash.AppendData(body);
        return "v1=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static void Apply(HttpRequestMessage request, string key, DateTimeOffset now, byte[] body)
    {
        if (key.Length == 0) return;
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(Header, Sign(key, timestamp, body));
    }
}
