using System.ComponentModel.DataAnnotations;

namespace Prunella.Remediation.Limits;

/// <summary>When automation may act. Configuration section <c>remediation:windows</c>.</summary>
public sealed class WindowOptions
{
    /// <summary>The IANA time zone of the cron expressions.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>When acting is allowed; empty for always.</summary>
    public List<Window> Allowed { get; } = [];

    /// <summary>When acting is not allowed, whatever <see cref="Allowed"/> says.</summary>
    public List<Window> Freezes { get; } = [];
}

/// <summary>A recurring span of time.</summary>
public sealed class Window
{
    /// <summary>What people call it.</summary>
    [Required] public string Name { get; set; } = "";

    /// <summary>When it begins, as a cron expression of five fields: <c>0 22 * * FRI</c>.</summary>
    [Required] public string Begins { get; set; } = "";

    /// <summary>How long it lasts.</summary>
    public TimeSpan Lasts { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Only this namespace; empty for all.</summary>
    public string Namespace { get; set; } = "";
}
