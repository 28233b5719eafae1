using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Prunella.Auth;

namespace Prunella.Webhooks;

/// <summary>Whether a sender may post.</summary>
internal enum SenderAnswer
{
    /// <summary>It may.</summary>
    Welcome,

    /// <summary>A signature came, which can be checked only when the body is read.</summary>
    BodyNeeded,

    /// <summary>Neither token nor signature, or one that does not hold.</summary>
    Unknown,

    /// <summary>The signature's time is outside the window.</summary>
    OutOfWindow,

    /// <summary>Too many failures from this address.</summary>
    Throttled,
}

/// <summary>
/// Knows the senders of webhooks: by bearer token, or by HMAC-SHA256 over <c>TIMESTAMP.BODY</c>. Comparisons take a time that
/// does not depend on where they differ.
/// </summary>
internal sealed class WebhookGuard(IOptions<WebhookOptions> options, TokenBook tokens, FailureThrottle throttle, DemoAccess demo, TimeProvider time)
{
    internal const string SignatureHeader = "X-Prunella-Signature";
    internal const string TimestampHeader = "X-Prunella-Timestamp";
    private const string SignaturePrefix = "sha256=";

    /// <summary>What the headers alone say, before any of the body is read.</summary>
    internal async Task<SenderAnswer> AskHeadersAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (throttle.WaitOf(address) is not null) return SenderAnswer.Throttled;
        if (TokenAuthentication.BearerOf(context.Request) is { } bearer)
            return await HoldsAsync(bearer, context.RequestAborted) ? SenderAnswer.Welcome : Failed(address, SenderAnswer.Unknown);
        if (context.Request.Headers.ContainsKey(SignatureHeader))
            return InWindow(context.Request, out _) ? SenderAnswer.BodyNeeded : Failed(address, SenderAnswer.OutOfWindow);
        return demo.Enabled && address is not null && IPAddress.IsLoopback(address) ? SenderAnswer.Welcome : Failed(address, SenderAnswer.Unknown);
    }

    /// <summary>Whether the signature fits the body.</summary>
    internal SenderAnswer AskBody(HttpContext context, ReadOnlySpan<byte> body)
    {
        if (!InWindow(context.Request, out var timestamp)) return SenderAnswer.OutOfWindow;
        var given = context.Request.Headers[SignatureHeader].ToString();
        var fits = false;
        // Every key is tried: how many there are is no secret, which one fits is.
        foreach (var key in options.Value.SigningKeys) fits |= TokenSecret.AreEqual(given, Sign(key, timestamp, body));
        return fits ? SenderAnswer.Welcome : Failed(context.Connection.RemoteIpAddress, SenderAnswer.Unknown);
    }

    /// <summary>The header's value for a body: <c>sha256=</c> and the HMAC in lower-case hex.</summary>
    internal static string Sign(string key, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return SignaturePrefix + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private async Task<bool> HoldsAsync(string bearer, CancellationToken cancellation)
    {
        var hash = TokenSecret.Hash(bearer);
        var holds = false;
        foreach (var configured in options.Value.BearerTokens) holds |= TokenSecret.AreEqual(hash, TokenSecret.Hash(configured));
        return holds || await tokens.FindAsync(bearer, cancellation) is { Role: null };
    }

    private bool InWindow(HttpRequest request, out string timestamp)
    {
        timestamp = request.Headers[TimestampHeader].ToString();
        return long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs((double)time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= options.Value.SignatureWindowSeconds;
    }

    private SenderAnswer Failed(IPAddress? address, SenderAnswer answer)
    {
        throttle.Failed(address);
        return answer;
    }
}
