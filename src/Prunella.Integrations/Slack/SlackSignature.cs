using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Integrations.Slack;

/// <summary>Slack's signature of callbacks, version 0: HMAC-SHA256 of <c>v0:TIMESTAMP:BODY</c> under the application's signing secret.</summary>
public static class SlackSignature
{
    /// <summary>How old a callback may be, by Slack's advice.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Whether a callback comes from Slack, and now. The comparison takes a time that does not depend on where it differs.</summary>
    /// <param name="secret">The signing secret.</param>
    /// <param name="timestamp">The header <c>X-Slack-Request-Timestamp</c>.</param>
    /// <param name="signature">The header <c>X-Slack-Signature</c>.</param>
    /// <param name="body">The body as it came, to the byte.</param>
    /// <param name="now">The time.</param>
    public static bool Holds(string secret, string timestamp, string signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentNullException.ThrowIfNull(signature);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (Math.Abs((double)now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(secret, timestamp, body)), Encoding.UTF8.GetBytes(signature));
    }

    /// <summary>The header's value for a body: <c>v0=</c> and the HMAC in lower-case hex.</summary>
    /// <param name="secret">The signing secret.</param>
    /// <param name="timestamp">Seconds since 1970, as in the header.</param>
    /// <param name="body">The body.</param>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes($"v0:{timestamp}:"));
        hmac.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
