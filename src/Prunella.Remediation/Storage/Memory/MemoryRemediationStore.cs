using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Storage.Memory;

/// <summary>
/// The store in memory: deterministic, with the semantics of the durable ones, for simulation and for trying things out.
/// What it holds ends with the process. Thread-safe; every call completes synchronously.
/// </summary>
public sealed partial class MemoryRemediationStore : IRemediationStore
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly MemoryLedger ledger;
    private readonly Func<IReadOnlyList<string>> sinks;
    private readonly Queue<StoreFault> commitFaults = new();
    private readonly Queue<StoreFault> acceptFaults = new();
    private bool away;

    private readonly Dictionary<string, StoredSignal> signalsByIdentity = new(StringComparer.Ordinal);
    private readonly Dictionary<SignalId, StoredSignal> signalsById = [];
    private readonly SortedDictionary<long, StoredSignal> pending = [];
    private readonly Dictionary<IncidentId, List<StoredSignal>> signalsByIncident = [];
    private readonly Dictionary<IncidentId, Incident> incidents = [];
    private readonly Dictionary<(string TargetKey, string Family), IncidentId> open = [];
    private readonly Dictionary<ExecutionId, ExecutionRecord> executions = [];
    private readonly Dictionary<ApprovalId, Approval> approvals = [];
    private readonly Dictionary<string, StageDecision> decisions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Setting> settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExecutionId> locks = new(StringComparer.Ordinal);
    private readonly HashSet<string> noticeKeys = new(StringComparer.Ordinal);
    private readonly List<PendingNotice> deliveries = [];
    private long lastSequence;

    /// <summary>An empty store.</summary>
    /// <param name="time">The clock of ledger entries and of notices.</param>
    /// <param name="chain">Links the ledger.</param>
    /// <param name="sinks">Names of the sinks that every notice is for; null for none.</param>
    public MemoryRemediationStore(TimeProvider time, LedgerChain chain, Func<IReadOnlyList<string>>? sinks = null)
    {
        this.time = time;
        ledger = new MemoryLedger(chain, time);
        this.sinks = sinks ?? (static () => []);
    }

    /// <summary>While true every call throws <see cref="StoreUnavailableException"/> and changes nothing.</summary>
    public bool Away
    {
        get => Volatile.Read(ref away);
        set => Volatile.Write(ref away, value);
    }

    /// <summary>Makes the next commit that no earlier call made fail throw <see cref="StoreUnavailableException"/>.</summary>
    public void FailNextCommit(StoreFault fault)
    {
        lock (gate) commitFaults.Enqueue(fault);
    }

    /// <summary>Makes the next accept that no earlier call made fail throw <see cref="StoreUnavailableException"/>.</summary>
    public void FailNextAccept(StoreFault fault)
    {
        lock (gate) acceptFaults.Enqueue(fault);
    }

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellation) => Read(() => true, cancellation);

    /// <inheritdoc/>
    public Task<int> AcceptAsync(IReadOnlyList<Signal> signals, CancellationToken cancellation) =>
        Write(acceptFaults, () =>
        {
            foreach (var signal in signals)
                if (signalsById.TryGetValue(signal.Id, out var same) && same.Signal.Identity != signal.Identity)
                    throw new InvalidOperationException($"Signal id {signal.Id} is given to two signals.");
            var added = 0;
            foreach (var signal in signals)
            {
                var stored = new StoredSignal(lastSequence + 1, signal);
                if (!signalsByIdentity.TryAdd(signal.Identity, stored)) continue;
                signalsById.Add(signal.Id, stored);
                pending.Add(stored.Sequence, stored);
                lastSequence++;
                added++;
            }
            return added;
        }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Signal>> PendingSignalsAsync(int max, CancellationToken cancellation) =>
        List(() => pending.Values.Take(max).Select(stored => stored.Signal), cancellation);

    /// <inheritdoc/>
    public Task<int> CountPendingSignalsAsync(CancellationToken cancellation) => Read(() => pending.Count, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Signal>> SignalsOfAsync(IncidentId incident, int max, CancellationToken cancellation) =>
        List(() => signalsByIncident.TryGetValue(incident, out var joined)
            ? joined.OrderBy(stored => stored.Sequence).TakeLast(max).Select(stored => stored.Signal)
            : [], cancellation);

    /// <inheritdoc/>
    public Task<IncidentId?> IncidentOfSeriesAsync(string series, CancellationToken cancellation) =>
        Read(() => signalsByIdentity.TryGetValue(series + "|firing", out var stored) ? stored.Incident : null, cancellation);

    /// <inheritdoc/>
    public Task<Incident?> FindIncidentAsync(IncidentId id, CancellationToken cancellation) => Read(() => incidents.GetValueOrDefault(id), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Incident>> OpenIncidentsOfAsync(IReadOnlyCollection<string> targetKeys, CancellationToken cancellation) =>
        List(() => open.Where(one => targetKeys.Contains(one.Key.TargetKey)).Select(one => one.Value).Order(ById).Select(id => incidents[id]), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Incident>> OpenIncidentsAsync(int max, CancellationToken cancellation) =>
        List(() => open.Values.Order(ById).Take(max).Select(id => incidents[id]), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<IncidentId>> DueIncidentsAsync(DateTimeOffset now, int max, CancellationToken cancellation) =>
        List(() => open.Values.Where(id => incidents[id].WakeAt <= now)
            .OrderBy(id => incidents[id].WakeAt).ThenBy(id => id, ById).Take(max), cancellation);

    /// <inheritdoc/>
    public Task<IncidentPage> ListIncidentsAsync(IncidentQuery query, CancellationToken cancellation) =>
        Read(() =>
        {
            var matching = incidents.Values.Where(incident =>
                (query.Open is null || query.Open == !incident.Ended)
                && (query.Namespace is null || query.Namespace == incident.Target.Namespace)
                && (query.Since is null || incident.NoticedAt >= query.Since)).ToList();
            var page = matching
                .Where(incident => query.Before is null || ById.Compare(incident.Id, query.Before.Value) < 0)
                .OrderByDescending(incident => query.SeverestFirst ? incident.Severity : default).ThenByDescending(incident => incident.Id, ById).Take(Math.Clamp(query.Max, 1, 500));
            return new IncidentPage([.. page], matching.Count);
        }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionRecord>> ExecutionsAsync(ExecutionQuery query, CancellationToken cancellation) =>
        List(() => executions.Values.Where(execution =>
                (query.TargetKey is null || query.TargetKey == execution.Target.Key)
                && (query.Action is null || query.Action == execution.Action)
                && (query.ClusterNamespace is null || query.ClusterNamespace == $"{execution.Target.Cluster}/{execution.Target.Namespace}")
                && (query.Since is null || execution.StartedAt >= query.Since))
            .OrderByDescending(execution => execution.StartedAt).ThenByDescending(execution => execution.Id.ToString(), StringComparer.Ordinal)
            .Take(query.Max), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionRecord>> OpenExecutionsAsync(CancellationToken cancellation) =>
        List(() => executions.Values.Where(execution => execution.FinishedAt is null)
            .OrderBy(execution => execution.StartedAt).ThenBy(execution => execution.Id.ToString(), StringComparer.Ordinal), cancellation);

    /// <inheritdoc/>
    public Task<Approval?> FindApprovalAsync(ApprovalId id, CancellationToken cancellation) => Read(() => approvals.GetValueOrDefault(id), cancellation);

    /// <inheritdoc/>
    public Task<Approval?> FindApprovalAsync(string digest, CancellationToken cancellation) =>
        Read(() => NewestFirst(approvals.Values.Where(approval => approval.Digest == digest)).FirstOrDefault(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Approval>> ListApprovalsAsync(bool pendingOnly, int max, CancellationToken cancellation) =>
        List(() => NewestFirst(approvals.Values.Where(approval => !pendingOnly || approval.State == ApprovalState.Pending)).Take(max), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StageDecision>> DecisionsAsync(string? scope, DateTimeOffset since, int max, CancellationToken cancellation) =>
        List(() => decisions.Values.Where(decision => (scope is null || decision.Scope == scope) && decision.At >= since)
            .OrderByDescending(decision => decision.At).ThenByDescending(decision => decision.Digest, StringComparer.Ordinal).Take(max), cancellation);

    /// <inheritdoc/>
    public Task<Setting?> ReadSettingAsync(string key, CancellationToken cancellation) => Read(() => settings.GetValueOrDefault(key), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Setting>> ListSettingsAsync(string prefix, CancellationToken cancellation) =>
        List(() => settings.Values.Where(setting => setting.Key.StartsWith(prefix, StringComparison.Ordinal)), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PendingNotice>> DueNoticesAsync(DateTimeOffset now, int max, CancellationToken cancellation) =>
        List(() => deliveries.Where(delivery => delivery.NextAt <= now).OrderBy(delivery => delivery.NextAt).Take(max), cancellation);

    /// <inheritdoc/>
    public Task SettleNoticeAsync(string key, string sink, DateTimeOffset? nextAt, CancellationToken cancellation) =>
        Write(commitFaults, () =>
        {
            var index = deliveries.FindIndex(delivery => delivery.Notice.Key == key && delivery.Sink == sink);
            if (index < 0) return false;
            if (nextAt is null) deliveries.RemoveAt(index);
            else deliveries[index] = deliveries[index] with { Tries = deliveries[index].Tries + 1, NextAt = nextAt.Value };
            return true;
        }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long fromNumber, int max, CancellationToken cancellation) =>
        Read(() => ledger.Read(fromNumber, max), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string subject, int max, CancellationToken cancellation) =>
        Read(() => ledger.Read(subject, max), cancellation);

    private static readonly Comparer<IncidentId> ById =
        Comparer<IncidentId>.Create((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));

    private static IOrderedEnumerable<Approval> NewestFirst(IEnumerable<Approval> some) =>
        some.OrderByDescending(approval => approval.RequestedAt).ThenByDescending(approval => approval.Id.ToString(), StringComparer.Ordinal);

    private Task<IReadOnlyList<T>> List<T>(Func<IEnumerable<T>> read, CancellationToken cancellation) =>
        Read(() => (IReadOnlyList<T>)[.. read()], cancellation);

    private Task<T> Read<T>(Func<T> read, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        if (Away) return Task.FromException<T>(new StoreUnavailableException("The store is away (injected)."));
        lock (gate) return Task.FromResult(read());
    }

    private Task<T> Write<T>(Queue<StoreFault> faults, Func<T> write, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        if (Away) return Task.FromException<T>(new StoreUnavailableException("The store is away (injected)."));
        try
        {
            lock (gate)
            {
                var failing = faults.TryDequeue(out var fault);
                if (failing && fault == StoreFault.BeforeEffect) throw new StoreUnavailableException("The write failed before its effect (injected).");
                var result = write();
                if (failing) throw new StoreUnavailableException("The connection was lost after the write (injected).");
                return Task.FromResult(result);
            }
        }
        catch (Exception exception) when (exception is StoreUnavailableException or StaleVersionException or TargetBusyException
            or InvalidOperationException or ArgumentException or CanonicalJsonException)
        {
            return Task.FromException<T>(exception);
        }
    }

    private sealed class StoredSignal(long sequence, Signal signal)
    {
        public long Sequence { get; } = sequence;
        public Signal Signal { get; } = signal;
        public bool Assigned { get; set; }
        public IncidentId? Incident { get; set; }
    }
}
