namespace Prunella.Traces.Detectors;

/// <summary>The patterns looked for.</summary>
public enum DetectorKind
{
    /// <summary>One query per row of an earlier query.</summary>
    NPlusOneQueries,

    /// <summary>One call per element to a service.</summary>
    NPlusOneCalls,

    /// <summary>A sequence of calls repeated in a loop.</summary>
    RepeatingPattern,

    /// <summary>Independent queries one after another.</summary>
    ConsecutiveQueries,

    /// <summary>Independent calls one after another.</summary>
    ConsecutiveCalls,

    /// <summary>The same call again and again, with the same answer.</summary>
    IdenticalCalls,

    /// <summary>A query that is slow by itself.</summary>
    SlowQuery,

    /// <summary>A large body.</summary>
    LargePayload,

    /// <summary>Many failed attempts at one call.</summary>
    RetryStorm,

    /// <summary>Attempts that follow each other without a growing pause.</summary>
    RetryWithoutBackOff,

    /// <summary>Very many calls at once.</summary>
    LargeFanOut,

    /// <summary>Many small calls between two services.</summary>
    ChattyPair,

    /// <summary>Waiting for a pooled connection.</summary>
    PoolWait,

    /// <summary>Timeouts of the same length on top of each other.</summary>
    LockStepTimeouts,

    /// <summary>An error that passed through callers.</summary>
    ErrorPropagation,

    /// <summary>An agent's tool called again with the same arguments.</summary>
    RedundantToolCalls,
}

/// <summary>Names of detectors as people and JSON see them.</summary>
public static class DetectorNames
{
    private static readonly string[] Names =
    [
        "n-plus-one-queries", "n-plus-one-calls", "repeating-pattern", "consecutive-queries", "consecutive-calls", "identical-calls",
        "slow-query", "large-payload", "retry-storm", "retry-without-back-off", "large-fan-out", "chatty-pair", "pool-wait",
        "lock-step-timeouts", "error-propagation", "redundant-tool-calls",
    ];

    /// <summary>Every detector's name, in the order of <see cref="DetectorKind"/>.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>The name of a detector.</summary>
    public static string Of(DetectorKind kind) => Names[(int)kind];

    /// <summary>The detector with a name; false when there is none.</summary>
    public static bool TryParse(string name, out DetectorKind kind)
    {
        var index = Array.IndexOf(Names, name);
        kind = (DetectorKind)Math.Max(index, 0);
        return index >= 0;
    }
}
