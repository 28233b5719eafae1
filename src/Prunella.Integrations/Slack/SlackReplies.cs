using System.Text.Json.Nodes;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Slack;

/// <summary>Tells a person who pressed a button, and nobody else, what came of it. Thread-safe.</summary>
public sealed class SlackReplies : IDisposable
{
    private const int TextMax = 1_000;
    private readonly Uri api;
    private readonly JsonPost post;

    /// <param name="options">Of the sink; its address is the only one beside Slack's own that is posted to.</param>
    /// <param name="time">The clock.</param>
    public SlackReplies(SlackOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        api = options.Url;
        post = new JsonPost("Slack", options, time);
    }

    /// <summary>Says it at the address that a callback gave.</summary>
    /// <returns>Why it was not said; null when it was.</returns>
    public async Task<string?> SayAsync(string? address, string text, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || !MayPost(url)) return "the callback has no address of Slack's to answer to";
        try
        {
            await post.SendAsync(url, new JsonObject { ["response_type"] = "ephemeral", ["replace_original"] = false, ["text"] = SlackBlocks.Escaped(text, TextMax) }, null, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (EscalationFailedException failure)
        {
            return failure.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => post.Dispose();

    private bool MayPost(Uri url) => url is { Scheme: "https", Host: "hooks.slack.com", IsDefaultPort: true } || (api.Host != "slack.com" && Uri.Compare(url, api, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0);
}
