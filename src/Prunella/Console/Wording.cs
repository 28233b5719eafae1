using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Watch;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Stages;
using Prunella.Terminal;

namespace Prunella.Console;

/// <summary>How the console says things. Text from outside is made inert and bounded here; markup in it is encoded by Razor.</summary>
internal static class Wording
{
    /// <summary>One line of text from outside, at most so many characters.</summary>
    internal static string Line(string? text, int max = 400) => InertText.Line(Cut(text, max));

    /// <summary>Several lines of text from outside, at most so many characters.</summary>
    internal static string Block(string? text, int max = 20_000) => InertText.Block(Cut(text, max));

    /// <summary><c>just now</c>, <c>7 s ago</c>, <c>3 min ago</c>: nothing that runs faster than a person reads.</summary>
    internal static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 1 } some => $"{(int)some.TotalSeconds} s ago",
        { TotalHours: < 1 } some => $"{(int)some.TotalMinutes} min ago",
        var more => $"{Span(more)} ago",
    };

    /// <summary><c>850 ms</c>, <c>4.2 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>, <c>5 d</c>.</summary>
    internal static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalSeconds):0} s"),
        { TotalMinutes: < 60 } => span.Seconds == 0 || span.TotalMinutes >= 10 ? $"{(int)span.TotalMinutes} min" : $"{(int)span.TotalMinutes} min {span.Seconds} s",
        { TotalHours: < 48 } => span.Minutes == 0 ? $"{(int)span.TotalHours} h" : $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d",
    };

    /// <summary>Microseconds as traces have them: <c>812 µs</c>, <c>4.3 ms</c>, <c>850 ms</c>, then as other spans.</summary>
    internal static string Micros(long us) => us switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, us)} µs"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{us / 1_000.0:0.#} ms"),
        _ => Span(TimeSpan.FromMicroseconds(us)),
    };

    /// <summary><c>1 breaker</c>, <c>2 breakers</c>.</summary>
    internal static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    /// <summary><c>512 B</c>, <c>1.4 MB</c>.</summary>
    internal static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var (amount, unit) = ((double)bytes, 0);
        for (; amount >= 1_000 && unit < units.Length - 1; unit++) amount /= 1_000;
        return string.Create(CultureInfo.InvariantCulture, $"{(amount >= 100 || unit == 0 ? Math.Round(amount) : Math.Round(amount, 1))} {units[unit]}");
    }

    /// <summary>The tone of a workload's health.</summary>
    internal static string Tone(WatchedWorkload workload) => workload.Cause is not null ? "bad" : workload.IsUnwell ? "warn" : "good";

    /// <summary>A place in a drawing.</summary>
    internal static string Number(double place) => place.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A count with few characters.</summary>
    internal static string Capped(int count) => count > 999 ? "999+" : count.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>87 %</c>; a dash for nothing.</summary>
    internal static string Percent(double? share) => share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:0.#} %") : "–";

    /// <summary>A stage with its share.</summary>
    internal static string Of(StageState state) => state.Stage == Stage.Canary ? string.Create(CultureInfo.InvariantCulture, $"Canary {state.CanaryPercent} %") : Of(state.Stage);

    /// <summary>A stage.</summary>
    internal static string Of(Stage stage) => stage == Stage.DryRun ? "Dry run" : stage.ToString();

    /// <summary>A role.</summary>
    internal static string Of(Role role) => Lower(role.ToString());

    /// <summary>Where an incident stands, as people say it.</summary>
    internal static string Of(IncidentState state) => state switch
    {
        IncidentState.Opened => "noticed",
        IncidentState.Gathered => "being diagnosed",
        IncidentState.Diagnosed => "diagnosed",
        IncidentState.AwaitingApproval => "waits for approval",
        IncidentState.Cleared => "about to act",
        IncidentState.Executing => "acting",
        IncidentState.Validating => "checking the fix",
        IncidentState.Undoing => "undoing",
        _ => Lower(state.ToString()),
    };

    /// <summary>The tone of a state: <c>good</c>, <c>bad</c>, <c>warn</c>, <c>info</c> or nothing.</summary>
    internal static string Tone(IncidentState state) => state switch
    {
        IncidentState.Resolved => "good",
        IncidentState.Escalated => "bad",
        IncidentState.AwaitingApproval => "warn",
        IncidentState.Closed => "",
        _ => "info",
    };

    /// <summary>The tone of a severity.</summary>
    internal static string Tone(Severity severity) => severity switch { Severity.Critical => "bad", Severity.Warning => "warn", _ => "info" };

    /// <summary>The tone of a validation.</summary>
    internal static string Tone(ValidationResult? result) => result switch { ValidationResult.Fixed => "good", null => "info", ValidationResult.Inconclusive => "warn", _ => "bad" };

    /// <summary>How a validation ended, as people say it.</summary>
    internal static string Of(ValidationResult? result) => result switch
    {
        ValidationResult.Fixed => "fixed",
        ValidationResult.NotFixed => "not fixed",
        ValidationResult.Regressed => "made worse",
        ValidationResult.Inconclusive => "could not be told",
        _ => "running",
    };

    /// <summary>The verdict that full trust would have given, as people say it.</summary>
    internal static string WouldBe(string verdict) => verdict switch
    {
        "Execute" => "would have executed",
        "Ask" => "would have asked about",
        "Refuse" => "would have refused",
        "Escalate" => "would have escalated",
        _ => $"would have given the verdict {Line(verdict, 40)} on",
    };

    /// <summary>An address of the console.</summary>
    internal static string Path(IncidentId id) => $"/incidents/{id}";

    private static string Cut(string? text, int max) => text is null || text.Length <= max ? text ?? "" : string.Create(CultureInfo.InvariantCulture, $"{Head(text, max)}… ({text.Length - max:N0} more characters)");

    private static string Head(string text, int max) => char.IsHighSurrogate(text[max - 1]) ? text[..(max - 1)] : text[..max];

#pragma warning disable CA1308 // Words for people are lower case.
    internal static string Lower(string word) => word.ToLowerInvariant();
#pragma warning restore CA1308
}
