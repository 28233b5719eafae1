using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Slack;

/// <summary>Notices in Slack's Block Kit. Text from elsewhere is escaped, so that it names no user, channel or link of its own.</summary>
internal static class SlackBlocks
{
    // Slack's own bounds: 150 letters of a header, 3 000 of a section.
    private const int HeaderMax = 150;
    private const int SectionMax = 2_900;

    /// <summary>The blocks of a notice.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="console">Where the console is; null for no links.</param>
    internal static JsonArray Of(Notice notice, Uri? console)
    {
        var blocks = new JsonArray(Header(Title(notice)));
        if (notice.Approval is { } ask) AddApproval(blocks, notice, ask);
        else if (notice.Body.Length > 0 && notice.Body != notice.Title) blocks.Add(Section(Escaped(notice.Body, SectionMax)));
        blocks.Add(Context(notice, console));
        return blocks;
    }

    /// <summary>An approval request that was settled: what was asked, and what became of it, without buttons.</summary>
    /// <param name="title">What was asked.</param>
    /// <param name="settled">The notice that settles it.</param>
    /// <param name="console">Where the console is; null for no links.</param>
    internal static JsonArray Settled(string title, Notice settled, Uri? console) =>
        [Header(title), Section($"*{Escaped(settled.Body, SectionMax)}*"), Context(settled, console)];

    /// <summary>The title of a notice as one line of plain text.</summary>
    internal static string Title(Notice notice) => NoticeText.Line(notice.Approval is { } ask ? $"May I {ask.Action} {ask.Target}?" : notice.Title, HeaderMax);

    /// <summary>Text as Slack shows it to the letter.</summary>
    internal static string Escaped(string text, int charactersMax)
    {
        var whole = Replaced(NoticeText.Of(text, charactersMax));
        // What is escaped is longer; it is cut before it is escaped, not within.
        for (var most = charactersMax; whole.Length > charactersMax; most -= Math.Max(1, whole.Length - charactersMax)) whole = Replaced(NoticeText.Of(text, Math.Max(2, most)));
        return whole;
    }

    private static string Replaced(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static void AddApproval(JsonArray blocks, Notice notice, ApprovalAsk ask)
    {
        var expiry = ask.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        blocks.Add(new JsonObject
        {
            ["type"] = "section",
            ["fields"] = new JsonArray(
                Markdown($"*Incident*\n{notice.Incident?.Short ?? "–"}"),
                Markdown($"*Severity*\n{notice.Severity.ToString().ToLowerInvariant()}"),
                Markdown($"*Answer until*\n<!date^{expiry}^{{date_short_pretty}} {{time_secs}}|{ask.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC>"),
                Markdown($"*People needed*\n{ask.ApproversNeeded.ToString(CultureInfo.InvariantCulture)}")),
        });
        blocks.Add(Section($"*Recommendation*\n{Escaped(ask.Recommendation, SectionMax - 20)}"));
        if (ask.Risks.Length > 0) blocks.Add(Section($"*Risks*\n{Escaped(ask.Risks, SectionMax - 20)}"));
        // Three backticks would end the block of code.
        if (ask.Diff.Length > 0) blocks.Add(Section($"```{Escaped(ask.Diff.Replace('`', 'ʼ'), SectionMax - 10)}```"));
        blocks.Add(new JsonObject
        {
            ["type"] = "actions",
            ["block_id"] = "approval",
            ["elements"] = new JsonArray(Button(SlackSink.ApproveAction, "Approve", "primary", ask), Button(SlackSink.RejectAction, "Reject", "danger", ask)),
        });
    }

    private static JsonObject Button(string action, string text, string style, ApprovalAsk ask) => new()
    {
        ["type"] = "button",
        ["action_id"] = action,
        ["text"] = Plain(text),
        ["style"] = style,
        ["value"] = ask.Id,
        ["confirm"] = new JsonObject
        {
            ["title"] = Plain(text + "?"),
            ["text"] = Plain(NoticeText.Line($"{ask.Action} on {ask.Target}", 280)),
            ["confirm"] = Plain(text),
            ["deny"] = Plain("Back"),
        },
    };

    private static JsonObject Header(string text) => new() { ["type"] = "header", ["text"] = Plain(text) };

    private static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Markdown(text) };

    private static JsonObject Context(Notice notice, Uri? console)
    {
        var text = notice.Incident is not { } incident ? "Prunella" : console is null ? $"Prunella · {incident.Short}" : $"Prunella · <{new Uri(console, $"incidents/{incident}")}|{incident.Short}>";
        return new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Markdown(text)) };
    }

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text };

    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };
}
