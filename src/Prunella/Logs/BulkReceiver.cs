using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Prunella.Logs.Pipeline;
using Prunella.Webhooks;

namespace Prunella.Logs;

/// <summary>
/// Elasticsearch's <c>_bulk</c>, as log shippers speak it: 200 with a result for every item once the good ones are on the disk; 429 while
/// the spool is full and 503 while the disk is away, after which a sender comes back with the same request.
/// </summary>
internal sealed partial class BulkReceiver(LogPipeline pipeline, WebhookGuard guard, IOptions<LogIngestOptions> options, TimeProvider time, ILogger<BulkReceiver> logger) : IDisposable
{
    private static readonly JsonSerializerOptions Answers = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SemaphoreSlim places = new(options.Value.ConcurrentMax);

    public void Dispose() => places.Dispose();

    internal async Task ReceiveAsync(HttpContext context)
    {
        var sender = await guard.AskHeadersAsync(context);
        if (sender is not (SenderAnswer.Welcome or SenderAnswer.BodyNeeded)) { await RefuseSenderAsync(context, sender); return; }
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip")) { await RefuseAsync(context, 415, "Content-Encoding has to be gzip, or none."); return; }
        if (!await places.WaitAsync(TimeSpan.Zero, context.RequestAborted)) { await RefuseAsync(context, 429, "Too many requests at the same time."); return; }
        try
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // bounded here, more generously than the API
            using var body = await BoundedBody.ReadAsync(context.Request, options.Value.RequestBytesMax);
            if (body is null) { await RefuseAsync(context, 413, $"At most {options.Value.RequestBytesMax} bytes are read (logs:ingest:requestBytesMax)."); return; }
            if (sender == SenderAnswer.BodyNeeded && guard.AskBody(context, body.Bytes) is var signed and not SenderAnswer.Welcome) { await RefuseSenderAsync(context, signed); return; }
            await AcceptAsync(context, body.Memory, encoding == "gzip");
        }
        catch (BadHttpRequestException broken)
        {
            await RefuseAsync(context, broken.StatusCode, "The request broke off.");
        }
        finally
        {
            places.Release();
        }
    }

    private async Task AcceptAsync(HttpContext context, ReadOnlyMemory<byte> body, bool gzip)
    {
        var started = time.GetTimestamp();
        IReadOnlyList<BulkItem> items;
        try
        {
            if (gzip)
            {
                if (GzipBody.Unpack(body, options.Value.RequestBytesMax) is not { } unpacked) { await RefuseAsync(context, 413, $"At most {options.Value.RequestBytesMax} bytes are read, unpacked (logs:ingest:requestBytesMax)."); return; }
                body = unpacked;
            }

            using var lines = new MemoryStream(body.Length);
            items = BulkRequest.Read(body.Span, lines);
            if (!pipeline.TryAccept(lines.GetBuffer().AsSpan(0, (int)lines.Length), "bulk:" + (context.Request.RouteValues["index"] as string ?? ""))) { await RefuseAsync(context, 429, "The spool is full (logs:pipeline:spoolBytesMax)."); return; }
        }
        catch (Exception broken) when (broken is FormatException or InvalidDataException)
        {
            await RefuseAsync(context, 400, broken.Message);
            return;
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            SpoolAway(logger, away.Message);
            await RefuseAsync(context, 503, "Logs cannot be stored now.");
            return;
        }

        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = Answers.Encoder });
        WriteAnswer(writer, items, (long)time.GetElapsedTime(started).TotalMilliseconds, context.Request.RouteValues["index"] as string ?? "");
    }

    private static void WriteAnswer(Utf8JsonWriter writer, IReadOnlyList<BulkItem> items, long tookMs, string index)
    {
        writer.WriteStartObject();
        writer.WriteNumber("took", tookMs);
        writer.WriteBoolean("errors", items.Any(static i => i.Fault is not null));
        writer.WriteStartArray("items");
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(item.Action);
            writer.WriteString("_index", item.Index.Length > 0 ? item.Index : index);
            writer.WriteNumber("status", item.Fault is null ? 201 : 400);
            if (item.Fault is null) writer.WriteString("result", "created");
            else
            {
                writer.WriteStartObject("error");
                writer.WriteString("type", "illegal_argument_exception");
                writer.WriteString("reason", item.Fault);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private Task RefuseSenderAsync(HttpContext context, SenderAnswer answer) => answer == SenderAnswer.Throttled
        ? RefuseAsync(context, 429, "Too many failed attempts from this address.", seconds: 60)
        : RefuseAsync(context, 401, "The sender is not known. Send \"Authorization: Bearer TOKEN\" with a token made by: prunella token create NAME --role webhook");

    private async Task RefuseAsync(HttpContext context, int status, string reason, int? seconds = null)
    {
        Refused(logger, status, reason);
        var response = context.Response;
        response.StatusCode = status;
        if (status is 429 or 503) response.Headers.RetryAfter = (seconds ?? options.Value.RetryAfterSeconds).ToString(CultureInfo.InvariantCulture);
        response.ContentType = "application/json";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { error = new { type = "illegal_argument_exception", reason }, status }, Answers), context.RequestAborted);
    }

    [LoggerMessage(3203, LogLevel.Warning, "_bulk answered {Status}: {Detail}")]
    private static partial void Refused(ILogger logger, int status, string detail);

    [LoggerMessage(3204, LogLevel.Error, "Logs cannot be accepted: {Message}")]
    private static partial void SpoolAway(ILogger logger, string message);
}
