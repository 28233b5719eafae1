namespace Prunella.Logs.Classification;

/// <summary>How patient the watcher is.</summary>
public sealed class PatternWatcherOptions
{
    /// <summary>Minutes of the stream that have lines, before anything is reported.</summary>
    /// <value>Default 10 minutes; at least 3.</value>
    public TimeSpan Learning { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Spreads above the usual figure that make a spike.</summary>
    /// <value>Default 8: on 100 steady patterns a minute each, less than one false alarm an hour.</value>
    public double Spreads { get; set; } = 8;

    /// <summary>Least number of lines a minute for a spike or a burst.</summary>
    /// <value>Default 20.</value>
    public int LinesMin { get; set; } = 20;

    /// <summary>Signals an hour of stream time; more are counted and not given out.</summary>
    /// <value>Default 60.</value>
    public int SignalsPerHourMax { get; set; } = 60;

    /// <summary>Patterns watched for their rate; the rest only for being new.</summary>
    /// <value>Default 5 000, about 300 B each.</value>
    public int PatternsMax { get; set; } = 5_000;

    /// <summary>Shapes of lines whose numbers are watched.</summary>
    /// <value>Default 2 000, up to 2 kB each.</value>
    public int ShapesMax { get; set; } = 2_000;

    /// <summary>Lines up to which a pattern is rare.</summary>
    /// <value>Default 5.</value>
    public int RareLines { get; set; } = 5;

    /// <summary>Silence after which a rare pattern is reported again.</summary>
    /// <value>Default 6 hours.</value>
    public TimeSpan RareSilence { get; set; } = TimeSpan.FromHours(6);

    /// <summary>What evidence calls a template; null for its own text.</summary>
    internal Func<Templates.Template, string>? TextOf { get; set; }
}
