using Prunella.Incidents;

namespace Prunella.Remediation.Storage.Memory;

public sealed partial class MemoryRemediationStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Incident>> CommitAsync(StoreChange change, CancellationToken cancellation)
    {
        change.ThrowIfMalformed();
        return Write<IReadOnlyList<Incident>>(commitFaults, () =>
        {
            // Everything that can be refused is checked, and the ledger appended, before anything else is touched.
            CheckIncidents(change.Incidents);
            CheckAssignments(change.Assignments);
            foreach (var approval in change.Approvals)
                if ((approvals.GetValueOrDefault(approval.Id)?.Version ?? 0) != approval.Version) throw new StaleVersionException($"Approval {approval.Id}");
            foreach (var setting in change.Settings)
                if ((settings.GetValueOrDefault(setting.Key)?.Version ?? 0) != setting.Version) throw new StaleVersionException($"Setting {setting.Key}");
            CheckLock(change);
            ledger.Append(change.Ledger);
            return Apply(change);
        }, cancellation);
    }

    private void CheckIncidents(IReadOnlyList<Incident> changed)
    {
        var holders = new Dictionary<(string, string), IncidentId?>();
        foreach (var incident in changed)
        {
            var stored = incidents.GetValueOrDefault(incident.Id);
            if ((stored?.Version ?? 0) != incident.Version) throw new StaleVersionException($"Incident {incident.Id}");
            if (stored is { Ended: false }) holders[(stored.Target.Key, stored.Family)] = null;
            if (incident.Ended) continue;
            var key = (incident.Target.Key, incident.Family);
            var holder = holders.TryGetValue(key, out var changedHolder) ? changedHolder : open.TryGetValue(key, out var id) ? id : null;
            if (holder is not null && holder != incident.Id)
                throw new StaleVersionException($"The open incident of {incident.Target.Key} and family {incident.Family}");
            holders[key] = incident.Id;
        }
    }

    private void CheckAssignments(IReadOnlyList<SignalAssignment> assignments)
    {
        foreach (var assignment in assignments)
        {
            if (!signalsById.TryGetValue(assignment.Signal, out var stored))
                throw new InvalidOperationException($"Signal {assignment.Signal} was assigned but never accepted.");
            if (stored.Assigned && stored.Incident != assignment.Incident) throw new StaleVersionException($"Signal {assignment.Signal}");
        }
    }

    private void CheckLock(StoreChange change)
    {
        if (change.Lock is not { } wanted || !locks.TryGetValue(wanted.TargetKey, out var holder) || holder == wanted.Execution) return;
        if (change.Unlock == new TargetLock(wanted.TargetKey, holder)) return;
        throw new TargetBusyException(wanted.TargetKey, holder);
    }

    private List<Incident> Apply(StoreChange change)
    {
        var committed = new List<Incident>(change.Incidents.Count);
        foreach (var incident in change.Incidents)
        {
            if (incidents.TryGetValue(incident.Id, out var stored) && !stored.Ended) open.Remove((stored.Target.Key, stored.Family));
            var next = incident with { Version = incident.Version + 1 };
            incidents[incident.Id] = next;
            if (!next.Ended) open[(next.Target.Key, next.Family)] = next.Id;
            committed.Add(next);
        }
        foreach (var assignment in change.Assignments) Assign(assignment);
        foreach (var execution in change.Executions) executions[execution.Id] = execution;
        foreach (var approval in change.Approvals) approvals[approval.Id] = approval with { Version = approval.Version + 1 };
        foreach (var decision in change.Decisions) decisions[decision.Digest] = decision;
        foreach (var setting in change.Settings) settings[setting.Key] = setting with { Version = setting.Version + 1 };
        if (change.Unlock is { } released && locks.TryGetValue(released.TargetKey, out var holder) && holder == released.Execution)
            locks.Remove(released.TargetKey);
        if (change.Lock is { } wanted) locks[wanted.TargetKey] = wanted.Execution;
        foreach (var notice in change.Notices)
        {
            if (!noticeKeys.Add(notice.Key)) continue;
            foreach (var sink in sinks()) deliveries.Add(new PendingNotice(notice, sink, 0, time.GetUtcNow()));
        }
        return committed;
    }

    private void Assign(SignalAssignment assignment)
    {
        var stored = signalsById[assignment.Signal];
        if (stored.Assigned) return;
        stored.Assigned = true;
        stored.Incident = assignment.Incident;
        pending.Remove(stored.Sequence);
        if (assignment.Incident is not { } incident) return;
        if (!signalsByIncident.TryGetValue(incident, out var joined)) signalsByIncident[incident] = joined = [];
        joined.Add(stored);
    }
}
