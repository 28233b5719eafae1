using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Http;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Slack;

/// <summary>
/// Posts notices to channels of Slack. A request for an approval has its buttons there, and is changed in place when it is decided or
/// expires: where it stands is kept, also over a restart. Thread-safe.
/// </summary>
public sealed class SlackSink : IEscalationSink, IDisposable
{
    /// <summary>What the button that approves is called in callbacks.</summary>
    public const string ApproveAction = "prunella-approve";

    /// <summary>What the button that rejects is called in callbacks.</summary>
    public const string RejectAction = "prunella-reject";

    // Slack takes about one message a second into a channel.
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);
    private const string Asked = "approval/", Decided = "approval-settled/", Place = "slack/";
    private readonly SlackOptions options;
    private readonly INoticeMemory memory;
    private readonly TimeProvider time;
    private readonly JsonPost post;
    private readonly AuthenticationHeaderValue authorization;
    private readonly SemaphoreSlim turn = new(1);
    private DateTimeOffset sentAt;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public SlackSink(SlackOptions options, INoticeMemory memory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        (this.options, this.memory, this.time) = (options, memory, time);
        authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        post = new JsonPost("Slack", options, time);
    }

    /// <inheritdoc/>
    public string Name => "slack";

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (notice.Kind == NoticeKind.ApprovalSettled) await SettleAsync(notice, cancellation).ConfigureAwait(false);
            else await PostAsync(notice, cancellation).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        post.Dispose();
        turn.Dispose();
    }

    // What was posted and not settled as delivered, because the process ended between, is not posted again.
    private async Task PostAsync(Notice notice, CancellationToken cancellation)
    {
        var place = Place + notice.Key;
        if (await memory.RecallAsync(place, cancellation).ConfigureAwait(false) is not null) return;
        var channel = notice.Kind == NoticeKind.ApprovalAsked && options.ApprovalChannel.Length > 0 ? options.ApprovalChannel : options.Channel;
        var answer = await CallAsync("chat.postMessage", new JsonObject
        {
            ["channel"] = channel, ["text"] = SlackBlocks.Escaped(SlackBlocks.Title(notice), 300), ["blocks"] = SlackBlocks.Of(notice, options.ConsoleUrl), ["unfurl_links"] = false, ["unfurl_media"] = false,
        }, cancellation).ConfigureAwait(false);
        var posted = new Posted(Text(answer, "channel") ?? channel, Text(answer, "ts") ?? throw new EscalationFailedException("Slack took the message and did not say where it stands."), SlackBlocks.Title(notice));
        if (notice.Kind == NoticeKind.ApprovalAsked) await memory.RememberAsync(place, JsonSerializer.Serialize(posted), cancellation).ConfigureAwait(false);
    }

    private async Task SettleAsync(Notice notice, CancellationToken cancellation)
    {
        if (!notice.Key.StartsWith(Decided, StringComparison.Ordinal)) return;
        var kept = await memory.RecallAsync(Place + Asked + notice.Key[Decided.Length..], cancellation).ConfigureAwait(false);
        // Asked before Slack was configured, or in another channel of people.
        if (kept is null || JsonSerializer.Deserialize<Posted>(kept) is not { } posted) return;
        await CallAsync("chat.update", new JsonObject
        {
            ["channel"] = posted.Channel, ["ts"] = posted.At, ["text"] = SlackBlocks.Escaped($"{posted.Title} {notice.Body}", 300), ["blocks"] = SlackBlocks.Settled(posted.Title, notice, options.ConsoleUrl),
        }, cancellation).ConfigureAwait(false);
    }

    private async Task<JsonElement> CallAsync(string method, JsonObject body, CancellationToken cancellation)
    {
        if (sentAt + Spacing - time.GetUtcNow() is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        sentAt = time.GetUtcNow();
        var answer = await post.SendAsync(HttpAddress.Below(options.Url, method), body, authorization, cancellation).ConfigureAwait(false);
        // Slack says no with 200 too.
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True) return answer;
        throw new EscalationFailedException($"Slack refused {method}: {InertText.Line(Text(answer, "error") ?? "no reason given")}");
    }

    private static string? Text(JsonElement answer, string name) => answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Posted(string Channel, string At, string Title);
}
