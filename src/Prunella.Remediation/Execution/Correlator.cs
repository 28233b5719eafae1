using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>
/// Joins signals to incidents: those of the same target and family of causes are one. Signals whose target cannot be told
/// get an incident of their own, so nothing is lost and nothing is guessed. One instance works at a time.
/// </summary>
internal sealed partial class Correlator(
    IRemediationStore store, IWorkloadSource workloads, IEnumerable<IFamilySource> families, Intake intake, EngineWakeUps wakeUps,
    IncidentFeed feed, EngineOptions options, IdSource ids, TimeProvider time, ILogger<Correlator> log)
{
    /// <summary>The kind of a target that could not be told yet.</summary>
    internal const string UnresolvedKind = "Unresolved";

    private const string GeneralFamily = "general";

    // In a storm workers are at many of these at the same time, and one that was faster makes a commit void: then few signals are read again, not all.
    private const int IncidentsPerCommit = 40;

    /// <summary>Correlates one batch.</summary>
    /// <returns>How many signals were taken; fewer than the batch means that none wait.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellation)
    {
        var signals = await store.PendingSignalsAsync(options.CorrelationBatch, cancellation).ConfigureAwait(false);
        if (signals.Count == 0)
        {
            intake.Recount(0);
            return 0;
        }

        var batch = new Batch(time.GetUtcNow());
        await ReadOpenAsync(batch, signals, cancellation).ConfigureAwait(false);
        foreach (var signal in signals)
        {
            if (signal.Status == SignalStatus.Firing) Join(batch, signal);
            else await EndAsync(batch, signal, cancellation).ConfigureAwait(false);
        }

        foreach (var part in batch.Parts()) await CommitAsync(part, cancellation).ConfigureAwait(false);
        return signals.Count;
    }

    private async Task CommitAsync(Part part, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(part.Change, cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException stale)
        {
            // A worker was faster on one of the incidents. The signals still wait, so the next round reads again.
            LogStale(log, stale.What);
            return;
        }

        intake.Correlated(part.Change.Assignments.Count);
        foreach (var happened in part.Events) feed.Publish(happened);
        foreach (var incident in part.Change.Incidents) wakeUps.Wake(incident.Id);
    }

    // A storm is thousands of signals about few targets: one query for all of them.
    private async Task ReadOpenAsync(Batch batch, IReadOnlyList<Signal> signals, CancellationToken cancellation)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var signal in signals.Where(signal => signal.Status == SignalStatus.Firing)) targets.Add((await ResolveAsync(batch, signal, cancellation).ConfigureAwait(false)).Key);
        foreach (var incident in await store.OpenIncidentsOfAsync(targets, cancellation).ConfigureAwait(false)) batch.OpenOf(incident.Target).Add(incident);
    }

    private void Join(Batch batch, Signal signal)
    {
        var target = batch.Targets[signal.Id];
        var family = FamilyOf(signal);
        var open = batch.OpenOf(target);
        var incident = open.Find(one => one.Family == family) ?? Noticed(open, target, signal);
        if (incident is not null && IsNextTrouble(incident, signal))
        {
            // Two open incidents of a target differ by family; that of the second is its cause.
            family = signal.Name;
            incident = open.Find(one => one.Family == family);
        }

        if (incident is null)
        {
            incident = Open(signal, target, family);
            batch.Events.Add(new IncidentEvent(batch.Now, incident.Id, target, IncidentEventKind.Noticed, $"{signal.Name}: {signal.Summary}"));
            batch.Ledger.Add(LedgerFacts.Draft("incident-opened", incident.Id.ToString(), new { target = target.Key, family, signal.Name, signal.Source, signal.Fingerprint, signal.StartsAt, severity = signal.Severity }));
        }
        else
        {
            if (signal.Source == Signal.OperatorSource && !IsCauseOf(incident, signal))
            {
                batch.Events.Add(new IncidentEvent(batch.Now, incident.Id, incident.Target, IncidentEventKind.Gathered, $"joined by {signal.Name}: {signal.Summary}"));
                batch.Ledger.Add(LedgerFacts.Draft("signal-joined", incident.Id.ToString(), new { signal.Name, signal.Source, signal.StartsAt, state = incident.State, signal.Summary }));
            }

            incident = incident with
            {
                // What was put off because nothing was to be seen is looked at now that the operator sees something.
                WakeAt = signal.Source == Signal.OperatorSource && incident is { State: IncidentState.Gathered, Postponed: > 0 } ? batch.Now : incident.WakeAt,
                SignalCount = incident.SignalCount + 1,
                Severity = signal.Severity > incident.Severity ? signal.Severity : incident.Severity,
                OpenSeries = batch.SeriesOf(incident).Add(signal.Series, Incident.OpenSeriesMax),
            };
        }

        batch.Put(incident, signal);
    }

    // While what was done is still watched, the operator's word that the trouble was over parts it from the next one. Without that word
    // another cause may be the same trouble seen later, or what the action itself brought: then the validation has to fail for it.
    private static bool IsNextTrouble(Incident incident, Signal signal) =>
        signal.Source == Signal.OperatorSource && incident.FirstSignal.Source == Signal.OperatorSource && incident.State == IncidentState.Validating && !IsCauseOf(incident, signal)
        && !incident.OpenSeries.Any(series => series.StartsWith($"{Signal.OperatorSource}|", StringComparison.Ordinal));

    private static bool IsCauseOf(Incident incident, Signal signal) => signal.Name == incident.FirstSignal.Name || signal.Name == incident.Diagnosis?.Cause;

    private async Task EndAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        var id = batch.IncidentOfSeries(signal.Series) ?? await store.IncidentOfSeriesAsync(signal.Series, cancellation).ConfigureAwait(false);
        var incident = id is { } known ? await ReadAsync(batch, known, cancellation).ConfigureAwait(false) : null;
        if (incident?.JoinedInto is { } joined) incident = await ReadAsync(batch, joined, cancellation).ConfigureAwait(false);
        if (incident is null || (incident.Ended && !WaitsForItsEnd(incident)))
        {
            batch.Assignments.Add(new SignalAssignment(signal.Id, incident?.Id));
            return;
        }

        incident = incident with { OpenSeries = batch.SeriesOf(incident).Remove(signal.Series) };
        if (!incident.Ended)
        {
            batch.Put(incident, signal);
            return;
        }

        if (incident.OpenSeries.Count == 0) incident = batch.Over(incident);
        batch.PutEnded(incident, signal);
    }

    // People who took over want to be told when the trouble has ended, and their pager to fall silent.
    private static bool WaitsForItsEnd(Incident incident) => incident is { State: IncidentState.Escalated, OverAt: null, OpenSeries.Count: > 0 };

    private async Task<Incident?> ReadAsync(Batch batch, IncidentId id, CancellationToken cancellation) =>
        batch.Changed.GetValueOrDefault(id) ?? await store.FindIncidentAsync(id, cancellation).ConfigureAwait(false);

    private Incident Open(Signal signal, Target target, string family) => new()
    {
        Id = new IncidentId(ids.Next()),
        Target = target,
        Family = family,
        Title = signal.Summary.Length > 0 ? $"{signal.Name}: {Shortened(signal.Summary)}" : signal.Name,
        Severity = signal.Severity,
        State = IncidentState.Opened,
        StartedAt = signal.StartsAt,
        NoticedAt = signal.ReceivedAt,
        FirstSignal = signal,
        OpenSeries = [signal.Series],
        WakeAt = signal.ReceivedAt,
    };

    private static string Shortened(string summary) => summary.Length <= 200 ? summary : string.Concat(summary.AsSpan(0, 200), "…");

    private string FamilyOf(Signal signal)
    {
        foreach (var source in families) if (source.FamilyOf(signal) is { Length: > 0 } family) return family;
        return GeneralFamily;
    }

    // The operator sees the trouble of a target, whatever its alerts are called: what it noticed and what an alert tells about the
    // same target at the same time is one incident, whichever came first.
    private static Incident? Noticed(List<Incident> open, Target target, Signal signal) =>
        target.Kind == UnresolvedKind ? null : open.Find(incident => signal.Source == Signal.OperatorSource || incident.FirstSignal.Source == Signal.OperatorSource);

    private async Task<Target> ResolveAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        var key = Fingerprint.OfLabels(signal.Labels);
        if (!batch.Resolved.TryGetValue(key, out var target))
        {
            if (!batch.ClusterAway) target = await AskClusterAsync(batch, signal, cancellation).ConfigureAwait(false);

            // The incident's first step resolves again; it escalates when the facts really are missing.
            target ??= new Target(Target.DefaultCluster, signal.Label("namespace") is { } named && !named.Contains('/', StringComparison.Ordinal) ? named : "", UnresolvedKind, $"{signal.Name.Replace('/', '_')}-{key[..8]}");
            batch.Resolved[key] = target;
        }

        return batch.Targets[signal.Id] = target;
    }

    private async Task<Target?> AskClusterAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.CallTimeout);
            return (await workloads.ResolveAsync(signal, limited.Token).ConfigureAwait(false)).Target;
        }
        catch (WorkloadUnreadableException unreadable)
        {
            batch.ClusterAway = !unreadable.Forbidden;
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            batch.ClusterAway = true;
            return null;
        }
    }

    [LoggerMessage(2001, LogLevel.Debug, "Correlation repeats: {What} was changed meanwhile")]
    private static partial void LogStale(ILogger log, string what);

    /// <summary>What is committed together, and what is told once it is.</summary>
    private sealed record Part(StoreChange Change, IReadOnlyList<IncidentEvent> Events);

    /// <summary>What one batch gathers before it is committed.</summary>
    private sealed class Batch(DateTimeOffset now)
    {
        private readonly Dictionary<IncidentId, SeriesSet> series = [];
        private readonly Dictionary<string, IncidentId> bySeries = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<Incident>> open = new(StringComparer.Ordinal);

        public DateTimeOffset Now { get; } = now;

        public Dictionary<IncidentId, Incident> Changed { get; } = [];

        /// <summary>Targets by the fingerprint of a signal's labels.</summary>
        public Dictionary<string, Target> Resolved { get; } = new(StringComparer.Ordinal);

        public Dictionary<SignalId, Target> Targets { get; } = [];

        /// <summary>Whether the cluster cannot be asked in this batch; asking once more for each signal would only wait.</summary>
        public bool ClusterAway { get; set; }

        public List<SignalAssignment> Assignments { get; } = [];

        public List<IncidentEvent> Events { get; } = [];

        public List<Notice> Notices { get; } = [];

        public List<Ledger.LedgerDraft> Ledger { get; } = [];

        /// <summary>The incidents of a target that have not ended, as they are in this batch, the one changed last in front.</summary>
        public List<Incident> OpenOf(Target target)
        {
            if (!open.TryGetValue(target.Key, out var same)) open[target.Key] = same = [];
            return same;
        }

        /// <summary>What is to be committed, some incidents at a time: each with all that this batch brought for it.</summary>
        public IEnumerable<Part> Parts()
        {
            var (assignments, notices, ledger, events) = (Assignments.ToLookup(one => one.Incident), Notices.ToLookup(one => one.Incident), Ledger.ToLookup(one => one.Subject), Events.ToLookup(one => one.Incident));
            var unchanged = Assignments.Where(one => one.Incident is not { } id || !Changed.ContainsKey(id)).ToList();
            if (unchanged.Count > 0) yield return new Part(new StoreChange { Assignments = unchanged }, []);
            foreach (var incidents in Changed.Values.Chunk(IncidentsPerCommit))
            {
                var change = new StoreChange
                {
                    Incidents = incidents,
                    Assignments = [.. incidents.SelectMany(incident => assignments[incident.Id])],
                    Notices = [.. incidents.SelectMany(incident => notices[incident.Id])],
                    Ledger = [.. incidents.SelectMany(incident => ledger[incident.Id.ToString()])],
                };
                yield return new Part(change, [.. incidents.SelectMany(incident => events[incident.Id])]);
            }
        }

        public void Put(Incident incident, Signal signal)
        {
            Changed[incident.Id] = incident;
            var same = OpenOf(incident.Target);
            same.RemoveAll(one => one.Id == incident.Id);
            same.Insert(0, incident);
            Assignments.Add(new SignalAssignment(signal.Id, incident.Id));
            if (signal.Status == SignalStatus.Firing) bySeries[signal.Series] = incident.Id;
        }

        public void PutEnded(Incident incident, Signal signal)
        {
            Changed[incident.Id] = incident;
            Assignments.Add(new SignalAssignment(signal.Id, incident.Id));
        }

        public Incident Over(Incident incident)
        {
            const string why = "its alerts have ended";
            Notices.Add(new Notice(NoticeKind.Resolved, $"over/{incident.Id}", incident.Id, $"{incident.Id.Short} {incident.Target}: {why}", $"{incident.Title}\nPeople had taken over: {incident.Outcome}\nThe last alert ended at {Now:u}.", Now) { Severity = Severity.Info });
            Ledger.Add(LedgerFacts.Draft("over", incident.Id.ToString(), new { target = incident.Target.Key, why, acknowledgedBy = incident.Acknowledged?.By }));
            Events.Add(new IncidentEvent(Now, incident.Id, incident.Target, IncidentEventKind.Resolved, why));
            return incident with { OverAt = Now };
        }

        public IncidentId? IncidentOfSeries(string name) => bySeries.TryGetValue(name, out var id) ? id : null;

        public SeriesSet SeriesOf(Incident incident)
        {
            if (!series.TryGetValue(incident.Id, out var set)) series[incident.Id] = set = new SeriesSet(incident.OpenSeries);
            return set;
        }
    }

    /// <summary>An ordered set that is copied once a batch, not once a signal.</summary>
    private sealed class SeriesSet(IReadOnlyList<string> start)
    {
        private readonly HashSet<string> known = new(start, StringComparer.Ordinal);
        private readonly List<string> ordered = [.. start];

        public List<string> Add(string name, int max)
        {
            if (known.Count < max && known.Add(name)) ordered.Add(name);
            return ordered;
        }

        public List<string> Remove(string name)
        {
            if (known.Remove(name)) ordered.Remove(name);
            return ordered;
        }
    }
}
