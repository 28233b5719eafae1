using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Opened → Gathered: settles what the incident is about and collects the facts.</summary>
internal sealed class GatherStep(IRemediationStore store, IWorkloadSource workloads, IEnumerable<IEvidenceSource> beside, IncidentJournal journal, EngineOptions options)
{
    /// <summary>The source of the fact that says why the target cannot be told.</summary>
    internal const string TargetSource = "target";

    internal async Task<Incident> RunAsync(Incident incident, CancellationToken cancellation)
    {
        if (incident.Target.Kind == Correlator.UnresolvedKind)
        {
            var resolution = await workloads.ResolveAsync(incident.FirstSignal, cancellation).ConfigureAwait(false);
            if (resolution.Target is null && resolution.Transient) throw new PostponedException($"the target cannot be told yet: {resolution.Why}");
            if (resolution.Target is null) return await WithoutTargetAsync(incident, resolution, cancellation).ConfigureAwait(false);
            var open = await store.OpenIncidentsOfAsync([resolution.Target.Key], cancellation).ConfigureAwait(false);
            if (open.FirstOrDefault(other => other.Family == incident.Family) is { } same) return await MergeAsync(incident, same, cancellation).ConfigureAwait(false);
            incident = incident with { Target = resolution.Target };
        }

        var facts = GateStateReader.IsWorkload(incident.Target) || incident.Target.Kind == "Node"
            ? await workloads.GatherAsync(incident.Target, incident.StartedAt, cancellation).ConfigureAwait(false)
            : [];
        facts = [.. facts, .. beside.SelectMany(source => source.Gather(incident.Target))];
        var kept = incident.Evidence.Concat(facts).TakeLast(options.EvidenceMax).ToList();
        return await journal.CommitAsync(
            incident with { State = IncidentState.Gathered, Evidence = kept, Postponed = 0, WakeAt = journal.Now },
            new StoreChange { Ledger = [LedgerFacts.Draft("evidence", incident.Id.ToString(), new { target = incident.Target.Key, facts = facts.Select(fact => new { fact.Source, fact.Object, fact.Text, fact.Time }) })] },
            IncidentEventKind.Gathered, $"{facts.Count} facts about {incident.Target}", cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on without a target: a playbook may still know that nothing is to be done, or whom to tell. Nothing else will be.</summary>
    private Task<Incident> WithoutTargetAsync(Incident incident, TargetResolution resolution, CancellationToken cancellation)
    {
        var candidates = resolution.Candidates.Count == 0 ? "" : $" It could be: {string.Join(", ", resolution.Candidates.Take(10))}.";
        var fact = new Evidence(TargetSource, incident.FirstSignal.Name, $"the target cannot be told: {resolution.Why}{candidates}", journal.Now);
        return journal.CommitAsync(
            incident with { State = IncidentState.Gathered, Evidence = [.. incident.Evidence.TakeLast(options.EvidenceMax - 1), fact], Postponed = 0, WakeAt = journal.Now },
            new StoreChange { Ledger = [LedgerFacts.Draft("evidence", incident.Id.ToString(), new { target = incident.Target.Key, facts = new[] { new { fact.Source, fact.Object, fact.Text, fact.Time } } })] },
            IncidentEventKind.Gathered, fact.Text, cancellation);
    }

    private async Task<Incident> MergeAsync(Incident incident, Incident other, CancellationToken cancellation)
    {
        var (ended, change) = Endings.Closed(incident, $"joined {other.Id.Short}, which is about the same target", journal.Now);
        var merged = other with
        {
            SignalCount = other.SignalCount + incident.SignalCount,
            Severity = incident.Severity > other.Severity ? incident.Severity : other.Severity,
            OpenSeries = [.. other.OpenSeries.Union(incident.OpenSeries, StringComparer.Ordinal).Take(Incident.OpenSeriesMax)],
        };
        var stored = await store.CommitAsync(change with { Incidents = [ended with { JoinedInto = other.Id }, merged] }, cancellation).ConfigureAwait(false);
        return stored[0];
    }
}

/// <summary>A step cannot be done now and will be tried again; nothing was changed.</summary>
internal sealed class PostponedException(string why, DateTimeOffset? retryAt = null) : Exception(why)
{
    /// <summary>When to try again; null for the engine's own back-off.</summary>
    internal DateTimeOffset? RetryAt { get; } = retryAt;
}
