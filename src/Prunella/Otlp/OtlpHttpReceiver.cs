using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Prunella.Webhooks;

namespace Prunella.Otlp;

/// <summary>
/// OTLP/HTTP: protobuf and JSON, gzip, partial success. Errors carry a <c>google.rpc.Status</c> in the request's own form; 429
/// and 503 are the ones to send again, after Retry-After.
/// </summary>
internal sealed partial class OtlpHttpReceiver(
    IOtlpIntake intake, WebhookGuard guard, ILogger<OtlpHttpReceiver> logger)
{
    private const string Json = "application/json";
    private const string Protobuf = "application/x-protobuf";

    internal async Task ReceiveAsync(HttpContext context)
    {
        var json = IsType(context, Json);
        var sender = await guard.AskHeadersAsync(context);
        if (sender is not (SenderAnswer.Welcome or SenderAnswer.BodyNeeded)) { await RefuseSenderAsync(context, json, sender); return; }
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (!json && !IsType(context, Protobuf)) { await RefuseAsync(context, json, 415, $"Content-Type has to be {Protobuf} or {Json}."); return; }
        if (encoding is not ("" or "identity" or "gzip")) { await RefuseAsync(context, json, 415, "Content-Encoding has to be gzip, or none."); return; }
        if (!intake.TryEnter()) { await RefuseAsync(context, json, 503, "Too many exports at the same time."); return; }
        try
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // bounded here, more generously than the API
            using var body = await BoundedBody.ReadAsync(context.Request, intake.RequestBytesMax);
            if (body is null) { await RefuseAsync(context, json, 413, $"At most {intake.RequestBytesMax} bytes are read ({intake.RequestBytesKey})."); return; }
            if (sender == SenderAnswer.BodyNeeded && guard.AskBody(context, body.Bytes) is var signed and not SenderAnswer.Welcome) { await RefuseSenderAsync(context, json, signed); return; }
            await AnswerAsync(context, json, intake.Accept(body.Memory, encoding == "gzip", json));
        }
        catch (BadHttpRequestException broken)
        {
            await RefuseAsync(context, json, broken.StatusCode, "The request broke off.");
        }
        finally
        {
            intake.Leave();
        }
    }

    private Task AnswerAsync(HttpContext context, bool json, OtlpIntakeAnswer answer) => answer.Result switch
    {
        OtlpResult.Accepted => SucceedAsync(context, json, answer),
        OtlpResult.Invalid => RefuseAsync(context, json, 400, answer.Text),
        OtlpResult.TooLarge => RefuseAsync(context, json, 413, answer.Text),
        _ => RefuseAsync(context, json, 503, answer.Text),
    };

    private async Task SucceedAsync(HttpContext context, bool json, OtlpIntakeAnswer answer)
    {
        context.Response.ContentType = json ? Json : Protobuf;
        if (!json)
            await context.Response.Body.WriteAsync(OtlpAnswer.Success(answer.Rejected, answer.Text), context.RequestAborted);
        else if (answer.Rejected == 0)
            await context.Response.Body.WriteAsync("{}"u8.ToArray(), context.RequestAborted);
        else
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(
                PartialSuccess(answer)), context.RequestAborted);
    }

    private Dictionary<string, Dictionary<string, string>> PartialSuccess(OtlpIntakeAnswer answer) =>
        new() { ["partialSuccess"] = new() { [intake.RejectedField] = answer.Rejected.ToString(CultureInfo.InvariantCulture), ["errorMessage"] = answer.Text } };

    private Task RefuseSenderAsync(HttpContext context, bool json, SenderAnswer answer) => answer == SenderAnswer.Throttled
        ? RefuseAsync(context, json, 429, "Too many failed attempts from this address.", seconds: 60)
        : RefuseAsync(context, json, 401, "The sender is not known. Send \"Authorization: Bearer TOKEN\" with a token made by: prunella token create NAME --role webhook");

    private async Task RefuseAsync(HttpContext context, bool json, int status, string text, int? seconds = null)
    {
        intake.Refused("http", status);
        Refused(logger, status, text);
        var response = context.Response;
        response.StatusCode = status;
        if (status is 429 or 503) response.Headers.RetryAfter = (seconds ?? intake.RetryAfterSeconds).ToString(CultureInfo.InvariantCulture);
        response.ContentType = json ? Json : Protobuf;
        var code = GrpcCodeOf(status);
        await response.Body.WriteAsync(json ? JsonSerializer.SerializeToUtf8Bytes(new { code, message = text }) : OtlpAnswer.Status(code, text), context.RequestAborted);
    }

    private static int GrpcCodeOf(int status) => status switch
    {
        401 => OtlpAnswer.Unauthenticated,
        413 => OtlpAnswer.ResourceExhausted,
        429 or 503 => OtlpAnswer.Unavailable,
        _ => OtlpAnswer.InvalidArgument,
    };

    private static bool IsType(HttpContext context, string type) =>
        context.Request.ContentType is { } sent && sent.StartsWith(type, StringComparison.OrdinalIgnoreCase) && (sent.Length == type.Length || sent[type.Length] is ';' or ' ');

    [LoggerMessage(3101, LogLevel.Warning, "OTLP/HTTP answered {Status}: {Detail}")]
    private static partial void Refused(ILogger logger, int status, string detail);
}
