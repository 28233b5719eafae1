using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Storage;

/// <summary>Everything one step changes, committed in one transaction or not at all, ledger entries included.</summary>
public sealed record StoreChange
{
    /// <summary>
    /// Incidents to insert (Version 0) or update (Version as read). Stored with Version + 1.
    /// </summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>Signals that now belong to an incident, or to none (a watchdog, a duplicate resolution).</summary>
    public IReadOnlyList<SignalAssignment> Assignments { get; init; } = [];

    /// <summary>Executions to insert or replace by id.</summary>
    public IReadOnlyList<ExecutionRecord> Executions { get; init; } = [];

    /// <summary>Approvals to insert (Version 0) or update (Version as read). Stored with Version + 1.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>Stage decisions to insert or replace by digest.</summary>
    public IReadOnlyList<StageDecision> Decisions { get; init; } = [];

    /// <summary>Settings to write.</summary>
    public IReadOnlyList<Setting> Settings { get; init; } = [];

    /// <summary>A target to lock for an execution; the commit fails with <see cref="TargetBusyException"/> when it is locked for another.</summary>
    public TargetLock? Lock { get; init; }

    /// <summary>A target to unlock; nothing happens when it is not locked for that execution.</summary>
    public TargetLock? Unlock { get; init; }

    /// <summary>Notices to deliver; one with a key already stored is dropped.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>Entries to append to the ledger, in this order.</summary>
    public IReadOnlyList<LedgerDraft> Ledger { get; init; } = [];

    /// <summary>Refuses what no store can commit as one step: the same thing changed twice.</summary>
    /// <exception cref="ArgumentException">An incident, signal, execution, approval, decision or setting appears twice.</exception>
    internal void ThrowIfMalformed()
    {
        Unique(Incidents, incident => incident.Id, "incident");
        Unique(Assignments, assignment => assignment.Signal, "signal");
        Unique(Executions, execution => execution.Id, "execution");
        Unique(Approvals, approval => approval.Id, "approval");
        Unique(Decisions, decision => decision.Digest, "decision");
        Unique(Settings, setting => setting.Key, "setting");
    }

    private static void Unique<T, TKey>(IReadOnlyList<T> items, Func<T, TKey> keyOf, string what)
    {
        if (items.Count < 2) return;
        var seen = new HashSet<TKey>(items.Count);
        foreach (var item in items)
            if (!seen.Add(keyOf(item))) throw new ArgumentException($"The {what} {keyOf(item)} is changed twice in one commit.");
    }
}

/// <summary>Says which incident a signal joined; null for none.</summary>
public readonly record struct SignalAssignment(SignalId Signal, IncidentId? Incident);

/// <summary>One execution per target at a time.</summary>
/// <param name="TargetKey">See <see cref="Target.Key"/>.</param>
/// <param name="Execution">Who holds it.</param>
public sealed record TargetLock(string TargetKey, ExecutionId Execution);

/// <summary>A small named piece of state: kill switch, stage of a scope, breaker of a scope. The value is JSON.</summary>
/// <param name="Key">Such as <c>kill-switch</c>, <c>stage/shop/Safe</c>, <c>breaker/namespace/shop</c>.</param>
/// <param name="Value">JSON.</param>
/// <param name="Version">As read, 0 when new; stored with Version + 1; an older version is refused.</param>
public sealed record Setting(string Key, string Value, int Version);

/// <summary>A notice that waits for its delivery.</summary>
/// <param name="Notice">The message.</param>
/// <param name="Sink">The sink it is for.</param>
/// <param name="Tries">Deliveries tried.</param>
/// <param name="NextAt">When it is tried next.</param>
public sealed record PendingNotice(Notice Notice, string Sink, int Tries, DateTimeOffset NextAt);

/// <summary>Somebody else committed a newer version first; read again and decide again.</summary>
public sealed class StaleVersionException(string what) : Exception($"{what} was changed by someone else in the meantime; read it again.")
{
    /// <summary>What was stale: a key or an id.</summary>
    public string What { get; } = what;
}

/// <summary>The target is locked for another execution.</summary>
public sealed class TargetBusyException(string targetKey, ExecutionId holder) : Exception($"{targetKey} is being acted on by execution {holder}.")
{
    /// <summary>The locked target.</summary>
    public string TargetKey { get; } = targetKey;

    /// <summary>The execution that holds it.</summary>
    public ExecutionId Holder { get; } = holder;
}

/// <summary>The store cannot be used now: full, locked, away. What was accepted before is safe; the caller answers 503 or tries again.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
