namespace Prunella.Logs.Parsing;

/// <summary>Bounds and context of a <see cref="LogParser"/>.</summary>
public sealed class LogParserOptions
{
    /// <summary>Templates kept; beyond, the least used go and are counted.</summary>
    /// <value>Default 50 000; 16 to 1 000 000.</value>
    public int TemplatesMax { get; set; } = 50_000;

    /// <summary>How fields are written, when the lines are not to be asked.</summary>
    /// <value>Default <see cref="LineFormat.Auto"/>.</value>
    public LineFormat Format { get; set; }

    /// <summary>Year of timestamps that do not write one.</summary>
    /// <value>1 to 9998; null, the default, is the latest in which the timestamp is not more than a day ahead of <see cref="Clock"/>.</value>
    public int? Year { get; set; }

    /// <summary>Tells the year of timestamps that do not write one.</summary>
    /// <value>Default <see cref="TimeProvider.System"/>.</value>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TemplatesMax, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TemplatesMax, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Year ?? 1, 1, nameof(Year));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Year ?? 1, 9998, nameof(Year));
    }
}
