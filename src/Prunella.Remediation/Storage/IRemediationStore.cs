using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Storage;

/// <summary>
/// What survives a kill. Twins: SQLite and PostgreSQL by EF Core, and an in-memory one for simulation; one test suite runs
/// over all of them. Thread-safe. Every method throws <see cref="StoreUnavailableException"/> when the store is full, locked
/// beyond its time-out, or away.
/// </summary>
public interface IRemediationStore
{
    /// <summary>Brings the schema up to date. Idempotent; safe when several replicas start together.</summary>
    Task MigrateAsync(CancellationToken cancellation);

    /// <summary>
    /// Stores signals durably; one whose <see cref="Signal.Identity"/> is known is dropped. When this returns they survive a kill.
    /// Concurrent calls are committed together.
    /// </summary>
    /// <returns>How many were new.</returns>
    Task<int> AcceptAsync(IReadOnlyList<Signal> signals, CancellationToken cancellation);

    /// <summary>Signals that belong to no incident yet, in the order of acceptance.</summary>
    Task<IReadOnlyList<Signal>> PendingSignalsAsync(int max, CancellationToken cancellation);

    /// <summary>How many signals wait to be correlated.</summary>
    Task<int> CountPendingSignalsAsync(CancellationToken cancellation);

    /// <summary>The newest <paramref name="max"/> signals of an incident, oldest of them first.</summary>
    Task<IReadOnlyList<Signal>> SignalsOfAsync(IncidentId incident, int max, CancellationToken cancellation);

    /// <summary>The incident that the firing signal of this series joined; null when none did.</summary>
    Task<IncidentId?> IncidentOfSeriesAsync(string series, CancellationToken cancellation);

    /// <summary>One incident; null when there is none with this id.</summary>
    Task<Incident?> FindIncidentAsync(IncidentId id, CancellationToken cancellation);

    /// <summary>Every incident of these targets that has not ended, oldest first; a target has at most one for each family.</summary>
    Task<IReadOnlyList<Incident>> OpenIncidentsOfAsync(IReadOnlyCollection<string> targetKeys, CancellationToken cancellation);

    /// <summary>Every incident that has not ended, oldest first.</summary>
    Task<IReadOnlyList<Incident>> OpenIncidentsAsync(int max, CancellationToken cancellation);

    /// <summary>Incidents that have not ended and whose <see cref="Incident.WakeAt"/> is not after <paramref name="now"/>, earliest first.</summary>
    Task<IReadOnlyList<IncidentId>> DueIncidentsAsync(DateTimeOffset now, int max, CancellationToken cancellation);

    /// <summary>A page of incidents, newest first unless asked otherwise.</summary>
    Task<IncidentPage> ListIncidentsAsync(IncidentQuery query, CancellationToken cancellation);

    /// <summary>Executions that match, newest first.</summary>
    Task<IReadOnlyList<ExecutionRecord>> ExecutionsAsync(ExecutionQuery query, CancellationToken cancellation);

    /// <summary>Executions without an outcome.</summary>
    Task<IReadOnlyList<ExecutionRecord>> OpenExecutionsAsync(CancellationToken cancellation);

    /// <summary>One approval; null when there is none with this id.</summary>
    Task<Approval?> FindApprovalAsync(ApprovalId id, CancellationToken cancellation);

    /// <summary>The newest approval for a digest; null when none was ever asked.</summary>
    Task<Approval?> FindApprovalAsync(string digest, CancellationToken cancellation);

    /// <summary>Approvals, newest first; only those still pending when <paramref name="pendingOnly"/>.</summary>
    Task<IReadOnlyList<Approval>> ListApprovalsAsync(bool pendingOnly, int max, CancellationToken cancellation);

    /// <summary>Stage decisions of a scope (null for all) since a time, newest first.</summary>
    Task<IReadOnlyList<StageDecision>> DecisionsAsync(string? scope, DateTimeOffset since, int max, CancellationToken cancellation);

    /// <summary>One setting; null when it was never written.</summary>
    Task<Setting?> ReadSettingAsync(string key, CancellationToken cancellation);

    /// <summary>Settings whose key starts with <paramref name="prefix"/>, in key order.</summary>
    Task<IReadOnlyList<Setting>> ListSettingsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Notices due for delivery.</summary>
    Task<IReadOnlyList<PendingNotice>> DueNoticesAsync(DateTimeOffset now, int max, CancellationToken cancellation);

    /// <summary>Records a delivery (<paramref name="nextAt"/> null) or when to try again.</summary>
    Task SettleNoticeAsync(string key, string sink, DateTimeOffset? nextAt, CancellationToken cancellation);

    /// <summary>Commits everything or nothing.</summary>
    /// <returns>The incidents as stored, with their new versions, in the order of <see cref="StoreChange.Incidents"/>.</returns>
    /// <exception cref="StaleVersionException">
    /// An incident, approval or setting has a newer version, another incident of the target and family is open already, or a
    /// signal was assigned otherwise.
    /// </exception>
    /// <exception cref="TargetBusyException">The target to lock is locked for another execution.</exception>
    /// <exception cref="InvalidOperationException">A signal is assigned that was never accepted.</exception>
    /// <exception cref="CanonicalJsonException">A ledger payload has no canonical form: a whole number over 2⁵³ has to be text.</exception>
    /// <exception cref="ArgumentException">The same thing is changed twice, or a ledger payload is no object.</exception>
    Task<IReadOnlyList<Incident>> CommitAsync(StoreChange change, CancellationToken cancellation);

    /// <summary>Ledger entries with a number from <paramref name="fromNumber"/>, in order.</summary>
    Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long fromNumber, int max, CancellationToken cancellation);

    /// <summary>Ledger entries about a subject, in order.</summary>
    Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string subject, int max, CancellationToken cancellation);
}

/// <summary>Which incidents to list.</summary>
public sealed record IncidentQuery
{
    /// <summary>Only incidents that have (not) ended; null for both.</summary>
    public bool? Open { get; init; }

    /// <summary>Only this namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only incidents noticed at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only incidents with an id below this one, for the next page.</summary>
    public IncidentId? Before { get; init; }

    /// <summary>Whether the most severe come first, and the newest among those; there is only a first page then.</summary>
    public bool SeverestFirst { get; init; }

    /// <summary>Page size, 1 to 500.</summary>
    public int Max { get; init; } = 50;
}

/// <summary>A page of incidents.</summary>
/// <param name="Incidents">In the order that was asked for.</param>
/// <param name="Total">How many match in all.</param>
public sealed record IncidentPage(IReadOnlyList<Incident> Incidents, int Total);

/// <summary>Which executions to list.</summary>
public sealed record ExecutionQuery
{
    /// <summary>Only this target.</summary>
    public string? TargetKey { get; init; }

    /// <summary>Only this action.</summary>
    public string? Action { get; init; }

    /// <summary>Only targets of this namespace (cluster/namespace).</summary>
    public string? ClusterNamespace { get; init; }

    /// <summary>Only those started at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>At most so many.</summary>
    public int Max { get; init; } = 100;
}
