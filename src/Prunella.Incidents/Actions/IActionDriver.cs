namespace Prunella.Incidents.Actions;

/// <summary>
/// Carries actions out. The one port between remediation and the outside world; its twins are the Kubernetes and
/// integration drivers, and an in-memory one for simulation. Implementations are thread-safe.
/// </summary>
public interface IActionDriver
{
    /// <summary>The actions that it can carry out, with their descriptors.</summary>
    IReadOnlyList<ActionDescriptor> Actions { get; }

    /// <summary>Whether it carries out this proposal, when several drivers carry out the same action by different methods.</summary>
    bool Drives(Proposal proposal) => true;

    /// <summary>
    /// Reads the present state and says what executing would do; under Kubernetes with a server-side dry run. Changes nothing.
    /// A condition that forbids the action here is a blocker in the plan, not an exception.
    /// </summary>
    /// <exception cref="ActionFailedException">The state could not be read.</exception>
    Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation);

    /// <summary>
    /// Checks the plan's preconditions again, then makes the change, marked with <paramref name="execution"/> where the
    /// object can carry it. Called at most once for each execution id.
    /// </summary>
    Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation);

    /// <summary>Finds out by observation whether the effect of an execution happened. Changes nothing; may be repeated.</summary>
    Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation);

    /// <summary>Restores what was recorded. May be repeated: a second undo of the same record changes nothing more.</summary>
    Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation);
}

/// <summary>How an attempt to change something ended.</summary>
public enum EffectKind
{
    /// <summary>The change was accepted by the target's API.</summary>
    Applied,

    /// <summary>Nothing was changed: a precondition no longer held (gone, other uid, changed since, budget exhausted).</summary>
    PreconditionFailed,

    /// <summary>Nothing was changed: the API refused.</summary>
    Rejected,

    /// <summary>It is not known whether the change happened (connection lost after sending); observe before anything else.</summary>
    Unknown,
}

/// <summary>The result of executing or undoing.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Text">What happened, for people, naming object and reason.</param>
public sealed record Effect(EffectKind Kind, string Text);

/// <summary>What observing the target says about an execution.</summary>
public enum ObservationKind
{
    /// <summary>The target carries the effect.</summary>
    Applied,

    /// <summary>The target does not carry the effect, and it cannot arrive any more.</summary>
    NotApplied,

    /// <summary>Observation cannot tell; a person has to look.</summary>
    Unknown,
}

/// <summary>The result of observing.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Text">The fact that it rests on.</param>
public sealed record Observation(ObservationKind Kind, string Text);

/// <summary>The state of a target could not be read or the driver is misconfigured.</summary>
public sealed class ActionFailedException(string message, Exception? inner = null) : Exception(message, inner);
