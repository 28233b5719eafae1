using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Api.Protobuf;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Api;

/// <summary>Reads from a request and writes to its response, in the API server's manner.</summary>
internal static class ApiExchange
{
    /// <summary>The real server's bound on a request body.</summary>
    public const int BodyBytesMax = 3 * 1024 * 1024;

    /// <summary>The whole body.</summary>
    /// <exception cref="ApiStatusException">413 when it is over the bound.</exception>
    public static async Task<byte[]> ReadBodyAsync(this HttpContext context)
    {
        var token = context.RequestAborted;
        if (context.Request.ContentLength > BodyBytesMax) throw TooLarge();
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, token)) > 0)
        {
            if (buffer.Length + read > BodyBytesMax) throw TooLarge();
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static ApiStatusException TooLarge() => new(ApiStatus.TooLarge($"Request entity too large: limit is {BodyBytesMax}"));

    /// <summary>Parses a body as JSON, or as YAML or protobuf where the content type says so.</summary>
    /// <exception cref="JsonException">Malformed.</exception>
    public static JsonNode? Parse(byte[] body, string? contentType)
    {
        if (contentType?.StartsWith(ProtobufBody.MediaType, StringComparison.OrdinalIgnoreCase) == true) return ProtobufBody.Parse(body);
        if (contentType?.Contains("yaml", StringComparison.OrdinalIgnoreCase) != true) return JsonBody.Parse(body);
        var documents = YamlBody.Parse(Encoding.UTF8.GetString(body));
        return documents.Count > 0 ? documents[0] : null;
    }

    public static string? Query(this HttpContext context, string name)
    {
        var values = context.Request.Query[name];
        return values.Count > 0 ? values[0] : null;
    }

    public static bool QueryFlag(this HttpContext context, string name) => context.Query(name) is "" or "1" or "t" or "T" or "true" or "True" or "TRUE";

    /// <exception cref="ApiStatusException">400 when it is not a number.</exception>
    public static long? QueryNumber(this HttpContext context, string name)
    {
        if (context.Query(name) is not { Length: > 0 } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ApiStatusException(ApiStatus.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax"));
    }

    public static Task WriteJsonAsync(this HttpContext context, int code, JsonNode body) => context.WriteBytesAsync(code, JsonBody.Write(body));

    public static async Task WriteBytesAsync(this HttpContext context, int code, ReadOnlyMemory<byte> body, string contentType = "application/json")
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static Task WriteTextAsync(this HttpContext context, int code, string text) =>
        context.WriteBytesAsync(code, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    public static async Task WriteStatusAsync(this HttpContext context, ApiStatus status)
    {
        if (context.Response.HasStarted) return;
        context.Response.Headers["Cache-Control"] = "no-cache, private";
        if (status.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await context.WriteJsonAsync(status.Code, status.ToJson());
    }
}
