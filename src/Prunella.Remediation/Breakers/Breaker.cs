using Prunella.Incidents;
using Prunella.Remediation.Execution;

namespace Prunella.Remediation.Breakers;

/// <summary>
/// The breaker's transitions, pure. Closed → Open when more than 30 % of the last 10 executions did not fix; Open → HalfOpen
/// after 30 minutes; HalfOpen lets one trial through: fixed closes it, anything else opens it again.
/// </summary>
public static class Breaker
{
    /// <summary>The scope of everything.</summary>
    public const string GlobalScope = "global";

    /// <summary>The scope of a namespace.</summary>
    public static string NamespaceScope(Target target) => $"namespace/{target.Cluster}/{target.Namespace}";

    /// <summary>The scope of one action on one target.</summary>
    public static string ActionScope(Target target, string action) => $"action/{target.Key}/{action}";

    /// <summary>The phase now: an open breaker becomes half-open by the passing of time alone. A clock that went back keeps it open.</summary>
    public static BreakerPhase PhaseAt(BreakerState state, DateTimeOffset now, BreakerOptions options) =>
        state.Phase == BreakerPhase.Open && now - state.Since >= options.OpenFor ? BreakerPhase.HalfOpen : state.Phase;

    /// <summary>An execution begins: in a half-open breaker it takes the trial.</summary>
    public static BreakerState OnStart(BreakerState state, ExecutionId execution, DateTimeOffset now, BreakerOptions options) =>
        PhaseAt(state, now, options) == BreakerPhase.HalfOpen && state.Trial is null
            ? state with { Phase = BreakerPhase.HalfOpen, Trial = execution, Since = state.Phase == BreakerPhase.Open ? now : state.Since }
            : state;

    /// <summary>An execution ended, or a fix turned out not to hold.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="ended">The execution.</param>
    /// <param name="newestFirst">The executions of the scope including <paramref name="ended"/>, newest first.</param>
    /// <param name="now">The present time.</param>
    /// <param name="options">The bounds.</param>
    public static BreakerState OnOutcome(
        BreakerState state, ExecutionRecord ended, IReadOnlyList<ExecutionRecord> newestFirst, DateTimeOffset now, BreakerOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(ended);
        if (state.Trial == ended.Id)
        {
            return ended.Failed
                ? Opened(state, now, $"the trial execution {ended.Id} of {ended.Action} on {ended.Target} did not fix")
                : new BreakerState(state.Scope, BreakerPhase.Closed, now);
        }

        if (PhaseAt(state, now, options) != BreakerPhase.Closed) return state;
        var seen = 0;
        var failed = 0;
        foreach (var execution in newestFirst)
        {
            if (seen == options.Window || execution.StartedAt < state.Since) break;
            if (execution.FinishedAt is null) continue;
            seen++;
            if (execution.Failed) failed++;
        }

        return failed > options.FailureShareMax * options.Window
            ? Opened(state, now, $"{failed} of the last {seen} executions did not fix (allowed: {options.FailureShareMax:P0} of {options.Window})")
            : state;
    }

    private static BreakerState Opened(BreakerState state, DateTimeOffset now, string why) =>
        new(state.Scope, BreakerPhase.Open, now) { Opened = state.Opened + 1, Why = why };
}
