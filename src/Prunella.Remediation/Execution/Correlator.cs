using System.Globalization;
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

    private const int IncidentsMax = 500;

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
        foreach (var signal in signals)
        {
            if (signal.Status == SignalStatus.Firing) await JoinAsync(batch, signal, cancellation).ConfigureAwait(false);
            else await EndAsync(batch, signal, cancellation).ConfigureAwait(false);
        }

        try
        {
            await store.CommitAsync(
                new StoreChange { Incidents = [.. batch.Changed.Values], Assignments = batch.Assignments, Notices = batch.Notices, Ledger = batch.Ledger }, cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException stale)
        {
            // A worker was faster on one of the incidents. The signals still wait, so the next round reads again.
            LogStale(log, stale.What);
            return signals.Count;
        }

        intake.Correlated(signals.Count);
        foreach (var happened in batch.Events) feed.Publish(happened);
        foreach (var id in batch.Changed.Keys) wakeUps.Wake(id);
        return signals.Count;
    }

    private async Task JoinAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        var (target, _) = await ResolveAsync(batch, signal, cancellation).ConfigureAwait(false);
        var family = FamilyOf(signal);
        var incident = await FindAsync(batch, target, family, cancellation).ConfigureAwait(false) ?? await FindNoticedAsync(batch, target, signal, cancellation).ConfigureAwait(false);
        if (incident is not null && IsNextTrouble(incident, signal))
        {
            // Two open incidents of a target differ by family; that of the second is its cause.
            family = signal.Name;
            incident = await FindAsync(batch, target, family, cancellation).ConfigureAwait(false);
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

    private async Task<Incident?> FindAsync(Batch batch, Target target, string family, CancellationToken cancellation)
    {
        if (batch.ByTarget.TryGetValue((target.Key, family), out var id)) return batch.Changed[id];
        var found = await store.FindOpenIncidentAsync(target.Key, family, cancellation).ConfigureAwait(false);
        return found is not null && batch.Changed.TryGetValue(found.Id, out var changed) ? changed : found;
    }

    // The operator sees the trouble of a target, whatever its alerts are called: what it noticed and what an alert tells about the
    // same target at the same time is one incident, whichever came first.
    private async Task<Incident?> FindNoticedAsync(Batch batch, Target target, Signal signal, CancellationToken cancellation)
    {
        if (target.Kind == UnresolvedKind) return null;
        if (!batch.OpenIn.TryGetValue(target.Namespace, out var open))
        {
            var page = await store.ListIncidentsAsync(new IncidentQuery { Open = true, Namespace = target.Namespace, Max = IncidentsMax }, cancellation).ConfigureAwait(false);
            batch.OpenIn[target.Namespace] = open = page.Incidents.ToLookup(incident => incident.Target.Key, StringComparer.Ordinal);
        }

        var mine = signal.Source == Signal.OperatorSource;
        return batch.Changed.Values.Where(incident => incident.Target.Key == target.Key && !incident.Ended).Concat(open[target.Key].Where(incident => !batch.Changed.ContainsKey(incident.Id)))
            .FirstOrDefault(incident => mine || incident.FirstSignal.Source == Signal.OperatorSource);
    }

    private async Task<(Target Target, string Why)> ResolveAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        var key = Fingerprint.OfLabels(signal.Labels);
        if (batch.Resolved.TryGetValue(key, out var known)) return known;
        Target? target = null;
        var why = batch.ClusterAway;
        if (why is null) (target, why) = await AskClusterAsync(batch, signal, cancellation).ConfigureAwait(false);

        // The incident's first step resolves again; it escalates when the facts really are missing.
        target ??= new Target(Target.DefaultCluster, signal.Label("namespace") is { } named && !named.Contains('/', StringComparison.Ordinal) ? named : "", UnresolvedKind, $"{signal.Name.Replace('/', '_')}-{key[..8]}");
        return batch.Resolved[key] = (target, why);
    }

    private async Task<(Target? Target, string Why)> AskClusterAsync(Batch batch, Signal signal, CancellationToken cancellation)
    {
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(options.CallTimeout);
            var resolution = await workloads.ResolveAsync(signal, limited.Token).ConfigureAwait(false);
            return (resolution.Target, resolution.Why);
        }
        catch (WorkloadUnreadableException unreadable)
        {
            if (!unreadable.Forbidden) batch.ClusterAway = unreadable.Message;
            return (null, unreadable.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            batch.ClusterAway = string.Create(CultureInfo.InvariantCulture, $"the cluster did not answer within {options.CallTimeout.TotalSeconds:0} s");
            return (null, batch.ClusterAway);
        }
    }

    [LoggerMessage(2001, LogLevel.Debug, "Correlation repeats: {What} was changed meanwhile")]
    private static partial void LogStale(ILogger log, string what);

    /// <summary>What one batch gathers before its commit.</summary>
    private sealed class Batch(DateTimeOffset now)
    {
        private readonly Dictionary<IncidentId, SeriesSet> series = [];
        private readonly Dictionary<string, IncidentId> bySeries = new(StringComparer.Ordinal);

        public DateTimeOffset Now { get; } = now;

        public Dictionary<IncidentId, Incident> Changed { get; } = [];

        public Dictionary<(string Target, string Family), IncidentId> ByTarget { get; } = [];

        public Dictionary<string, ILookup<string, Incident>> OpenIn { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, (Target Target, string Why)> Resolved { get; } = new(StringComparer.Ordinal);

        /// <summary>Why the cluster cannot be asked in this batch; asking once more for each signal would only wait.</summary>
        public string? ClusterAway { get; set; }

        public List<SignalAssignment> Assignments { get; } = [];

        public List<IncidentEvent> Events { get; } = [];

        public List<Notice> Notices { get; } = [];

        public List<Ledger.LedgerDraft> Ledger { get; } = [];

        public void Put(Incident incident, Signal signal)
        {
            Changed[incident.Id] = incident;
            ByTarget[(incident.Target.Key, incident.Family)] = incident.Id;
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
