using System.Text.Json;
using Prunella.Incidents;
using Prunella.Kubernetes.Leader;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;

namespace Prunella.Api;

/// <summary>A target, as the API writes it.</summary>
internal sealed record TargetView(string Cluster, string Namespace, string Kind, string Name)
{
    internal static TargetView Of(Target target) => new(target.Cluster, target.Namespace, target.Kind, target.Name);

    /// <summary>How people read it: <c>Deployment shop/api</c>.</summary>
    public override string ToString() => new Target(Cluster, Namespace, Kind, Name).ToString();
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Total, string? Next);

/// <summary>An incident in a list.</summary>
internal sealed record IncidentSummary
{
    public required string Id { get; init; }
    public required string Short { get; init; }
    public required string Title { get; init; }
    public required TargetView Target { get; init; }
    public required Severity Severity { get; init; }
    public required IncidentState State { get; init; }
    public required int Signals { get; init; }
    public required DateTimeOffset NoticedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public string? Cause { get; init; }
    public double? Confidence { get; init; }
    public string? Action { get; init; }
    public string? Verdict { get; init; }
    public ValidationResult? Validation { get; init; }
    public string? Outcome { get; init; }

    internal static IncidentSummary Of(Incident incident) => new()
    {
        Id = incident.Id.ToString(), Short = incident.Id.Short, Title = incident.Title, Target = TargetView.Of(incident.Target), Severity = incident.Severity,
        State = incident.State, Signals = incident.SignalCount, NoticedAt = incident.NoticedAt, ClosedAt = incident.ClosedAt, Cause = incident.Diagnosis?.Cause,
        Confidence = incident.Diagnosis?.Confidence, Action = incident.LastAttempt?.Proposal.Action, Verdict = incident.LastAttempt?.Verdict,
        Validation = incident.LastAttempt?.Validation, Outcome = incident.Outcome.Length == 0 ? null : incident.Outcome,
    };
}

/// <summary>One incident with everything that is known about it.</summary>
internal sealed record IncidentDetail
{
    public required IncidentSummary Summary { get; init; }
    public required int Version { get; init; }
    public required string Family { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public DateTimeOffset? ActedAt { get; init; }
    public DateTimeOffset? RecoveredAt { get; init; }
    public DateTimeOffset? WakeAt { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }
    public Diagnosis? Diagnosis { get; init; }
    public required IReadOnlyList<Evidence> Evidence { get; init; }
    public required IReadOnlyList<CourseStep> Course { get; init; }
    public required IReadOnlyList<AttemptView> Attempts { get; init; }
    public required string Advice { get; init; }

    /// <summary>Who looks at it; left out while nobody said so.</summary>
    public Acknowledgement? Acknowledged { get; init; }

    /// <summary>Whether Prunella was right, as a person says; left out while nobody said so.</summary>
    public IncidentFeedback? Feedback { get; init; }

    /// <summary>When its alerts ended after people had taken over.</summary>
    public DateTimeOffset? OverAt { get; init; }

    /// <summary>The injection that it comes from; left out for a real failure.</summary>
    public InjectionView? Injection { get; init; }

    internal static IncidentDetail Of(Incident incident) => new()
    {
        Summary = IncidentSummary.Of(incident), Version = incident.Version, Family = incident.Family, StartedAt = incident.StartedAt, DecidedAt = incident.DecidedAt,
        ActedAt = incident.ActedAt, RecoveredAt = incident.RecoveredAt, WakeAt = incident.WakeAt, Labels = incident.FirstSignal.Labels,
        Annotations = incident.FirstSignal.Annotations, Diagnosis = incident.Diagnosis, Evidence = incident.Evidence, Course = incident.Course,
        Attempts = [.. incident.Attempts.Select(AttemptView.Of)], Advice = incident.Advice,
        Acknowledged = incident.Acknowledged, Feedback = incident.Feedback, OverAt = incident.OverAt,
    };
}

/// <summary>One attempt of an incident.</summary>
internal sealed record AttemptView
{
    public required int Number { get; init; }
    public required string Action { get; init; }
    public required TargetView Target { get; init; }
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }
    public required string ProposedBy { get; init; }
    public required string Why { get; init; }
    public required string Digest { get; init; }
    public required string Verdict { get; init; }
    public required IReadOnlyList<string> Reasons { get; init; }
    public string? Diff { get; init; }
    public string? Approval { get; init; }
    public string? Execution { get; init; }
    public DateTimeOffset? ActedAt { get; init; }
    public required string Effect { get; init; }
    public ValidationResult? Validation { get; init; }
    public required string ValidationText { get; init; }
    public required string Undo { get; init; }

    internal static AttemptView Of(Attempt attempt) => new()
    {
        Number = attempt.Number, Action = attempt.Proposal.Action, Target = TargetView.Of(attempt.Proposal.Target), Parameters = attempt.Proposal.Parameters,
        ProposedBy = attempt.Proposal.ProposedBy, Why = attempt.Proposal.Why, Digest = attempt.Proposal.Digest, Verdict = attempt.Verdict, Reasons = attempt.Reasons,
        Diff = attempt.Plan?.Diff, Approval = attempt.Approval?.ToString(), Execution = attempt.Execution?.ToString(), ActedAt = attempt.ActedAt,
        Effect = attempt.EffectText, Validation = attempt.Validation, ValidationText = attempt.ValidationText, Undo = attempt.UndoText,
    };
}

/// <summary>An approval request.</summary>
internal sealed record ApprovalView
{
    public required string Id { get; init; }
    public required string Short { get; init; }
    public required string Incident { get; init; }
    public required string IncidentShort { get; init; }
    public required string Digest { get; init; }
    public required string Action { get; init; }
    public required TargetView Target { get; init; }
    public required ApprovalState State { get; init; }
    public required string Recommendation { get; init; }
    public required string Risks { get; init; }
    public required string Diff { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required int ApproversNeeded { get; init; }
    public required IReadOnlyList<string> ApprovedBy { get; init; }
    public string? DecidedBy { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public required string Reason { get; init; }
    public required int Version { get; init; }

    internal static ApprovalView Of(Approval approval) => new()
    {
        Id = approval.Id.ToString(), Short = approval.Id.ToString()[^8..], Incident = approval.Incident.ToString(), IncidentShort = approval.Incident.Short,
        Digest = approval.Digest, Action = approval.Action, Target = TargetView.Of(approval.Target), State = approval.State, Recommendation = approval.Recommendation,
        Risks = approval.Risks, Diff = approval.Diff, RequestedAt = approval.RequestedAt, ExpiresAt = approval.ExpiresAt, ApproversNeeded = approval.ApproversNeeded,
        ApprovedBy = approval.ApprovedBy, DecidedBy = approval.DecidedBy, DecidedAt = approval.DecidedAt, Reason = approval.Reason, Version = approval.Version,
    };
}

/// <summary>One ledger entry.</summary>
internal sealed record LedgerEntryView(long Number, DateTimeOffset At, string Kind, string Subject, string Actor, JsonElement Payload, string PreviousHash, string Hash, string KeyId)
{
    internal static LedgerEntryView Of(Ledger.LedgerEntry entry) =>
        new(entry.Number, entry.At, entry.Kind, entry.Subject, entry.Actor, entry.Payload, entry.PreviousHash, entry.Hash, entry.KeyId);
}

/// <summary>One moment of an incident's story, told from the ledger.</summary>
internal sealed record TimelineEntry(DateTimeOffset At, string Kind, string Actor, string Text);

/// <summary>One event of the live story.</summary>
internal sealed record EventView(DateTimeOffset At, string? Incident, string? Short, TargetView? Target, IncidentEventKind Kind, string Text)
{
    internal static EventView Of(IncidentEvent happened) => new(happened.At, happened.Incident?.ToString(), happened.Incident?.Short,
        happened.Target is null ? null : TargetView.Of(happened.Target), happened.Kind, happened.Text);
}

/// <summary>The server at a glance.</summary>
internal sealed record StatusView
{
    public required string Version { get; init; }
    public required bool Ready { get; init; }
    public required bool Demo { get; init; }
    public required string You { get; init; }
    public required string Role { get; init; }
    public required bool KillSwitch { get; init; }
    public required int OpenIncidents { get; init; }
    public required int WaitingApprovals { get; init; }
    public required int OpenBreakers { get; init; }
    public required long PendingSignals { get; init; }
    public required int Working { get; init; }
    public required string Stage { get; init; }

    /// <summary>Who of several replicas acts; left out where no lease decides.</summary>
    public LeaseView? Lease { get; init; }
}

/// <summary>The lease that decides which replica acts.</summary>
/// <param name="State">What this replica is: <c>Leading</c>, <c>Following</c>, <c>Unknown</c>.</param>
/// <param name="Holder">The replica that holds it, as far as known; empty when nobody does.</param>
internal sealed record LeaseView(string State, string Holder)
{
    internal static LeaseView? Of(Leadership? leadership) => leadership is null ? null : new(leadership.State.ToString(), leadership.Holder);
}

/// <summary>The kill switch.</summary>
internal sealed record KillSwitchView(bool On, string By, string Reason, DateTimeOffset? At);

/// <summary>A breaker.</summary>
internal sealed record BreakerView(string Scope, string Phase, DateTimeOffset Since, int Opened, string Why);

/// <summary>The stage of a scope.</summary>
internal sealed record StageView(string Scope, Stage Stage, int CanaryPercent, string By, string Why, DateTimeOffset? Since)
{
    internal static StageView Of(StageState state) =>
        new(state.Scope, state.Stage, state.CanaryPercent, state.By, state.Why, state.Since == DateTimeOffset.MinValue ? null : state.Since);
}

/// <summary>A token, never its secret.</summary>
internal sealed record TokenView(string Name, string Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>A playbook in the catalogue.</summary>
internal sealed record PlaybookView(string Name, string Version, string Description, string Cause, string Family, IReadOnlyList<string> Actions, int EscalateAfter, bool Shipped);
