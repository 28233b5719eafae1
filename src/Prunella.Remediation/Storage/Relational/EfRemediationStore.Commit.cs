using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Ledger;
using Prunella.Remediation.Approvals;

namespace Prunella.Remediation.Storage.Relational;

internal sealed partial class EfRemediationStore
{
    private const int DeadlockTriesMax = 5;
    private const int AssignmentsPerStatement = 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Incident>> CommitAsync(StoreChange change, CancellationToken cancellation)
    {
        change.ThrowIfMalformed();
        var (incidents, head) = await WriteAsync(async context =>
        {
            // The head is locked first, by every commit that appends: one order of locks, and one order of entries.
            var entries = change.Ledger.Count == 0 ? [] : await LinkAsync(context, change.Ledger, cancellation);
            var committed = await WriteIncidentsAsync(context, change.Incidents, cancellation);
            await AssignAsync(context, change.Assignments, cancellation);
            await WriteRecordsAsync(context, change, cancellation);
            await LockAsync(context, change, cancellation);
            await QueueNoticesAsync(context, change.Notices, cancellation);
            await AppendAsync(context, entries, cancellation);
            return (committed, entries.Count == 0 ? default(LedgerHead?) : LedgerHead.Of(entries[^1]));
        }, cancellation);
        if (head is { } appended) Checkpoint(appended);
        return incidents;
    }

    /// <inheritdoc/>
    public Task SettleNoticeAsync(string key, string sink, DateTimeOffset? nextAt, CancellationToken cancellation)
    {
        var (notice, name) = (ColumnText.Of(key), ColumnText.Of(sink));
        return WriteAsync(context => nextAt is { } next
            ? context.Database.ExecuteSqlAsync($"UPDATE deliveries SET tries = tries + 1, next_at = {next.UtcTicks} WHERE notice_key = {notice} AND sink = {name}", cancellation)
            : context.Database.ExecuteSqlAsync($"DELETE FROM deliveries WHERE notice_key = {notice} AND sink = {name}", cancellation), cancellation);
    }

    /// <summary>Runs one transaction; durable when this returns. Chosen by the database to end a deadlock, it runs again.</summary>
    private async Task<T> WriteAsync<T>(Func<StoreContext, Task<T>> write, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var turn = await dialect.EnterWriteAsync(cancellation);
                await using var context = dialect.NewContext();
                await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
                var result = await write(context);
                // Cancelling a commit on its way would leave the caller not knowing; it takes milliseconds.
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (Exception exception) when (dialect.IsDeadlock(exception) && tries < DeadlockTriesMax)
            {
                // Whoever won has committed or is about to; the next try waits for it at the same lock.
            }
            catch (Exception exception) when (dialect.IsUnavailable(exception) || dialect.IsDeadlock(exception))
            {
                throw dialect.Unavailable(exception);
            }
            catch (Exception exception) when (dialect.IsConflict(exception))
            {
                throw new StaleVersionException("A record");
            }
        }
    }

    private async Task<IReadOnlyList<LedgerEntry>> LinkAsync(StoreContext context, IReadOnlyList<LedgerDraft> drafts, CancellationToken cancellation)
    {
#pragma warning disable EF1002 // A constant of the dialect, not input.
        var row = await context.LedgerHead.FromSqlRaw($"SELECT id, number, hash FROM ledger_head WHERE id = 1{dialect.ForUpdate}").AsNoTracking().SingleAsync(cancellation);
#pragma warning restore EF1002
        var head = new LedgerHead(row.Number, row.Hash);
        // In pairs: what the head says and what the table holds are written together, so they agree or someone was at it.
        var last = await context.Ledger.OrderByDescending(entry => entry.Number).Select(entry => new { entry.Number, entry.Hash }).FirstOrDefaultAsync(cancellation);
        if ((last is null ? LedgerHead.Empty : new LedgerHead(last.Number, last.Hash)) != head)
            throw new StoreUnavailableException($"The ledger in {dialect.Place} should end with entry {head.Number} but ends with entry {last?.Number ?? 0} or another hash. Nothing is appended to it; run `prunella ledger verify`.");
        var entries = new List<LedgerEntry>(drafts.Count);
        foreach (var draft in drafts)
        {
            var entry = chain.Next(head, draft, time.GetUtcNow());
            entries.Add(entry);
            head = LedgerHead.Of(entry);
        }
        return entries;
    }

    private static async Task AppendAsync(StoreContext context, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0) return;
        foreach (var entry in entries)
        {
            var row = LedgerRows.ToRow(entry);
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO ledger (number, at, kind, subject, actor, payload, key_id, previous_hash, hash) VALUES ({row.Number}, {row.At}, {row.Kind}, {row.Subject}, {row.Actor}, {row.Payload}, {row.KeyId}, {row.PreviousHash}, {row.Hash})", cancellation);
        }
        await context.Database.ExecuteSqlAsync($"UPDATE ledger_head SET number = {entries[^1].Number}, hash = {entries[^1].Hash} WHERE id = 1", cancellation);
    }

    private static async Task<IReadOnlyList<Incident>> WriteIncidentsAsync(StoreContext context, IReadOnlyList<Incident> incidents, CancellationToken cancellation)
    {
        var committed = new Incident[incidents.Count];
        for (var index = 0; index < incidents.Count; index++)
        {
            var incident = incidents[index] with { Version = incidents[index].Version + 1 };
            var id = incident.Id.ToString();
            var (target, family, ns) = (ColumnText.Of(incident.Target.Key), ColumnText.Of(incident.Family), ColumnText.Of(incident.Target.Namespace));
            var (ended, severity, wakeAt, noticedAt) = (incident.Ended ? 1 : 0, (int)incident.Severity, incident.WakeAt?.UtcTicks, incident.NoticedAt.UtcTicks);
            var document = StoreJson.Write(incident);
            var changed = incident.Version == 1
                ? await context.Database.ExecuteSqlAsync(
                    $"INSERT INTO incidents (id, target_key, family, namespace, ended, severity, wake_at, noticed_at, version, document) VALUES ({id}, {target}, {family}, {ns}, {ended}, {severity}, {wakeAt}, {noticedAt}, 1, {document}) ON CONFLICT DO NOTHING", cancellation)
                : await context.Database.ExecuteSqlAsync(
                    $"UPDATE incidents SET target_key = {target}, family = {family}, namespace = {ns}, ended = {ended}, severity = {severity}, wake_at = {wakeAt}, noticed_at = {noticedAt}, version = {incident.Version}, document = {document} WHERE id = {id} AND version = {incident.Version - 1}", cancellation);
            if (changed == 0) throw new StaleVersionException($"Incident {id} (or the open one of {incident.Target.Key} and family {incident.Family})");
            committed[index] = incident;
        }
        return committed;
    }

    private static async Task AssignAsync(StoreContext context, IReadOnlyList<SignalAssignment> assignments, CancellationToken cancellation)
    {
        foreach (var group in assignments.GroupBy(assignment => assignment.Incident))
        {
            var incident = group.Key?.ToString();
            foreach (var ids in group.Select(assignment => assignment.Signal.ToString()).Order(StringComparer.Ordinal).Chunk(AssignmentsPerStatement))
            {
                var changed = await context.Signals
                    .Where(row => EF.Parameter(ids).Contains(row.Id) && (row.Assigned == 0 || row.Incident == incident))
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.Assigned, 1).SetProperty(row => row.Incident, incident), cancellation);
                if (changed == ids.Length) continue;
                var known = await context.Signals.Where(row => EF.Parameter(ids).Contains(row.Id)).Select(row => row.Id).ToListAsync(cancellation);
                if (ids.Except(known).FirstOrDefault() is { } unknown) throw new InvalidOperationException($"Signal {unknown} was assigned but never accepted.");
                throw new StaleVersionException($"One of {ids.Length} signals");
            }
        }
    }

    private static async Task WriteRecordsAsync(StoreContext context, StoreChange change, CancellationToken cancellation)
    {
        foreach (var execution in change.Executions)
        {
            var (id, target, action) = (execution.Id.ToString(), ColumnText.Of(execution.Target.Key), ColumnText.Of(execution.Action));
            var place = ColumnText.Of($"{execution.Target.Cluster}/{execution.Target.Namespace}");
            var (startedAt, finished, document) = (execution.StartedAt.UtcTicks, execution.FinishedAt is null ? 0 : 1, StoreJson.Write(execution));
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO executions (id, target_key, action, cluster_namespace, started_at, finished, document) VALUES ({id}, {target}, {action}, {place}, {startedAt}, {finished}, {document}) ON CONFLICT (id) DO UPDATE SET target_key = excluded.target_key, action = excluded.action, cluster_namespace = excluded.cluster_namespace, started_at = excluded.started_at, finished = excluded.finished, document = excluded.document", cancellation);
        }
        foreach (var asked in change.Approvals)
        {
            var approval = asked with { Version = asked.Version + 1 };
            var (id, digest, document) = (approval.Id.ToString(), ColumnText.Of(approval.Digest), StoreJson.Write(approval));
            var pending = approval.State == ApprovalState.Pending ? 1 : 0;
            var changed = approval.Version == 1
                ? await context.Database.ExecuteSqlAsync(
                    $"INSERT INTO approvals (id, digest, pending, requested_at, version, document) VALUES ({id}, {digest}, {pending}, {approval.RequestedAt.UtcTicks}, 1, {document}) ON CONFLICT DO NOTHING", cancellation)
                : await context.Database.ExecuteSqlAsync(
                    $"UPDATE approvals SET digest = {digest}, pending = {pending}, version = {approval.Version}, document = {document} WHERE id = {id} AND version = {asked.Version}", cancellation);
            if (changed == 0) throw new StaleVersionException($"Approval {id}");
        }
        foreach (var decision in change.Decisions)
        {
            var (digest, scope, document) = (ColumnText.Of(decision.Digest), ColumnText.Of(decision.Scope), StoreJson.Write(decision));
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO decisions (digest, scope, decided_at, document) VALUES ({digest}, {scope}, {decision.At.UtcTicks}, {document}) ON CONFLICT (digest) DO UPDATE SET scope = excluded.scope, decided_at = excluded.decided_at, document = excluded.document", cancellation);
        }
        foreach (var setting in change.Settings)
        {
            var (key, document) = (ColumnText.Of(setting.Key), StoreJson.Write(setting));
            var changed = setting.Version == 0
                ? await context.Database.ExecuteSqlAsync($"INSERT INTO settings (key, version, document) VALUES ({key}, 1, {document}) ON CONFLICT DO NOTHING", cancellation)
                : await context.Database.ExecuteSqlAsync($"UPDATE settings SET version = {setting.Version + 1}, document = {document} WHERE key = {key} AND version = {setting.Version}", cancellation);
            if (changed == 0) throw new StaleVersionException($"Setting {setting.Key}");
        }
    }

    private static async Task LockAsync(StoreContext context, StoreChange change, CancellationToken cancellation)
    {
        if (change.Unlock is { } released)
            await context.Database.ExecuteSqlAsync($"DELETE FROM target_locks WHERE target_key = {ColumnText.Of(released.TargetKey)} AND execution = {released.Execution.ToString()}", cancellation);
        if (change.Lock is not { } wanted) return;
        var (key, execution) = (ColumnText.Of(wanted.TargetKey), wanted.Execution.ToString());
        if (await context.Database.ExecuteSqlAsync($"INSERT INTO target_locks (target_key, execution) VALUES ({key}, {execution}) ON CONFLICT DO NOTHING", cancellation) == 1) return;
        var holder = await context.TargetLocks.Where(row => row.TargetKey == key).Select(row => row.Execution).FirstOrDefaultAsync(cancellation);
        if (holder == execution) return;
        // Released between the two statements by another replica: busy a moment ago is busy; the engine tries again.
        throw new TargetBusyException(wanted.TargetKey, holder is null ? default : new ExecutionId(Guid.ParseExact(holder, "N")));
    }

    private async Task QueueNoticesAsync(StoreContext context, IReadOnlyList<Notice> notices, CancellationToken cancellation)
    {
        foreach (var notice in notices)
        {
            var key = ColumnText.Of(notice.Key);
            if (await context.Database.ExecuteSqlAsync($"INSERT INTO notices (key, document) VALUES ({key}, {StoreJson.Write(notice)}) ON CONFLICT DO NOTHING", cancellation) == 0) continue;
            foreach (var sink in sinks())
                await context.Database.ExecuteSqlAsync($"INSERT INTO deliveries (notice_key, sink, tries, next_at) VALUES ({key}, {ColumnText.Of(sink)}, 0, {time.GetUtcNow().UtcTicks})", cancellation);
        }
    }

    private void Checkpoint(LedgerHead head)
    {
        try
        {
            checkpointer?.Appended(head);
        }
        catch (LedgerCheckpointException exception)
        {
            // The commit is durable; only its outside witness is missing. The next one tries again.
            LogCheckpointFailed(exception, head.Number);
        }
    }

    private async Task CheckpointOnStopAsync()
    {
        if (checkpointer is null) return;
        try
        {
            var last = await ReadAsync(context => context.LedgerHead.AsNoTracking().SingleAsync());
            checkpointer.WriteNow(new LedgerHead(last.Number, last.Hash));
        }
        catch (Exception exception) when (exception is LedgerCheckpointException or StoreUnavailableException)
        {
            LogCheckpointFailed(exception, 0);
        }
    }

    [LoggerMessage(EventId = 2401, Level = LogLevel.Error, Message = "The ledger is safe, but no checkpoint of entry {EntryNumber} could be written")]
    private partial void LogCheckpointFailed(Exception exception, long entryNumber);
}
