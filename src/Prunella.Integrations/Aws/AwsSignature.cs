using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Integrations.Aws;

/// <summary>Signs requests with AWS Signature Version 4, headers only. A request or two are no reason for an SDK.</summary>
internal static class AwsSignature
{
    /// <summary>Adds <c>x-amz-date</c>, <c>x-amz-content-sha256</c> and <c>Authorization</c>. All headers that are on the request are signed.</summary>
    /// <param name="request">With its address and headers.</param>
    /// <param name="bodyHash">SHA-256 of the body, in lower-case hexadecimal.</param>
    /// <param name="accessKey">Id of the key.</param>
    /// <param name="secretKey">The key.</param>
    /// <param name="region">The region.</param>
    /// <param name="service">The service: <c>s3</c>, <c>secretsmanager</c>.</param>
    /// <param name="now">The time.</param>
    internal static void Apply(HttpRequestMessage request, string bodyHash, string accessKey, string secretKey, string region, string service, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = time[..8];
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", bodyHash);
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        var headers = request.Headers.Select(static h => (Name: h.Key.ToLowerInvariant(), Value: string.Join(",", h.Value).Trim()))
            .Where(static h => h.Name != "host").Append(("host", Host(request.RequestUri!))).OrderBy(static h => h.Item1, StringComparer.Ordinal).ToList();
        var signed = string.Join(';', headers.Select(static h => h.Item1));
        var canonical = string.Join('\n',
            request.Method.Method, request.RequestUri!.AbsolutePath, Query(request.RequestUri), string.Concat(headers.Select(static h => $"{h.Item1}:{h.Item2}\n")), signed, bodyHash);
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in (string[])[day, region, service, "aws4_request"]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={accessKey}/{scope},SignedHeaders={signed},Signature={signature}");
    }

    private static string Host(Uri address) => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";

    private static string Query(Uri address) =>
        string.Join('&', address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal));
}
