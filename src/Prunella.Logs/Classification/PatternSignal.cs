using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

/// <summary>What was noticed about a pattern.</summary>
public enum PatternChange : byte
{
    /// <summary>First seen after the watcher had learned the stream.</summary>
    New,

    /// <summary>Came regularly, and stopped.</summary>
    Vanished,

    /// <summary>Many more than usual.</summary>
    Spike,

    /// <summary>A warning or worse that came a few times, long ago, and is back.</summary>
    Rare,

    /// <summary>A number in the lines (a duration, a size, a count) is far from what it was in the last hour.</summary>
    ValueShift,

    /// <summary>Many more lines of level error or above than usual, over all patterns.</summary>
    ErrorBurst,
}

/// <summary>One thing noticed, with the figures it rests on.</summary>
/// <param name="Change">What.</param>
/// <param name="Template">The pattern; null for an error burst.</param>
/// <param name="At">The minute it was noticed in, as the lines' own time.</param>
/// <param name="Observed">Lines in that minute; of a shift the minute's median.</param>
/// <param name="Expected">The usual figure: the median of the baseline.</param>
/// <param name="Spread">How far the usual figures scatter: the scaled median absolute deviation.</param>
/// <param name="Evidence">A sentence for people.</param>
public sealed record PatternSignal(PatternChange Change, Template? Template, DateTime At, double Observed, double Expected, double Spread, string Evidence)
{
    /// <summary>Where the latest line of the pattern came from; empty when nothing was said of it.</summary>
    public string Source { get; init; } = "";

    /// <summary>The gravest class of the pattern's lines so far; interesting for an error burst.</summary>
    public LineClass Class { get; init; } = LineClass.Interesting;

    /// <summary>True when what was raised before is over: of spikes, shifts, silences and bursts.</summary>
    public bool Ended { get; init; }
}
