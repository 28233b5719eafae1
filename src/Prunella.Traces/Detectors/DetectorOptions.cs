using System.ComponentModel.DataAnnotations;

namespace Prunella.Traces.Detectors;

/// <summary>
/// When a pattern is worth a finding. The defaults follow the field (Sentry's published thresholds for database
/// patterns); <see cref="Sentry"/> is that product's own set, whose limits for HTTP calls are made for browsers.
/// </summary>
public sealed class DetectorOptions
{
    /// <summary>Like queries after a different first one that make an N+1.</summary>
    /// <value>Queries. Default 5.</value>
    [Range(2, 10_000)] public int NPlusOneQueriesMin { get; set; } = 5;

    /// <summary>Their time together.</summary>
    /// <value>Default 50 ms.</value>
    public TimeSpan NPlusOneQueriesTimeMin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Like calls to one service, one after another, that make an N+1.</summary>
    /// <value>Calls. Default 5.</value>
    [Range(2, 10_000)] public int NPlusOneCallsMin { get; set; } = 5;

    /// <summary>Their time together.</summary>
    /// <value>Default 50 ms.</value>
    public TimeSpan NPlusOneCallsTimeMin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest sequence of calls looked for as a repeating pattern.</summary>
    /// <value>Calls. Default 8.</value>
    [Range(2, 32)] public int PatternLengthMax { get; set; } = 8;

    /// <summary>Repeats of a sequence that make a finding.</summary>
    /// <value>Repeats. Default 3.</value>
    [Range(2, 1_000)] public int PatternRepeatsMin { get; set; } = 3;

    /// <summary>Their time together.</summary>
    /// <value>Default 100 ms.</value>
    public TimeSpan PatternTimeMin { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Independent calls one after another that could run at once.</summary>
    /// <value>Calls. Default 2.</value>
    [Range(2, 100)] public int ConsecutiveMin { get; set; } = 2;

    /// <summary>The shortest call counted among them.</summary>
    /// <value>Default 30 ms.</value>
    public TimeSpan ConsecutiveCallMin { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>What running them at once must save: their sum less the longest.</summary>
    /// <value>Default 100 ms.</value>
    public TimeSpan ConsecutiveSavingMin { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What it must save as a share of their sum.</summary>
    /// <value>Share. Default 0.1.</value>
    [Range(0.0, 1.0)] public double ConsecutiveSavingShareMin { get; set; } = 0.1;

    /// <summary>The longest pause between two such calls; work in a longer pause may need the first one's answer.</summary>
    /// <value>Default 10 ms.</value>
    public TimeSpan ConsecutiveGapMax { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Equal calls in one trace that a cache would serve.</summary>
    /// <value>Calls. Default 3.</value>
    [Range(2, 10_000)] public int IdenticalMin { get; set; } = 3;

    /// <summary>The time of all of them but the first.</summary>
    /// <value>Default 20 ms.</value>
    public TimeSpan IdenticalSavingMin { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>A slow query.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan SlowQueryMin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A large body.</summary>
    /// <value>Bytes. Default 300 000.</value>
    [Range(1, long.MaxValue)] public long PayloadBytesMin { get; set; } = 300_000;

    /// <summary>Attempts at one call, all but the last failed, that are looked at for back-off.</summary>
    /// <value>Attempts. Default 3.</value>
    [Range(2, 1_000)] public int RetriesMin { get; set; } = 3;

    /// <summary>A pause between attempts from which on it counts as back-off.</summary>
    /// <value>Default 100 ms.</value>
    public TimeSpan BackOffMin { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Failed attempts at one call in one trace that make a storm, whatever the pauses.</summary>
    /// <value>Attempts. Default 6.</value>
    [Range(3, 10_000)] public int RetryStormMin { get; set; } = 6;

    /// <summary>Calls one span makes at once.</summary>
    /// <value>Calls. Default 30.</value>
    [Range(5, 100_000)] public int FanOutMin { get; set; } = 30;

    /// <summary>Calls of one service to another in one trace.</summary>
    /// <value>Calls. Default 20.</value>
    [Range(5, 100_000)] public int ChattyCallsMin { get; set; } = 20;

    /// <summary>A wait for a pooled connection.</summary>
    /// <value>Default 50 ms.</value>
    public TimeSpan PoolWaitMin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Failed calls of nearly the same length that make lock-step timeouts.</summary>
    /// <value>Calls. Default 3.</value>
    [Range(2, 1_000)] public int TimeoutsMin { get; set; } = 3;

    /// <summary>The shortest length taken for a timeout.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan TimeoutMin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Spans from an error's origin to where it stopped, both included.</summary>
    /// <value>Spans. Default 2.</value>
    [Range(2, 100)] public int ErrorDepthMin { get; set; } = 2;

    /// <summary>Equal calls of one tool in one trace.</summary>
    /// <value>Calls. Default 2.</value>
    [Range(2, 1_000)] public int ToolCallsMin { get; set; } = 2;

    /// <summary>Sentry's published thresholds, where it has them.</summary>
    public static DetectorOptions Sentry() => new()
    {
        NPlusOneCallsMin = 10,
        NPlusOneCallsTimeMin = TimeSpan.FromMilliseconds(300),
        ConsecutiveMin = 2,
        ConsecutiveCallMin = TimeSpan.FromMilliseconds(30),
        ConsecutiveSavingMin = TimeSpan.FromMilliseconds(100),
        ConsecutiveGapMax = TimeSpan.FromSeconds(1),
    };
}
