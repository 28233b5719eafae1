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
    /// <value>1 to 9998. Default: the year of <see cref="TimeProvider.System"/> when the options are made.</value>
    public int Year { get; set; } = TimeProvider.System.GetUtcNow().Year;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TemplatesMax, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TemplatesMax, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Year, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Year, 9998);
    }
}
