using System.ComponentModel.DataAnnotations;

namespace Prunella.Reporting;

/// <summary>What an incident costs when a person mends it, by your own rates; the report says what was saved only where they are given.</summary>
public sealed class ReportOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "report";

    /// <summary>How long a person needs for an incident that Prunella would have mended alone.</summary>
    /// <value>Minutes. Default 0: nothing is said about savings.</value>
    [Range(0, 10_080)] public int MinutesByHand { get; set; }

    /// <summary>What an hour of that person costs.</summary>
    /// <value>Default 0: hours are told, and no money.</value>
    [Range(0, 100_000)] public double HourlyRate { get; set; }

    /// <summary>The currency of <see cref="HourlyRate"/>.</summary>
    /// <value>Default <c>USD</c>.</value>
    [RegularExpression("^[A-Z]{3}$")] public string Currency { get; set; } = "USD";
}
