using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Prunella.Webhooks;

namespace Prunella.Otlp;

/// <summary>
/// OTLP/gRPC: <c>TraceService/Export</c>, <c>LogsService/Export</c>, one message in, one out. The framing is five bytes and the status two trailers, so no
/// gRPC library is carried along.
/// </summary>
internal sealed partial class OtlpGrpcReceiver(
    IOtlpIntake intake, WebhookGuard guard, ILogger<OtlpGrpcReceiver> logger)
{
    private const int PrefixBytes = 5; // a flag for compression and the length, big-endian

    internal async Task ReceiveAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true || !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // Not a gRPC client: it would not find a status in trailers.
            context.Response.StatusCode = await guard.AskHeadersAsync(context) is SenderAnswer.Welcome or SenderAnswer.BodyNeeded ? 415 : 401;
            return;
        }
        context.Response.ContentType = "application/grpc";
        var sender = await guard.AskHeadersAsync(context);
        if (sender is not (SenderAnswer.Welcome or SenderAnswer.BodyNeeded)) { RefuseSender(context, sender); return; }
        if (!intake.TryEnter()) { Refuse(context, OtlpAnswer.Unavailable, "Too many exports at the same time."); return; }
        try
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // bounded here, more generously than the API
            using var framed = await BoundedBody.ReadAsync(context.Request, intake.RequestBytesMax + PrefixBytes);
            if (framed is null) { Refuse(context, OtlpAnswer.ResourceExhausted, $"At most {intake.RequestBytesMax} bytes are read ({intake.RequestBytesKey})."); return; }
            if (sender == SenderAnswer.BodyNeeded && guard.AskBody(context, framed.Bytes) is var signed and not SenderAnswer.Welcome) { RefuseSender(context, signed); return; }
            await AcceptAsync(context, framed);
        }
        catch (BadHttpRequestException broken)
        {
            Refuse(context, OtlpAnswer.InvalidArgument, "The request broke off: " + broken.Message);
        }
        finally
        {
            intake.Leave();
        }
    }

    private async Task AcceptAsync(HttpContext context, BoundedBody framed)
    {
        if (framed.Bytes.Length < PrefixBytes || BinaryPrimitives.ReadUInt32BigEndian(framed.Bytes[1..]) != framed.Bytes.Length - PrefixBytes)
        {
            Refuse(context, OtlpAnswer.InvalidArgument, "Expected one message with its length before it.");
            return;
        }
        var packed = framed.Bytes[0] == 1;
        if (packed && context.Request.Headers["grpc-encoding"] != "gzip")
        {
            context.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
            Refuse(context, OtlpAnswer.Unimplemented, "Only gzip is understood.");
            return;
        }
        var answer = intake.Accept(framed.Memory[PrefixBytes..], packed, json: false);
        if (answer.Result != OtlpResult.Accepted)
        {
            Refuse(context, answer.Result switch
            {
                OtlpResult.TooLarge => OtlpAnswer.ResourceExhausted,
                OtlpResult.Unavailable => OtlpAnswer.Unavailable,
                _ => OtlpAnswer.InvalidArgument,
            }, answer.Text);
            return;
        }
        var message = OtlpAnswer.Success(answer.Rejected, answer.Text);
        var response = new byte[PrefixBytes + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(response.AsSpan(1), (uint)message.Length);
        message.CopyTo(response, PrefixBytes);
        await context.Response.Body.WriteAsync(response, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private void RefuseSender(HttpContext context, SenderAnswer answer) => Refuse(context,
        answer == SenderAnswer.Throttled ? OtlpAnswer.Unavailable : OtlpAnswer.Unauthenticated,
        answer == SenderAnswer.Throttled ? "Too many failed attempts from this address." : "The sender is not known. Send the metadata \"authorization: Bearer TOKEN\" with a token made by: prunella token create NAME --role webhook");

    // A status without a message travels in the headers ("trailers only").
    private void Refuse(HttpContext context, int code, string text)
    {
        intake.Refused("grpc", code);
        Refused(logger, code, text);
        context.Response.Headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(text);
    }

    [LoggerMessage(3103, LogLevel.Warning, "OTLP/gRPC answered {Code}: {Detail}")]
    private static partial void Refused(ILogger logger, int code, string detail);
}
