using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Prunella.Incidents;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage;
using Prunella.Telemetry;

namespace Prunella.Webhooks;

/// <summary>What a sender is told after an accept.</summary>
/// <param name="Received">Signals in the body.</param>
/// <param name="New">Of them, those not known before; a redelivery has none.</param>
internal sealed record Receipt(int Received, int New);

/// <summary>
/// Takes one post from its first header to the durable accept. 2xx only when every signal survives a kill; 503 when it must
/// be sent again; 4xx when sending it again will not help.
/// </summary>
internal sealed partial class WebhookReceiver(
    IOptions<WebhookOptions> options, WebhookGuard guard, Intake intake, ServerMeter meter, TimeProvider time, ILogger<WebhookReceiver> logger) : IDisposable
{
    private readonly SemaphoreSlim slots = new(options.Value.ConcurrentMax);

    internal delegate ParsedBody Parser(ReadOnlySpan<byte> body, DateTimeOffset receivedAt);

    internal async Task<IResult> ReceiveAsync(HttpContext context, string source, Parser parse)
    {
        var sender = await guard.AskHeadersAsync(context);
        if (sender is not (SenderAnswer.Welcome or SenderAnswer.BodyNeeded)) return Refuse(context, source, sender);
        if (!context.Request.HasJsonContentType()) return Answer(source, 415, "Send JSON", "Content-Type has to be application/json.");
        if (!await slots.WaitAsync(TimeSpan.Zero, context.RequestAborted)) return Busy(context, source, "too many posts at the same time");
        try
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // bounded here, more generously than the API
            using var body = await BoundedBody.ReadAsync(context.Request, options.Value.BodyBytesMax);
            if (body is null) return Answer(source, 413, "The body is too large", $"At most {options.Value.BodyBytesMax} bytes are read (webhooks:bodyBytesMax).");
            if (sender == SenderAnswer.BodyNeeded && guard.AskBody(context, body.Bytes) is var answer and not SenderAnswer.Welcome) return Refuse(context, source, answer);
            var parsed = parse(body.Bytes, time.GetUtcNow());
            return parsed.Fault is { } fault
                ? Answer(source, fault.TooMuch ? 413 : 400, "The body was not accepted", $"{fault.Path}: {fault.Text}. Nothing of it was accepted.", fault.Path)
                : await AcceptAsync(context, source, parsed.Signals);
        }
        catch (BadHttpRequestException broken)
        {
            return Answer(source, broken.StatusCode, "The request broke off", "Nothing of it was accepted.");
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();

    private async Task<IResult> AcceptAsync(HttpContext context, string source, IReadOnlyList<Signal> signals)
    {
        try
        {
            var fresh = signals.Count == 0 ? 0 : await intake.AcceptAsync(signals, context.RequestAborted);
            meter.Accepted(source, fresh, signals.Count - fresh);
            return Results.Json(new Receipt(signals.Count, fresh));
        }
        catch (IntakeFullException)
        {
            return Busy(context, source, "the queue of signals is full");
        }
        catch (StoreUnavailableException away)
        {
            StoreAway(logger, source, away.Message);
            return Busy(context, source, "the store cannot be written now");
        }
    }

    private IResult Busy(HttpContext context, string source, string why)
    {
        context.Response.Headers.RetryAfter = options.Value.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Answer(source, 503, "Send it again", $"Not accepted: {why}. Retry-After says when to send it again.");
    }

    private IResult Refuse(HttpContext context, string source, SenderAnswer answer)
    {
        if (answer == SenderAnswer.Throttled)
        {
            context.Response.Headers.RetryAfter = "60";
            return Answer(source, 429, "Too many failed attempts", "Wait a minute.");
        }
        return answer == SenderAnswer.OutOfWindow
            ? Answer(source, 401, "The signature is too old", $"{WebhookGuard.TimestampHeader} has to be the present Unix time, within {options.Value.SignatureWindowSeconds} s.")
            : Answer(source, 401, "The sender is not known", $"Send \"Authorization: Bearer TOKEN\", or sign the body with {WebhookGuard.SignatureHeader}. docs/webhooks.md shows both.");
    }

    private IResult Answer(string source, int status, string title, string detail, string? path = null)
    {
        meter.Refused(source, status);
        Refused(logger, source, status, detail);
        return Results.Problem(statusCode: status, title: title, detail: detail,
            extensions: path is null ? null : new Dictionary<string, object?> { ["path"] = path });
    }

    [LoggerMessage(3001, LogLevel.Warning, "Webhook {Source} answered {Status}: {Detail}")]
    private static partial void Refused(ILogger logger, string source, int status, string detail);

    [LoggerMessage(3002, LogLevel.Error, "Webhook {Source}: the store is away: {Message}")]
    private static partial void StoreAway(ILogger logger, string source, string message);
}
