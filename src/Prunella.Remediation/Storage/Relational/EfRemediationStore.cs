using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>The durable store: records as JSON documents in tables, SQLite or PostgreSQL by the dialect.</summary>
internal sealed partial class EfRemediationStore : IRemediationStore, IAsyncDisposable
{
    private readonly StoreDialect dialect;
    private readonly LedgerChain chain;
    private readonly LedgerCheckpointer? checkpointer;
    private readonly TimeProvider time;
    private readonly Func<IReadOnlyList<string>> sinks;
    private readonly ILogger logger;
    private readonly AcceptQueue accepting;
    private bool migrated;

    /// <param name="dialect">The database; the store disposes of it.</param>
    /// <param name="chain">Links the ledger.</param>
    /// <param name="checkpointer">Writes checkpoints; null for none, and then a cut ledger does not show.</param>
    /// <param name="time">The clock of ledger entries and notices.</param>
    /// <param name="sinks">Names of the sinks that every notice is for.</param>
    /// <param name="options">Bounds of the accept queue.</param>
    /// <param name="logger">Gets failures that no caller sees.</param>
    public EfRemediationStore(
        StoreDialect dialect, LedgerChain chain, LedgerCheckpointer? checkpointer, TimeProvider time,
        Func<IReadOnlyList<string>> sinks, StorageOptions options, ILogger<EfRemediationStore> logger)
    {
        this.dialect = dialect;
        this.chain = chain;
        this.checkpointer = checkpointer;
        this.time = time;
        this.sinks = sinks;
        this.logger = logger;
        accepting = new AcceptQueue(dialect, options.AcceptQueueSignalsMax, options.AcceptBatchSignalsMax);
    }

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        await GuardAsync(async () =>
        {
            await dialect.MigrateAsync(cancellation);
            return true;
        });
        var last = await ReadAsync(context => context.Ledger.AsNoTracking().OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancellation));
        if (last is not null && !chain.Keys.Ids.Contains(last.KeyId))
            throw new LedgerKeyException($"The ledger in {dialect.Place} was signed with key {last.KeyId}, which is not among the configured ones ({string.Join(", ", chain.Keys.Ids)}). Configure the key file that belongs to this store.");
        if (checkpointer is not null)
            await checkpointer.ThrowIfBrokenAsync(number => ReadAsync(context =>
                context.Ledger.Where(row => row.Number == number).Select(row => row.Hash).FirstOrDefaultAsync(cancellation)));
        migrated = true;
    }

    /// <inheritdoc/>
    public Task<int> AcceptAsync(IReadOnlyList<Signal> signals, CancellationToken cancellation) =>
        signals.Count == 0 ? Task.FromResult(0) : accepting.AcceptAsync(new AcceptRequest(signals), cancellation);

    /// <summary>Transactions that accepted signals were written in; fewer than calls when calls come together.</summary>
    public long AcceptCommits => accepting.Commits;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Signal>> PendingSignalsAsync(int max, CancellationToken cancellation) =>
        DocumentsAsync<Signal>(context => context.Signals.Where(row => row.Assigned == 0).OrderBy(row => row.Sequence).Take(max).Select(row => row.Document), cancellation);

    /// <inheritdoc/>
    public Task<int> CountPendingSignalsAsync(CancellationToken cancellation) =>
        ReadAsync(context => context.Signals.Where(row => row.Assigned == 0).CountAsync(cancellation));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Signal>> SignalsOfAsync(IncidentId incident, int max, CancellationToken cancellation)
    {
        var id = incident.ToString();
        var newestFirst = await DocumentsAsync<Signal>(
            context => context.Signals.Where(row => row.Incident == id).OrderByDescending(row => row.Sequence).Take(max).Select(row => row.Document), cancellation);
        return [.. newestFirst.Reverse()];
    }

    /// <inheritdoc/>
    public async Task<IncidentId?> IncidentOfSeriesAsync(string series, CancellationToken cancellation)
    {
        var identity = SignalKey.Of(series, SignalStatus.Firing);
        var id = await ReadAsync(context => context.Signals.Where(row => row.Identity == identity).Select(row => row.Incident).FirstOrDefaultAsync(cancellation));
        return id is null ? null : new IncidentId(Guid.ParseExact(id, "N"));
    }

    /// <inheritdoc/>
    public Task<Incident?> FindIncidentAsync(IncidentId id, CancellationToken cancellation)
    {
        var key = id.ToString();
        return DocumentAsync<Incident>(context => context.Incidents.Where(row => row.Id == key).Select(row => row.Document), cancellation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Incident>> OpenIncidentsOfAsync(IReadOnlyCollection<string> targetKeys, CancellationToken cancellation)
    {
        var targets = targetKeys.Select(ColumnText.Of).ToArray();
        if (targets.Length == 0) return [];
        return await DocumentsAsync<Incident>(
            context => context.Incidents.Where(row => EF.Parameter(targets).Contains(row.TargetKey) && row.Ended == 0).OrderBy(row => row.Id).Select(row => row.Document), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Incident>> OpenIncidentsAsync(int max, CancellationToken cancellation) =>
        DocumentsAsync<Incident>(context => context.Incidents.Where(row => row.Ended == 0).OrderBy(row => row.Id).Take(max).Select(row => row.Document), cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IncidentId>> DueIncidentsAsync(DateTimeOffset now, int max, CancellationToken cancellation)
    {
        var ids = await ReadAsync(context => context.Incidents.Where(row => row.Ended == 0 && row.WakeAt <= now.UtcTicks)
            .OrderBy(row => row.WakeAt).ThenBy(row => row.Id).Take(max).Select(row => row.Id).ToListAsync(cancellation));
        return ids.ConvertAll(id => new IncidentId(Guid.ParseExact(id, "N")));
    }

    /// <inheritdoc/>
    public async Task<IncidentPage> ListIncidentsAsync(IncidentQuery query, CancellationToken cancellation)
    {
        var (total, documents) = await ReadAsync(async context =>
        {
            IQueryable<IncidentRow> rows = context.Incidents;
            if (query.Open is { } open)
            {
                var ended = open ? 0 : 1;
                rows = rows.Where(row => row.Ended == ended);
            }
            if (query.Namespace is { } wanted)
            {
                var column = ColumnText.Of(wanted);
                rows = rows.Where(row => row.Namespace == column);
            }
            if (query.Since is { } since) rows = rows.Where(row => row.NoticedAt >= since.UtcTicks);
            var count = await rows.CountAsync(cancellation);
            if (query.Before is { } before)
            {
                var id = before.ToString();
                rows = rows.Where(row => row.Id.CompareTo(id) < 0);
            }
            var ordered = query.SeverestFirst ? rows.OrderByDescending(row => row.Severity).ThenByDescending(row => row.Id) : rows.OrderByDescending(row => row.Id);
            var page = ordered.Take(Math.Clamp(query.Max, 1, 500)).Select(row => row.Document);
            return (count, await page.ToListAsync(cancellation));
        });
        return new IncidentPage(documents.ConvertAll(StoreJson.Read<Incident>), total);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionRecord>> ExecutionsAsync(ExecutionQuery query, CancellationToken cancellation) =>
        DocumentsAsync<ExecutionRecord>(context =>
        {
            IQueryable<ExecutionRow> rows = context.Executions;
            if (query.TargetKey is { } key)
            {
                var target = ColumnText.Of(key);
                rows = rows.Where(row => row.TargetKey == target);
            }
            if (query.Action is { } named)
            {
                var action = ColumnText.Of(named);
                rows = rows.Where(row => row.Action == action);
            }
            if (query.ClusterNamespace is { } place)
            {
                var clusterNamespace = ColumnText.Of(place);
                rows = rows.Where(row => row.ClusterNamespace == clusterNamespace);
            }
            if (query.Since is { } since) rows = rows.Where(row => row.StartedAt >= since.UtcTicks);
            return rows.OrderByDescending(row => row.StartedAt).ThenByDescending(row => row.Id).Take(query.Max).Select(row => row.Document);
        }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionRecord>> OpenExecutionsAsync(CancellationToken cancellation) =>
        DocumentsAsync<ExecutionRecord>(context => context.Executions.Where(row => row.Finished == 0)
            .OrderBy(row => row.StartedAt).ThenBy(row => row.Id).Select(row => row.Document), cancellation);

    /// <inheritdoc/>
    public Task<Approval?> FindApprovalAsync(ApprovalId id, CancellationToken cancellation)
    {
        var key = id.ToString();
        return DocumentAsync<Approval>(context => context.Approvals.Where(row => row.Id == key).Select(row => row.Document), cancellation);
    }

    /// <inheritdoc/>
    public Task<Approval?> FindApprovalAsync(string digest, CancellationToken cancellation)
    {
        var key = ColumnText.Of(digest);
        return DocumentAsync<Approval>(context => context.Approvals.Where(row => row.Digest == key)
            .OrderByDescending(row => row.RequestedAt).ThenByDescending(row => row.Id).Select(row => row.Document), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Approval>> ListApprovalsAsync(bool pendingOnly, int max, CancellationToken cancellation) =>
        DocumentsAsync<Approval>(context => (pendingOnly ? context.Approvals.Where(row => row.Pending == 1) : context.Approvals)
            .OrderByDescending(row => row.RequestedAt).ThenByDescending(row => row.Id).Take(max).Select(row => row.Document), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StageDecision>> DecisionsAsync(string? scope, DateTimeOffset since, int max, CancellationToken cancellation) =>
        DocumentsAsync<StageDecision>(context =>
        {
            var rows = context.Decisions.Where(row => row.DecidedAt >= since.UtcTicks);
            if (scope is not null)
            {
                var column = ColumnText.Of(scope);
                rows = rows.Where(row => row.Scope == column);
            }
            return rows.OrderByDescending(row => row.DecidedAt).ThenByDescending(row => row.Digest).Take(max).Select(row => row.Document);
        }, cancellation);

    /// <inheritdoc/>
    public async Task<Setting?> ReadSettingAsync(string key, CancellationToken cancellation)
    {
        var column = ColumnText.Of(key);
        var row = await ReadAsync(context => context.Settings.AsNoTracking().FirstOrDefaultAsync(setting => setting.Key == column, cancellation));
        return row is null ? null : SettingOf(row);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Setting>> ListSettingsAsync(string prefix, CancellationToken cancellation)
    {
        // Settings are few: one for each scope. Comparing here keeps LIKE and its letter case out of it.
        var rows = await ReadAsync(context => context.Settings.AsNoTracking().Where(row => row.Key.CompareTo(prefix) >= 0)
            .OrderBy(row => row.Key).ToListAsync(cancellation));
        return [.. rows.Select(SettingOf).TakeWhile(setting => setting.Key.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PendingNotice>> DueNoticesAsync(DateTimeOffset now, int max, CancellationToken cancellation)
    {
        var due = await ReadAsync(context => context.Deliveries.Where(row => row.NextAt <= now.UtcTicks)
            .OrderBy(row => row.NextAt).ThenBy(row => row.Sequence).Take(max)
            .Join(context.Notices, delivery => delivery.NoticeKey, notice => notice.Key, (delivery, notice) => new { delivery.Sequence, delivery.Sink, delivery.Tries, delivery.NextAt, notice.Document })
            .OrderBy(row => row.NextAt).ThenBy(row => row.Sequence).ToListAsync(cancellation));
        return due.ConvertAll(row => new PendingNotice(StoreJson.Read<Notice>(row.Document), row.Sink, row.Tries, new DateTimeOffset(row.NextAt, TimeSpan.Zero)));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long fromNumber, int max, CancellationToken cancellation)
    {
        var rows = await ReadAsync(context => context.Ledger.AsNoTracking().Where(row => row.Number >= fromNumber)
            .OrderBy(row => row.Number).Take(max).ToListAsync(cancellation));
        return rows.ConvertAll(LedgerRows.ToEntry);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string subject, int max, CancellationToken cancellation)
    {
        var clean = LedgerChain.Clean(subject);
        var rows = await ReadAsync(context => context.Ledger.AsNoTracking().Where(row => row.Subject == clean)
            .OrderBy(row => row.Number).Take(max).ToListAsync(cancellation));
        return rows.ConvertAll(LedgerRows.ToEntry);
    }

    /// <summary>Writes what is queued, checkpoints the ledger, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await accepting.DisposeAsync();
        if (migrated) await CheckpointOnStopAsync();
        await dialect.DisposeAsync();
    }

    private static Setting SettingOf(SettingRow row) => StoreJson.Read<Setting>(row.Document) with { Version = row.Version };

    private async Task<IReadOnlyList<T>> DocumentsAsync<T>(Func<StoreContext, IQueryable<string>> query, CancellationToken cancellation)
    {
        var documents = await ReadAsync(context => query(context).ToListAsync(cancellation));
        return documents.ConvertAll(StoreJson.Read<T>);
    }

    private async Task<T?> DocumentAsync<T>(Func<StoreContext, IQueryable<string>> query, CancellationToken cancellation)
        where T : class
    {
        var document = await ReadAsync(context => query(context).FirstOrDefaultAsync(cancellation));
        return document is null ? null : StoreJson.Read<T>(document);
    }

    private Task<T> ReadAsync<T>(Func<StoreContext, Task<T>> read) => GuardAsync(async () =>
    {
        await using var context = dialect.NewContext();
        return await read(context);
    });

    private async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception exception) when (dialect.IsUnavailable(exception))
        {
            throw dialect.Unavailable(exception);
        }
    }
}
