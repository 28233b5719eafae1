using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Teams;

/// <summary>Posts notices to Microsoft Teams as adaptive cards. Decisions are not taken there. Thread-safe.</summary>
public sealed class TeamsSink : IEscalationSink, IDisposable
{
    // A message may have 28 KB.
    private const int TextMax = 6_000;
    private readonly TeamsOptions options;
    private readonly JsonPost post;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public TeamsSink(TeamsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        post = new JsonPost("Teams", options, time);
    }

    /// <inheritdoc/>
    public string Name => "teams";

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var card = new JsonObject
        {
            ["type"] = "AdaptiveCard", ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["version"] = "1.4",
            ["body"] = new JsonArray(
                Text(NoticeText.Line(notice.Title, 300), bolder: true, notice.Severity == Severity.Critical ? "attention" : notice.Severity == Severity.Warning ? "warning" : "default"),
                Text(NoticeText.Of(notice.Body, TextMax), bolder: false, "default")),
        };
        var message = new JsonObject { ["type"] = "message", ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card }) };
        await post.SendAsync(options.Url!, message, null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => post.Dispose();

    private static JsonObject Text(string text, bool bolder, string color) => new()
    {
        ["type"] = "TextBlock", ["text"] = text.Replace("\n", "\n\n", StringComparison.Ordinal), ["wrap"] = true, ["weight"] = bolder ? "bolder" : "default", ["color"] = color,
    };
}
