using System.ComponentModel.DataAnnotations;
using Prunella.Incidents;
using Prunella.Remediation.Limits;
using ValidationResult = System.ComponentModel.DataAnnotations.ValidationResult;

namespace Prunella.Remediation.Escalation;

/// <summary>Who is told after how long, and when people sleep. Configuration section <c>escalation:policy</c>.</summary>
public sealed class EscalationPolicyOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "escalation:policy";

    /// <summary>The steps, each with its own sinks. A sink that no step names is told at once.</summary>
    /// <value>Default none: every sink is told at once.</value>
    public List<EscalationStep> Steps { get; } = [];

    /// <summary>When only what is urgent is told.</summary>
    public QuietHours QuietHours { get; set; } = new();

    /// <summary>The summary of what happened.</summary>
    public DigestOptions Digest { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Problems().Select(problem =>
    {
        var end = problem.IndexOf(' ', StringComparison.Ordinal);
        return new ValidationResult(problem[(end + 1)..], [problem[(Section.Length + 1)..end]]);
    });

    private List<string> Problems()
    {
        List<string> problems = [];
        for (var index = 0; index < Steps.Count; index++)
        {
            var (step, key) = (Steps[index], $"{Section}:steps:{index}");
            if (step.After < TimeSpan.Zero || step.After > TimeSpan.FromDays(7)) problems.Add($"{key}:after is {step.After}; allowed is 0 to 7 days");
            if (step.Sinks.Count == 0 || step.Sinks.Any(string.IsNullOrWhiteSpace)) problems.Add($"{key}:sinks must name at least one sink, such as slack, pagerduty or email-lead");
        }
        foreach (var twice in Steps.SelectMany(step => step.Sinks.Distinct(StringComparer.Ordinal)).GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Add($"{Section}:steps names the sink '{twice.Key}' in {twice.Count()} steps; it is told once, in one step");
        problems.AddRange(Collected(() => _ = QuietHours.Clock()));
        problems.AddRange(Collected(() => _ = Digest.Clock()));
        if (QuietHours.Windows.Count > 0 && Digest.At.Length == 0) problems.Add($"{Section}:digest:at is missing; with quiet hours a digest has to tell what happened in them, as in \"0 8 * * *\"");
        return problems;
    }

    private static IEnumerable<string> Collected(Action compile)
    {
        try
        {
            compile();
            return [];
        }
        catch (ArgumentException wrong)
        {
            return wrong.Message.Split(Environment.NewLine);
        }
    }
}

/// <summary>One step of the policy.</summary>
public sealed class EscalationStep
{
    /// <summary>How long after the escalation, or the request for an approval, unless a person said meanwhile that they look at it.</summary>
    /// <value>Default 0: at once.</value>
    public TimeSpan After { get; set; }

    /// <summary>The sinks that are told, by their names in the ledger: <c>slack</c>, <c>pagerduty</c>, <c>email-lead</c>.</summary>
    public List<string> Sinks { get; } = [];
}

/// <summary>When only what is urgent is told; the rest waits for their end.</summary>
public sealed class QuietHours
{
    /// <summary>The IANA time zone of the windows.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>When it is quiet: each window begins by a cron expression of five fields and lasts a time.</summary>
    /// <value>Default none.</value>
    public List<Window> Windows { get; } = [];

    /// <summary>The least severity that is told all the same.</summary>
    /// <value>Default Critical.</value>
    public Severity PassesFrom { get; set; } = Severity.Critical;

    /// <summary>The sinks that keep quiet.</summary>
    /// <value>Default every sink but the server's log.</value>
    public List<string> Sinks { get; } = [];

    internal WindowClock Clock()
    {
        var windows = new WindowOptions { TimeZone = TimeZone };
        windows.Freezes.AddRange(Windows);
        return new WindowClock(windows, $"{EscalationPolicyOptions.Section}:quietHours", "windows");
    }
}

/// <summary>A summary of what happened since the last one.</summary>
public sealed class DigestOptions
{
    /// <summary>When it is sent, as a cron expression of five fields: <c>0 8 * * MON-FRI</c>; empty for never.</summary>
    /// <value>Default never.</value>
    public string At { get; set; } = "";

    /// <summary>The IANA time zone of <see cref="At"/>.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Who gets it, by the sinks' names.</summary>
    /// <value>Default every sink but PagerDuty and Opsgenie, which wake people.</value>
    public List<string> Sinks { get; } = [];

    /// <summary>The clock of the digests; null when there are none.</summary>
    internal CronClock? Clock() => At.Length == 0 ? null : new CronClock(At, TimeZone, $"{EscalationPolicyOptions.Section}:digest");
}
