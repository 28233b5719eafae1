using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Slack;

/// <summary>The channels of Slack that notices are posted to.</summary>
public sealed class SlackOptions : MessageVendorOptions
{
    /// <summary>The bot's token, <c>xoxb-…</c>, with the scope <c>chat:write</c>; without it there is no such sink.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public string Token { get; set; } = "";

    /// <summary>The channel of escalations and of what concerns safety, by its id (<c>C…</c>). The bot has to be its member.</summary>
    /// <value>Required.</value>
    public string Channel { get; set; } = "";

    /// <summary>The channel where approvals are asked.</summary>
    /// <value>Default <see cref="Channel"/>.</value>
    public string ApprovalChannel { get; set; } = "";

    /// <summary>Where the console is found, for links; no links without it.</summary>
    /// <value>Default none.</value>
    public Uri? ConsoleUrl { get; set; }

    /// <summary>The address of Slack's Web API.</summary>
    /// <value>Default <c>https://slack.com/api/</c>.</value>
    public Uri Url { get; set; } = new("https://slack.com/api/");

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => VendorProblems("escalation:slack")
        .Check(nameof(Token), Token.StartsWith("xoxb-", StringComparison.Ordinal) && Token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'), "must be a bot's token, which begins with xoxb-")
        .Check(nameof(Channel), IsChannel(Channel), "must be the id of a channel, such as C024BE91L")
        .Check(nameof(ApprovalChannel), ApprovalChannel.Length == 0 || IsChannel(ApprovalChannel), "must be the id of a channel, such as C024BE91L")
        .Check(nameof(ConsoleUrl), ConsoleUrl is null || OptionProblems.IsHttp(ConsoleUrl), "must be an absolute http or https URL without user and password")
        .SecretUrl(nameof(Url), Url, "the token").All;

    private static bool IsChannel(string id) => id.Length is >= 2 and <= 40 && id[0] is 'C' or 'G' or 'D' && id.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter));
}
