using Prunella.Incidents.Actions;

namespace Prunella.Incidents;

/// <summary>
/// Where an incident stands. Every change of it is persisted before the next step starts, so a process killed at any
/// point resumes here.
/// </summary>
public enum IncidentState
{
    /// <summary>Signals were joined to it; nothing has been looked at.</summary>
    Opened,

    /// <summary>Evidence is in; the cause is not known yet.</summary>
    Gathered,

    /// <summary>A diagnosis stands; the next step of the course is to be judged.</summary>
    Diagnosed,

    /// <summary>A person is asked; waits for a decision or the expiry.</summary>
    AwaitingApproval,

    /// <summary>The verdict allows it, or a retry time is set; execution is next.</summary>
    Cleared,

    /// <summary>The intent is written; the effect may or may not have happened. After a restart: observe, never act again.</summary>
    Executing,

    /// <summary>The effect happened; its validation runs until the soak is over.</summary>
    Validating,

    /// <summary>The undo intent is written; the undo may or may not have happened.</summary>
    Undoing,

    /// <summary>Fixed, or its alerts ended.</summary>
    Resolved,

    /// <summary>Handed to people.</summary>
    Escalated,

    /// <summary>Nothing to do, by decision: a watchdog, a healthy workload, a stage that only observes.</summary>
    Closed,
}

/// <summary>Signals about one target with one presumed cause; what is diagnosed, acted on, resolved or escalated. Immutable.</summary>
public sealed record Incident
{
    /// <summary>This incident's id.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>What it is about.</summary>
    public required Target Target { get; init; }

    /// <summary>The family of causes its signals belong to; signals of the same target and family join it.</summary>
    public required string Family { get; init; }

    /// <summary>One line for people, from the first signal.</summary>
    public required string Title { get; init; }

    /// <summary>The greatest severity among its signals.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>Where it stands.</summary>
    public required IncidentState State { get; init; }

    /// <summary>Counts commits, from 1; a commit of an older version is refused.</summary>
    public int Version { get; init; }

    /// <summary>When the trouble began, by the source's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the first signal was accepted.</summary>
    public required DateTimeOffset NoticedAt { get; init; }

    /// <summary>When the first verdict that did something was given.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>When the last effect happened.</summary>
    public DateTimeOffset? ActedAt { get; init; }

    /// <summary>When the target was first seen well again in the validation that passed.</summary>
    public DateTimeOffset? RecoveredAt { get; init; }

    /// <summary>When it reached its end.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>
    /// When the engine has to look at it again without being told. Never null while it is open, so that a process that dies, or a
    /// store that fails, between a commit and the next step leaves nothing behind that nobody looks at.
    /// </summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>The first signal, whose labels the playbook's conditions see.</summary>
    public required Signal FirstSignal { get; init; }

    /// <summary>Firing signals joined so far.</summary>
    public int SignalCount { get; init; } = 1;

    /// <summary>Series (see <see cref="Signal.Series"/>) still firing; bounded, see <see cref="OpenSeriesMax"/>.</summary>
    public IReadOnlyList<string> OpenSeries { get; init; } = [];

    /// <summary>The most series remembered one by one. Beyond it, resolution is told by the source's silence and the workload's state.</summary>
    public const int OpenSeriesMax = 1_024;

    /// <summary>Evidence gathered so far, oldest first; bounded by the engine's options.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The present diagnosis.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>The actions to try, in order, each once; empty until diagnosed.</summary>
    public IReadOnlyList<CourseStep> Course { get; init; } = [];

    /// <summary>The query of the error rate that validation compares with its baseline; empty for none.</summary>
    public string ErrorRateQuery { get; init; } = "";

    /// <summary>Failed executions after which people take over.</summary>
    public int EscalateAfter { get; init; } = 1;

    /// <summary>Index into <see cref="Course"/> of the step judged, asked about or executed.</summary>
    public int StepIndex { get; init; }

    /// <summary>What was tried, oldest first; the last one is in progress while the state says so.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];

    /// <summary>How often the present step was put off (API away, target busy, cooldown); resets when it goes on.</summary>
    public int Postponed { get; init; }

    /// <summary>Why it ended as it did, for people; empty while open.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>What a person should do next; empty unless escalated.</summary>
    public string Advice { get; init; } = "";

    /// <summary>The incident that took over its signals, once its target could be told; null otherwise.</summary>
    public IncidentId? JoinedInto { get; init; }

    /// <summary>Who took it over from Prunella, or said that they look at it; null when nobody did.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>What a person thinks of what Prunella thought and did; null when nobody said.</summary>
    public IncidentFeedback? Feedback { get; init; }

    /// <summary>When the last of its series ended after people had taken over; null before, and for one that never was escalated.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool Ended => State is IncidentState.Resolved or IncidentState.Escalated or IncidentState.Closed;

    /// <summary>The attempt in progress or the last one; null before the first.</summary>
    public Attempt? LastAttempt => Attempts.Count == 0 ? null : Attempts[^1];
}

/// <summary>A person's word that they look at an incident.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Note">What they said; may be empty.</param>
public sealed record Acknowledgement(string By, DateTimeOffset At, string Note);

/// <summary>A person's judgement of an incident.</summary>
/// <param name="Right">Whether what Prunella thought and did was right.</param>
/// <param name="By">Who says so.</param>
/// <param name="At">When.</param>
/// <param name="Reason">What was wrong; may be empty when it was right.</param>
public sealed record IncidentFeedback(bool Right, string By, DateTimeOffset At, string Reason);

/// <summary>One step of the course: an action with its parameters, not yet bound to a moment.</summary>
/// <param name="Action">A name of the action catalogue.</param>
/// <param name="Parameters">Parameter values by name.</param>
/// <param name="ProposedBy">Who chose it: <c>playbook:memory-leak</c>.</param>
/// <param name="Why">Why, in one sentence.</param>
public sealed record CourseStep(string Action, IReadOnlyDictionary<string, string> Parameters, string ProposedBy, string Why)
{
    /// <summary>Waits this long before the step is judged.</summary>
    public TimeSpan WaitBefore { get; init; }

    /// <summary>Checks on metrics and endpoints beyond the built-in ones, all of which must pass.</summary>
    public IReadOnlyList<ValidationCheck> Checks { get; init; } = [];

    /// <summary>Overrides the action's soak; null for the action's own.</summary>
    public TimeSpan? Soak { get; init; }

    /// <summary>Another object than the incident's target, where the fix is elsewhere (the cache, the node); null for the incident's.</summary>
    public Target? Target { get; init; }
}

/// <summary>One check of a playbook's validation.</summary>
public sealed record ValidationCheck
{
    /// <summary>The metric source's name; empty for a health endpoint.</summary>
    public string Source { get; init; } = "";

    /// <summary>The query in the source's language, or the endpoint's URL.</summary>
    public required string Query { get; init; }

    /// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, <c>==</c>, or <c>healthy</c> for an endpoint.</summary>
    public required string Operator { get; init; }

    /// <summary>The bound; unused for an endpoint.</summary>
    public double Bound { get; init; }

    /// <summary>What it means, for people.</summary>
    public string Text { get; init; } = "";
}

/// <summary>How a validation ended.</summary>
public enum ValidationResult
{
    /// <summary>Everything asked for was seen, and stayed so for the soak.</summary>
    Fixed,

    /// <summary>The trouble is still there.</summary>
    NotFixed,

    /// <summary>It is worse than the baseline: fewer ready pods, more errors, something deleted.</summary>
    Regressed,

    /// <summary>It could not be told; counts as a failure.</summary>
    Inconclusive,
}

/// <summary>One try: proposal, verdict, execution, validation, undo. Fields fill in that order.</summary>
public sealed record Attempt
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>What was proposed.</summary>
    public required Proposal Proposal { get; init; }

    /// <summary>What executing it would do; null when it could not be planned.</summary>
    public ActionPlan? Plan { get; init; }

    /// <summary>The verdict's name: <c>Execute</c>, <c>Ask</c> ….</summary>
    public string Verdict { get; init; } = "";

    /// <summary>Every reason of the verdict.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The approval asked for; null when none was needed.</summary>
    public ApprovalId? Approval { get; init; }

    /// <summary>The execution; null when none began.</summary>
    public ExecutionId? Execution { get; init; }

    /// <summary>What was measured before the effect.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>When the effect happened.</summary>
    public DateTimeOffset? ActedAt { get; init; }

    /// <summary>What the driver said.</summary>
    public string EffectText { get; init; } = "";

    /// <summary>When everything asked for was first seen; null while not, and again when it is lost.</summary>
    public DateTimeOffset? WellSince { get; init; }

    /// <summary>When validation gives up.</summary>
    public DateTimeOffset? ValidateUntil { get; init; }

    /// <summary>How the validation ended; null while it runs.</summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>What the validation saw over time, oldest first: a look for each change, at most <see cref="LooksMax"/>.</summary>
    public IReadOnlyList<ValidationLook> Looks { get; init; } = [];

    /// <summary>The most looks that are kept; beyond it every second one goes.</summary>
    public const int LooksMax = 120;

    /// <summary>What the validation saw.</summary>
    public string ValidationText { get; init; } = "";

    /// <summary>The execution id of the undo; null when none began.</summary>
    public ExecutionId? UndoExecution { get; init; }

    /// <summary>What the undo did; empty when none began.</summary>
    public string UndoText { get; init; } = "";
}

/// <summary>One look of a validation.</summary>
/// <param name="At">When.</param>
/// <param name="Ready">Ready replicas; null where it is no workload, or could not be read.</param>
/// <param name="Desired">Desired replicas; null likewise.</param>
/// <param name="ErrorRate">The error rate, 0 to 1; null where none is named, or it could not be read.</param>
/// <param name="Well">Whether everything asked for was seen and held.</param>
public sealed record ValidationLook(DateTimeOffset At, int? Ready, int? Desired, double? ErrorRate, bool Well);

/// <summary>The state before an effect, which the validation compares with.</summary>
public sealed record Baseline
{
    /// <summary>When it was captured.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Desired replicas; null for a target that is no workload.</summary>
    public int? Desired { get; init; }

    /// <summary>Ready replicas; null for a target that is no workload.</summary>
    public int? Ready { get; init; }

    /// <summary>The object's uid; empty for a target that is no workload.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Restarts by pod uid and container, to see new ones.</summary>
    public IReadOnlyDictionary<string, int> Restarts { get; init; } = new Dictionary<string, int>();

    /// <summary>The error rate, in the playbook's or the annotation's query; null when none is named.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>The query of <see cref="ErrorRate"/>; empty when none is named.</summary>
    public string ErrorRateQuery { get; init; } = "";

    /// <summary>Firing series of the namespace at that time, so that a new one is seen.</summary>
    public IReadOnlyList<string> FiringSeries { get; init; } = [];
}
