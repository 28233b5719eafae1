using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Search;

/// <summary>What platforms and their shippers call levels.</summary>
internal static class LevelNames
{
    private static readonly (Severity Level, string[] Names)[] Known =
    [
        (Severity.Trace, ["trace", "verbose", "finest", "finer"]),
        (Severity.Debug, ["debug", "fine"]),
        (Severity.Info, ["info", "information", "informational", "config"]),
        (Severity.Notice, ["notice"]),
        (Severity.Warning, ["warning", "warn"]),
        (Severity.Error, ["error", "err", "severe", "failure"]),
        (Severity.Fatal, ["fatal", "critical", "crit", "alert", "emergency", "emerg", "panic"]),
    ];

    /// <summary>Whether a question asks for some levels only.</summary>
    internal static bool Asks(LogQuestion question) => question.LevelMin > Severity.None || question.LevelMax < Severity.Fatal;

    /// <summary>Names of the levels that a question asks for, in lower case.</summary>
    internal static IReadOnlyList<string> Of(LogQuestion question) => [.. Known.Where(known => known.Level >= question.LevelMin && known.Level <= question.LevelMax).SelectMany(known => known.Names)];

    /// <summary>The level that a name means, written as answers write it; the name itself where it means none.</summary>
    internal static string Display(string name)
    {
        foreach (var (level, names) in Known) if (names.Contains(name, StringComparer.OrdinalIgnoreCase)) return level.ToString();
        return name;
    }

    /// <summary>The least and greatest number of syslog's severities, of which 0 is the worst, or of OpenTelemetry's, of which 24 is.</summary>
    internal static (int Least, int Greatest) Numbers(LogQuestion question, bool syslog)
    {
        var least = question.LevelMin > Severity.None ? question.LevelMin : Severity.Trace;
        return syslog ? (Syslog(question.LevelMax).Worst, Syslog(least).Mildest) : (Telemetry(least), Telemetry(question.LevelMax) + 3);
    }

    private static (int Worst, int Mildest) Syslog(Severity level) => level switch
    {
        Severity.Fatal => (0, 2),
        Severity.Error => (3, 3),
        Severity.Warning => (4, 4),
        Severity.Notice => (5, 5),
        Severity.Info => (6, 6),
        _ => (7, 7),
    };

    private static int Telemetry(Severity level) => level switch
    {
        Severity.Fatal => 21,
        Severity.Error => 17,
        Severity.Warning => 13,
        Severity.Notice or Severity.Info => 9,
        Severity.Debug => 5,
        _ => 1,
    };
}
