using Prunella.Remediation.Approvals;

namespace Prunella.Slack;

/// <summary>Who of Slack may decide, and how Slack proves that it is Slack.</summary>
public sealed class SlackCallbackOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "escalation:slackCallbacks";

    /// <summary>The signing secret of the Slack application; without it no callback is taken.</summary>
    /// <value>Default none. A secret: give it by environment variable or a file that only Prunella reads.</value>
    public string SigningSecret { get; set; } = "";

    /// <summary>People by their ids in Slack (<c>U…</c>). Who is not here decides nothing.</summary>
    /// <value>Default nobody.</value>
    public IDictionary<string, SlackPerson> People { get; } = new Dictionary<string, SlackPerson>(StringComparer.Ordinal);
}

/// <summary>A person of Slack.</summary>
public sealed class SlackPerson
{
    /// <summary>The name that the ledger shows; the same as that of their token, so that one person counts once.</summary>
    /// <value>Required.</value>
    public string Name { get; set; } = "";

    /// <summary>What they may do.</summary>
    /// <value>Default viewer.</value>
    public Role Role { get; set; } = Role.Viewer;
}
