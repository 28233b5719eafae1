using Prunella.Incidents;

namespace Prunella.Remediation.Breakers;

/// <summary>The three phases of a circuit breaker.</summary>
public enum BreakerPhase
{
    /// <summary>Automation runs.</summary>
    Closed,

    /// <summary>Automation stopped in this scope.</summary>
    Open,

    /// <summary>One trial execution decides.</summary>
    HalfOpen,
}

/// <summary>A breaker's persisted state. Immutable.</summary>
/// <param name="Scope"><c>global</c>, <c>namespace/cluster/name</c> or <c>action/target-key/action</c>.</param>
/// <param name="Phase">Its phase when it last changed; <see cref="Breaker.PhaseAt"/> tells the phase now.</param>
/// <param name="Since">When it last changed. Executions that started before a closing do not count any more.</param>
public sealed record BreakerState(string Scope, BreakerPhase Phase, DateTimeOffset Since)
{
    /// <summary>The trial in flight while half-open; null when the trial is free.</summary>
    public ExecutionId? Trial { get; init; }

    /// <summary>How often it opened in a row without closing.</summary>
    public int Opened { get; init; }

    /// <summary>Why it opened, for people.</summary>
    public string Why { get; init; } = "";

    /// <summary>The state of a scope that nothing was ever recorded for.</summary>
    public static BreakerState Fresh(string scope) => new(scope, BreakerPhase.Closed, DateTimeOffset.MinValue);
}
