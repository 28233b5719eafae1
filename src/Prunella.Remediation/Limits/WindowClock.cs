using Cronos;
using Prunella.Incidents;

namespace Prunella.Remediation.Limits;

/// <summary>Tells whether acting is allowed at a moment. Immutable.</summary>
public sealed class WindowClock
{
    private readonly TimeZoneInfo zone;
    private readonly List<(Window Window, CronExpression Cron)> allowed;
    private readonly List<(Window Window, CronExpression Cron)> freezes;

    /// <summary>Compiles the windows.</summary>
    /// <exception cref="ArgumentException">Every error at once: unknown time zone, malformed cron expression, lengths that are not positive.</exception>
    public WindowClock(WindowOptions options) : this(options, "remediation:windows", "freezes")
    {
    }

    /// <summary>Compiles windows that stand elsewhere in the configuration.</summary>
    /// <param name="options">The windows.</param>
    /// <param name="section">Their section, for errors.</param>
    /// <param name="freezesKey">What the freezes are called there.</param>
    /// <exception cref="ArgumentException">As above.</exception>
    internal WindowClock(WindowOptions options, string section, string freezesKey)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new List<string>();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var found)) errors.Add($"{section}:timeZone is '{options.TimeZone}'; allowed is an IANA time zone such as Europe/Berlin");
        zone = found ?? TimeZoneInfo.Utc;
        allowed = Compile(options.Allowed, $"{section}:allowed", errors);
        freezes = Compile(options.Freezes, $"{section}:{freezesKey}", errors);
        if (errors.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }

    /// <summary>Why acting on the target is not allowed now; null when it is.</summary>
    /// <param name="target">What would be acted on.</param>
    /// <param name="now">The moment.</param>
    /// <param name="opensAt">When it is allowed again, as far as one look ahead tells; null when unknown.</param>
    public string? ClosedFor(Target target, DateTimeOffset now, out DateTimeOffset? opensAt)
    {
        opensAt = null;
        foreach (var (window, cron) in freezes)
        {
            if (!Concerns(window, target) || BeganAt(cron, window, now) is not { } began) continue;
            opensAt = began + window.Lasts;
            return $"the freeze '{window.Name}' holds until {opensAt:u}";
        }

        var concerned = allowed.Where(entry => Concerns(entry.Window, target)).ToList();
        if (concerned.Count == 0 || concerned.Any(entry => BeganAt(entry.Cron, entry.Window, now) is not null)) return null;
        opensAt = concerned.Min(entry => entry.Cron.GetNextOccurrence(now, zone));
        return $"outside the allowed windows ({string.Join(", ", concerned.Select(entry => entry.Window.Name))}); next opens {opensAt:u}";
    }

    private static bool Concerns(Window window, Target target) => window.Namespace.Length == 0 || window.Namespace == target.Namespace;

    private DateTimeOffset? BeganAt(CronExpression cron, Window window, DateTimeOffset now)
    {
        var first = cron.GetNextOccurrence(now - window.Lasts, zone, inclusive: false);
        return first is { } began && began <= now ? began : null;
    }

    private static List<(Window, CronExpression)> Compile(List<Window> windows, string key, List<string> errors)
    {
        var compiled = new List<(Window, CronExpression)>();
        for (var index = 0; index < windows.Count; index++)
        {
            var window = windows[index];
            if (window.Lasts <= TimeSpan.Zero || window.Lasts > TimeSpan.FromDays(31))
                errors.Add($"{key}:{index}:lasts is {window.Lasts}; allowed is more than zero and at most 31 days");
            if (CronExpression.TryParse(window.Begins, out var cron)) compiled.Add((window, cron));
            else errors.Add($"{key}:{index}:begins is '{window.Begins}'; allowed is a cron expression of five fields such as 0 22 * * FRI");
        }

        return compiled;
    }
}
