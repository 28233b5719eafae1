using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Incidents;
using Prunella.Integrations.Slack;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Webhooks;

namespace Prunella.Slack;

/// <summary>
/// Takes presses of buttons from Slack. They count when Slack signed them within five minutes and the person is known and may
/// approve; the same desk decides as for every other answer, so that late, doubled and racing presses change nothing.
/// </summary>
internal sealed partial class SlackReceiver(
    IOptions<SlackCallbackOptions> options, ApprovalDesk desk, SlackReplies replies, FailureThrottle throttle, TimeProvider time, ILogger<SlackReceiver> logger)
{
    private const int BodyBytesMax = 1024 * 1024;
    private const string Reason = "decided in Slack";
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(10);

    internal async Task<IResult> ReceiveAsync(HttpContext context)
    {
        if (options.Value.SigningSecret.Length == 0) return Results.Problem(statusCode: 401, title: "The sender is not known", detail: $"{SlackCallbackOptions.Section}:signingSecret is not given.");
        var address = context.Connection.RemoteIpAddress;
        if (throttle.WaitOf(address) is not null)
        {
            context.Response.Headers.RetryAfter = "60";
            return Results.Problem(statusCode: 429, title: "Too many failed attempts", detail: "Wait a minute.");
        }
        try
        {
            using var body = await BoundedBody.ReadAsync(context.Request, BodyBytesMax);
            if (body is null) return Results.Problem(statusCode: 413, title: "The body is too large", detail: $"At most {BodyBytesMax} bytes are read.");
            var headers = context.Request.Headers;
            if (!SlackSignature.Holds(options.Value.SigningSecret, headers["X-Slack-Request-Timestamp"].ToString(), headers["X-Slack-Signature"].ToString(), body.Bytes, time.GetUtcNow()))
            {
                throttle.Failed(address);
                Forged(logger);
                return Results.Problem(statusCode: 401, title: "The signature does not hold", detail: "X-Slack-Signature has to be Slack's over this body, not older than five minutes.");
            }
            var callback = SlackCallback.Parse(body.Bytes);
            if (callback is not null && await DecideAsync(callback, context.RequestAborted) is { } told) Tell(context, callback, told);
            return Results.Ok();
        }
        catch (FormatException wrong)
        {
            return Results.Problem(statusCode: 400, title: "The callback was not understood", detail: $"{wrong.Message}. Nothing was changed.");
        }
        catch (BadHttpRequestException broken)
        {
            return Results.Problem(statusCode: broken.StatusCode, title: "The request broke off", detail: "Nothing was changed.");
        }
        catch (StoreUnavailableException)
        {
            return Results.Problem(statusCode: 503, title: "The store is away", detail: "Nothing was changed; press again.");
        }
    }

    // Null when the message itself will say it.
    private async Task<string?> DecideAsync(SlackCallback callback, CancellationToken cancellation)
    {
        if (callback.Action is not (SlackSink.ApproveAction or SlackSink.RejectAction)) return null;
        if (!options.Value.People.TryGetValue(callback.User, out var known))
        {
            Stranger(logger, LogText(callback.User));
            return $"Prunella does not know you ({callback.User}). Nothing was changed. An administrator adds people under {SlackCallbackOptions.Section}:people.";
        }
        if (!Guid.TryParseExact(callback.Value, "N", out var id)) return "The button names no approval request. Nothing was changed.";
        var answer = await desk.DecideAsync(new ApprovalId(id), new Person(known.Name, known.Role), callback.Action == SlackSink.ApproveAction, Reason, cancellation);
        Decided(logger, known.Name, answer.Kind, answer.Text);
        return answer is { Kind: ApprovalAnswerKind.Recorded, Approval.State: not ApprovalState.Pending } ? null : answer.Text;
    }

    // Slack waits three seconds for the answer to its callback, and may be slow itself to take another word.
    private void Tell(HttpContext context, SlackCallback callback, string text) => context.Response.OnCompleted(async () =>
    {
        using var limit = new CancellationTokenSource(ReplyTimeout, time);
        if (await replies.SayAsync(callback.AnswerTo, text, limit.Token) is { } why) Untold(logger, why);
    });

    private static string LogText(string text) => string.Concat(text.Take(40).Where(char.IsAsciiLetterOrDigit));

    [LoggerMessage(3101, LogLevel.Warning, "A callback that Slack did not sign, or too long ago, was refused")]
    private static partial void Forged(ILogger logger);

    [LoggerMessage(3102, LogLevel.Warning, "Slack's user {User} pressed a button and is not known")]
    private static partial void Stranger(ILogger logger, string user);

    [LoggerMessage(3103, LogLevel.Information, "{Person} answered in Slack: {Kind}: {Text}")]
    private static partial void Decided(ILogger logger, string person, ApprovalAnswerKind kind, string text);

    [LoggerMessage(3104, LogLevel.Warning, "A person could not be told in Slack what came of a button: {Why}")]
    private static partial void Untold(ILogger logger, string why);
}
