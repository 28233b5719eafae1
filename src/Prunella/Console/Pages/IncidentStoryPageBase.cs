using Microsoft.AspNetCore.Components;
using Prunella.Api;
using Prunella.Console.Live;
using Prunella.Incidents;
using Prunella.Kubernetes.Watch;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Injections;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Pages;

/// <summary>One incident with everything that is known about it.</summary>
public abstract class IncidentStoryPageBase : LivePage
{
    private const int EntriesMax = 500;
    private const int SimilarMax = 5;
    private const int SimilarSearched = 300;
    private readonly Dictionary<string, StageDecision> decisions = new(StringComparer.Ordinal);
    private readonly Dictionary<ApprovalId, Approval> approvals = [];

    [Inject] private IRemediationStore Store { get; set; } = null!;

    [Inject] private InjectionBook Injections { get; set; } = null!;

    [Inject] private ShadowReview Review { get; set; } = null!;

    [Inject] private IEnumerable<IWatchedWorkloads> Operators { get; set; } = [];

    [Inject] private EscalationDesk Desk { get; set; } = null!;

    /// <summary>Its id, or the short form that people say.</summary>
    [Parameter] public string Name { get; set; } = "";

    /// <summary>The incident; null when there is none.</summary>
    protected Incident? Incident { get; private set; }

    /// <summary>Its ledger entries, oldest first.</summary>
    protected IReadOnlyList<LedgerEntry> Entries { get; private set; } = [];

    /// <summary>Earlier incidents of the same target or cause, newest first.</summary>
    protected IReadOnlyList<Incident> Similar { get; private set; } = [];

    /// <summary>The injection that it comes from; null for a real failure.</summary>
    protected InjectionRecord? Injected { get; private set; }

    /// <summary>Its target as the operator sees it now; null where none looks.</summary>
    protected WatchedWorkload? Workload { get; private set; }

    /// <summary>The request that waits for a person; null when none does.</summary>
    protected Approval? Waiting { get; private set; }

    /// <inheritdoc/>
    protected override bool Ticks => Waiting is not null;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        var found = await Store.FindByNameAsync(Name, cancellation);
        if (found is null) { Incident = null; return; }
        var first = Incident?.Id != found.Id;
        Workload = Operators.FirstOrDefault(watching => watching.IsInMemory) is { } watching ? (await watching.WorkloadsAsync(cancellation))?.FirstOrDefault(workload => workload.Target == found.Target) : null;
        // Nothing of it changed since it was read.
        if (!first && Incident!.Version == found.Version && found.Ended && decisions.Count == 0) return;
        Incident = found;
        Entries = await Store.ReadLedgerAsync(found.Id.ToString(), EntriesMax, cancellation);
        Injected = (await Injections.FindAsync(found, cancellation))?.Injection;
        if (first) Similar = await SimilarAsync(found, cancellation);
        approvals.Clear();
        foreach (var attempt in found.Attempts)
            if (attempt.Approval is { } id && await Store.FindApprovalAsync(id, cancellation) is { } approval) approvals[id] = approval;
        Waiting = approvals.Values.FirstOrDefault(approval => approval.State == ApprovalState.Pending);
        decisions.Clear();
        foreach (var decision in await Review.ListAsync(null, waiting: false, 1_000, cancellation))
            if (decision.Incident == found.Id) decisions[decision.Digest] = decision;
    }

    /// <summary>What was recorded instead of acting; null where it acted.</summary>
    protected StageDecision? DecisionOf(Attempt attempt) => decisions.GetValueOrDefault(attempt.Proposal.Digest);

    /// <summary>The approval of an attempt; null when none was asked.</summary>
    protected Approval? ApprovalOf(Attempt attempt) => attempt.Approval is { } id ? approvals.GetValueOrDefault(id) : null;

    /// <summary>How long after it was noticed.</summary>
    protected string Since(DateTimeOffset? at) => at is { } moment && Incident is { } incident ? Wording.Span(moment - incident.NoticedAt) : "–";

    /// <summary>An entry in words.</summary>
    protected static string TextOf(LedgerEntry entry) => Timeline.Tell(entry).Text;

    /// <summary>Says whether what was recorded was right.</summary>
    protected Task JudgeAsync(string digest, bool agree, string reason) => DoAsync(person => Review.ReviewAsync(digest, agree, person, reason, Left));

    /// <summary>Whether it can be judged as a whole: it ended, and nothing of it is judged decision by decision.</summary>
    protected bool Judgeable => Incident is { Ended: true } && decisions.Count == 0;

    /// <summary>Says that this person looks at it.</summary>
    protected Task TakeAsync(string note) => Incident is { } incident ? DoAsync(person => Desk.AcknowledgeAsync(incident.Id, person, note, Left)) : Task.CompletedTask;

    /// <summary>Says whether Prunella was right about it.</summary>
    protected Task JudgeWholeAsync(bool right, string reason) => Incident is { } incident ? DoAsync(person => Desk.JudgeAsync(incident.Id, person, right, reason, Left)) : Task.CompletedTask;

    private async Task<IReadOnlyList<Incident>> SimilarAsync(Incident incident, CancellationToken cancellation)
    {
        var before = await Store.ListIncidentsAsync(new IncidentQuery { Before = incident.Id, Max = SimilarSearched }, cancellation);
        return [.. before.Incidents.Where(other => other.Target == incident.Target || (incident.Diagnosis is { Cause: not Diagnosis.Unknown and var cause } && other.Diagnosis?.Cause == cause))
            .OrderByDescending(other => other.Target == incident.Target).ThenByDescending(other => other.NoticedAt).Take(SimilarMax)];
    }
}
