namespace Prunella.Reporting;

/// <summary>What happened in a span of time, held against as long a span before it. Every number is counted from incidents; none is estimated.</summary>
internal sealed record OperationsReport
{
    /// <summary>The beginning.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The end.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The span itself.</summary>
    public required ReportPeriod Period { get; init; }

    /// <summary>The span before it.</summary>
    public required ReportPeriod Before { get; init; }

    /// <summary>The most frequent causes in the span.</summary>
    public required IReadOnlyList<ReportCause> Causes { get; init; }

    /// <summary>What was saved, by the user's own rates; null where none are given.</summary>
    public ReportSavings? Savings { get; init; }

    /// <summary>Whether there were more incidents than are read; then the numbers are of the newest.</summary>
    public bool IsCut { get; init; }
}

/// <summary>The counts of a span.</summary>
internal sealed record ReportPeriod
{
    /// <summary>Incidents noticed; those joined into another are part of it.</summary>
    public required int Incidents { get; init; }

    /// <summary>Signals that came for them.</summary>
    public required int Alerts { get; init; }

    /// <summary>Mended and proved without a person.</summary>
    public required int HealedAlone { get; init; }

    /// <summary>Mended and proved after a person approved.</summary>
    public required int HealedApproved { get; init; }

    /// <summary>Over without an action.</summary>
    public required int WentAway { get; init; }

    /// <summary>Handed to people.</summary>
    public required int Escalated { get; init; }

    /// <summary>Recorded only, because the stage allowed no more.</summary>
    public required int Observed { get; init; }

    /// <summary>Not over yet.</summary>
    public required int Open { get; init; }

    /// <summary>Fixes that were undone.</summary>
    public required int Undone { get; init; }

    /// <summary>From the beginning of the trouble to its notice.</summary>
    public required ReportTimes Detect { get; init; }

    /// <summary>From the notice to the first verdict.</summary>
    public required ReportTimes Decide { get; init; }

    /// <summary>From the beginning of the trouble until all was well, of those that were resolved.</summary>
    public required ReportTimes Recover { get; init; }

    /// <summary>How often a person had to do something: an approval or an escalation.</summary>
    public int Interventions => HealedApproved + Escalated;

    /// <summary>Of what ended and was more than recorded, what was mended without a person; null when nothing was.</summary>
    public double? AloneShare => HealedAlone + HealedApproved + WentAway + Escalated is > 0 and var all ? (double)HealedAlone / all : null;
}

/// <summary>How long something took.</summary>
/// <param name="Count">How often it was measured.</param>
/// <param name="MeanSeconds">The mean; null when it never was.</param>
/// <param name="MedianSeconds">The middle; null when it never was.</param>
/// <param name="P90Seconds">What nine of ten stayed under; null when it never was.</param>
internal sealed record ReportTimes(int Count, double? MeanSeconds, double? MedianSeconds, double? P90Seconds)
{
    /// <summary>The figures of some measurements.</summary>
    internal static ReportTimes Of(List<double> seconds)
    {
        if (seconds.Count == 0) return new ReportTimes(0, null, null, null);
        seconds.Sort();
        return new ReportTimes(seconds.Count, seconds.Average(), At(seconds, 0.5), At(seconds, 0.9));
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
}

/// <summary>A cause in the span.</summary>
/// <param name="Cause">Its name; <c>–</c> for incidents that none was found for.</param>
/// <param name="Incidents">How many had it.</param>
/// <param name="HealedAlone">How many were mended without a person.</param>
/// <param name="Escalated">How many were handed to people.</param>
/// <param name="MedianRecoverSeconds">The middle of the times to recover; null when none was resolved.</param>
internal sealed record ReportCause(string Cause, int Incidents, int HealedAlone, int Escalated, double? MedianRecoverSeconds);

/// <summary>What was saved, by the user's own rates.</summary>
/// <param name="MinutesByHand">Minutes of a person for an incident.</param>
/// <param name="HourlyRate">What an hour costs; 0 when not told.</param>
/// <param name="Currency">Of the rate.</param>
/// <param name="Hours">Hours of people in the span: incidents mended alone, times the minutes.</param>
/// <param name="Amount">The hours at the rate; 0 when no rate is told.</param>
internal sealed record ReportSavings(int MinutesByHand, double HourlyRate, string Currency, double Hours, double Amount);
