using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Causes.Pods;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Stages;
using Prunella.Remediation.Storage;

namespace Prunella.Kubernetes.Watch;

// 2 000 pods are about 30 MB of thin objects. A change costs a dictionary entry and a quick look; one look at a namespace of
// 500 pods some tens of milliseconds, at most ten times a second, however many pods fail.
/// <summary>
/// Watches the cluster and raises a signal for every target in trouble, which then goes the way of every signal: incident,
/// diagnosis, gate, execution, validation. It never acts itself. Run by one replica at a time.
/// </summary>
public sealed partial class ClusterOperator : IWatchedWorkloads
{
    private static readonly TimeSpan FirstListsWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NewFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StagesEvery = TimeSpan.FromSeconds(2);
    private static readonly ObjectRef AllNodes = new("Namespace", "", "");
    private readonly ClusterApi api;
    private readonly KubernetesOptions cluster;
    private readonly OperatorOptions options;
    private readonly OperatorMetrics metrics;
    private readonly Intake intake;
    private readonly IRemediationStore incidents;
    private readonly IdSource ids;
    private readonly TimeProvider time;
    private readonly ILogger<ClusterOperator> log;
    private readonly ILogger<Informer> informerLog;
    private Running? running;

    internal ClusterOperator(
        ClusterApi api, KubernetesOptions cluster, OperatorOptions options, OperatorMetrics metrics, Intake intake, IRemediationStore incidents, IdSource ids,
        TimeProvider time, ILoggerFactory logs)
    {
        (this.api, this.cluster, this.options, this.metrics, this.intake, this.incidents, this.ids, this.time) = (api, cluster, options, metrics, intake, incidents, ids, time);
        log = logs.CreateLogger<ClusterOperator>();
        informerLog = logs.CreateLogger<Informer>();
    }

    /// <summary>Whether it runs and its pods are as the API shows them now.</summary>
    internal bool UpToDate => running is { } now && now.Ready && now.Informers.TrueForAll(informer => informer.State is InformerState.Synced or InformerState.Absent or InformerState.Forbidden)
        && now.Informers.Exists(informer => informer.Watched.Name == "Pod" && informer.State == InformerState.Synced);

    /// <summary>How many objects it keeps.</summary>
    public int ObjectCount => running?.Store.Count ?? 0;

    /// <summary>Targets in trouble now.</summary>
    public int TroubleCount => running?.Book.Count ?? 0;

    /// <summary>The troubles that stand, seen or not over yet.</summary>
    internal IReadOnlyList<Trouble> Troubles => running?.Book.Standing ?? [];

    /// <summary>What was found about a target when its standing trouble was noticed; null when none stands.</summary>
    internal CauseFinding? FindingOf(ObjectRef target) => running?.Book.FindingOf(target);

    /// <summary>What is not read and why, for people.</summary>
    public IReadOnlyList<string> Unread => [.. (running?.Informers ?? []).Where(informer => informer.State == InformerState.Forbidden).Select(informer => informer.Why).Distinct()];

    /// <inheritdoc/>
    public bool IsInMemory => true;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WatchedWorkload>?> WorkloadsAsync(CancellationToken cancellation) => ValueTask.FromResult(running is { Ready: true } now
        ? WorkloadList.Of(cluster.ClusterName, now.Store.All(WorkloadList.IsPart), now.Store.TopOf, now.Book.Standing.ToDictionary(trouble => trouble.Target, trouble => new FoundTrouble(trouble.Cause, trouble.Finding?.Summary ?? "", trouble.StartsAt)))
        : null);

    /// <summary>Adds what it knows of a namespace.</summary>
    internal void AddTo(SnapshotBuilder builder, string @namespace)
    {
        running?.Store.AddTo(builder, @namespace, time.GetUtcNow());
        foreach (var unread in Unread) builder.AddUnread(unread);
    }

    /// <summary>Watches until cancelled. What stood before a restart is known from the open incidents and not signalled again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = new Running(new WatchStore(), new LookQueue(options, time), new TroubleBook(cluster.ClusterName, options, ids, time));
        using var lists = new SemaphoreSlim(options.ListsMax);
        await RememberAsync(now.Book, cancellation);
        // Seeded by the clock alone: only the spread of pauses depends on it.
        var random = new Random(unchecked((int)time.GetTimestamp()));
        IReadOnlyList<string> scopes = cluster.Namespaces.Count == 0 ? [""] : [.. cluster.Namespaces];
        foreach (var kind in WatchedKind.All)
            foreach (var scope in kind.Versions[0].Namespaced ? scopes : [""])
                now.Informers.Add(new Informer(kind, scope, api, now.Store, options, metrics, lists, time, new Random(random.Next()), informerLog));
        now.Store.Changed = change => OnChanged(now, change);
        running = now;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> tasks = [.. now.Informers.Select(informer => informer.RunAsync(ending.Token))];
        try
        {
            // A look at half a cluster would see owners without pods.
            await Task.WhenAny(Task.WhenAll(now.Informers.Select(informer => informer.Settled)), Task.Delay(FirstListsWithin, time, ending.Token));
            now.Ready = true;
            foreach (var target in now.Book.Targets) now.Queue.Add(target);
            // Once everywhere: a service that nothing serves shows no sign and changes nothing.
            foreach (var space in now.Store.Namespaces()) now.Queue.Add(new ObjectRef("Namespace", space, space));
            if (!cancellation.IsCancellationRequested) LogWatching(log, now.Store.Count, now.Informers.Count, now.Informers.Count(informer => informer.State == InformerState.Forbidden));
            // The pages of the first lists are several times what is kept of them.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            for (var worker = 0; worker < options.Workers; worker++) tasks.Add(WorkAsync(now, ending.Token));
            tasks.Add(FollowStagesAsync(now, ending.Token));
            await Task.WhenAll(tasks);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(tasks);
            running = null;
        }
    }

    /// <summary>Trouble that open incidents were opened for by this source, and trouble whose incident people took over, is not signalled again.</summary>
    private async Task RememberAsync(TroubleBook book, CancellationToken cancellation)
    {
        const int IncidentsMax = 500;
        var recent = (await incidents.ListIncidentsAsync(new IncidentQuery { Since = time.GetUtcNow() - TimeSpan.FromDays(1), Max = IncidentsMax }, cancellation)).Incidents;
        var open = await incidents.OpenIncidentsAsync(options.TroublesMax, cancellation);
        foreach (var incident in recent.Where(incident => incident.FirstSignal.Source == Signal.OperatorSource).Reverse().Concat(open).DistinctBy(incident => incident.Id))
        {
            foreach (var series in (await incidents.SignalsOfAsync(incident.Id, 100, cancellation)).Where(signal => signal.Source == Signal.OperatorSource).GroupBy(signal => signal.Series))
            {
                var last = series.Last();
                if (last.Status == SignalStatus.Resolved || !Target.TryParse(last.Label(TroubleBook.TargetLabel) ?? "", out var target) || target.Cluster != cluster.ClusterName) continue;
                book.Remember(new Trouble(new ObjectRef(target.Kind, target.Namespace, target.Name), last.Name, last.StartsAt));
            }
        }
    }

    private static void OnChanged(Running now, SeenChange change)
    {
        var about = change.Object;
        var key = about is KubeEvent happened ? now.Store.Find(happened.About) is { } known ? now.Store.TopOf(known) : happened.About : now.Store.TopOf(about);
        // Whether a cordon is in anybody's way is told by pods of any namespace.
        if (TroubleSigns.WaitsForAPlace(change.Before) != TroubleSigns.WaitsForAPlace(change.After)) now.Queue.Add(AllNodes);
        if (!TroubleSigns.Matters(change) && !now.Book.Stands(key)) return;
        if (TroubleSigns.Matters(change) && change.After is not KubeEvent)
        {
            now.Shown.TryAdd(key, new Shown(ShownAt(change), change.SeenAt));
        }
        now.Queue.Add(key);
    }

    /// <summary>
    /// When the API showed a change, by its own times where the change brought one: whole seconds, and never later than it
    /// arrived. A change without a time of its own, such as the end of an object, is dated by its arrival.
    /// </summary>
    private static DateTimeOffset ShownAt(SeenChange change)
    {
        if (change.After is not { } after) return change.SeenAt;
        var shown = NewestTime(after);
        if (shown is not { } at || at > change.SeenAt) return change.SeenAt;
        return change.Before is { } before && NewestTime(before) >= at ? change.SeenAt : at;
    }

    private static DateTimeOffset? NewestTime(KubeObject known) => Later(known.WrittenAt, SnapshotBuilder.NewestTime(known));

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private async Task WorkAsync(Running now, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Look? look = null;
            try
            {
                look = await now.Queue.TakeAsync(cancellation);
                await LookAsync(now, look, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is StoreUnavailableException or IntakeFullException)
            {
                LogNotAccepted(log, exception.Message);
                foreach (var key in look?.Keys ?? []) now.Queue.AddAgain(key);
            }
#pragma warning disable CA1031 // The top of a loop that must not end; one namespace's failure must not blind the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogLookFailed(log, exception, look?.Namespace ?? "");
                foreach (var key in look?.Keys ?? []) now.Queue.AddAgain(key);
            }
            finally
            {
                if (look is not null) now.Queue.Done(look.Namespace);
            }
        }
    }

    // What stood while a stage only watched would never be acted on: it is told again when its scope is trusted with more.
    private async Task FollowStagesAsync(Running now, CancellationToken cancellation)
    {
        IReadOnlyList<StageState>? before = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var stages = await StageBook.ReadSetAsync(incidents, cancellation);
                var risen = before is null ? [] : stages.Where(stage => before.FirstOrDefault(was => was.Scope == stage.Scope) is { } was ? stage.IsAbove(was) : stage.Stage > Stage.Shadow).Select(stage => stage.Scope.Split('/')[0]).ToHashSet();
                if (risen.Count > 0)
                {
                    // An incident that is open has its verdict; what joins it brings none.
                    var open = (await incidents.OpenIncidentsAsync(options.TroublesMax, cancellation)).Select(incident => incident.Target.Key).ToHashSet();
                    bool Again(Target target) => (risen.Contains("*") || risen.Contains(StageBook.PartOf(target))) && !open.Contains(target.Key);
                    foreach (var target in now.Book.TellAgain(target => Again(new Target(cluster.ClusterName, target.Namespace, target.Kind, target.Name)))) now.Queue.Add(target);
                }
                before = stages;
                await Task.Delay(StagesEvery, time, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The top of a loop that must not end.
            catch (Exception away)
#pragma warning restore CA1031
            {
                LogStagesUnread(log, away);
                await Task.WhenAny(Task.Delay(StagesEvery, time, cancellation));
            }
        }
    }

    private async Task LookAsync(Running now, Look look, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var builder = new SnapshotBuilder();
        now.Store.AddTo(builder, look.Namespace, time.GetUtcNow());
        var snapshot = builder.Build(time.GetUtcNow());
        var found = Findings(snapshot, look.Namespace);
        foreach (var trouble in now.Book.Returned(found))
            if (await WasFixedAsync(trouble, cancellation)) now.Book.TellAgain(target => target == trouble.Target);
        var change = now.Book.Compare(look.Namespace, found, target => now.Shown.TryGetValue(target, out var shown) ? shown.ByApi : null, target => OverAfter(snapshot, target), UpToDate);
        if (change.Signals.Count > 0) await intake.AcceptAsync(change.Signals, cancellation);
        now.Book.Commit(change);
        Report(now, change);
        foreach (var (target, due) in change.LookAgain) now.Queue.Add(target, due);
        foreach (var key in look.Keys)
        {
            if (found.ContainsKey(key))
            {
                now.Queue.Settled(key);
                continue;
            }
            // A start shows signs before anything fails: what was shown up to this look was not the trouble that may come of it.
            if (now.Shown.TryGetValue(key, out var shown) && shown.Here <= snapshot.TakenAt) now.Shown.TryRemove(KeyValuePair.Create(key, shown));
            if (ShowsSigns(snapshot, key)) now.Queue.AddAgain(key);
            else now.Queue.Settled(key);
            if (snapshot.Find(key) is { } own && IsNew(snapshot, own)) now.Queue.Add(key, own.CreatedAt!.Value + NewFor);
        }
        metrics.Looked(time.GetElapsedTime(began));
    }

    /// <summary>Whether the incident that trouble was told to has been resolved: what is seen of it now is the next one, which nobody would hear of.</summary>
    private async Task<bool> WasFixedAsync(Trouble trouble, CancellationToken cancellation)
    {
        var incident = await incidents.IncidentOfSeriesAsync(trouble.SeriesIn(cluster.ClusterName), cancellation) is { } id ? await incidents.FindIncidentAsync(id, cancellation) : null;
        if (incident?.JoinedInto is { } joined) incident = await incidents.FindIncidentAsync(joined, cancellation);
        return incident is { State: IncidentState.Resolved };
    }

    /// <summary>The most telling finding of each target: roots before what they explain, no hints, and of a cluster-wide look only what is cluster-wide.</summary>
    private Dictionary<ObjectRef, CauseFinding> Findings(ClusterSnapshot snapshot, string @namespace)
    {
        var causes = @namespace.Length > 0 ? CauseCatalogue.All : CauseCatalogue.All.Where(cause => cause.Descriptor.Group == "Nodes" || cause is StuckTerminating);
        var found = new Dictionary<ObjectRef, CauseFinding>();
        foreach (var (finding, symptomsOf) in Diagnoser.Diagnose(snapshot, causes))
            if (finding.Severity != Severity.Info && symptomsOf.Count == 0 && finding.Target.Namespace == @namespace && (finding.Target.Kind != "Namespace" || cluster.Allows(finding.Target.Name)) && !(finding.Descriptor.MayComeLater && snapshot.Find(finding.Target) is { } target && IsNew(snapshot, target))) found.TryAdd(finding.Target, finding);
        return found;
    }

    private static bool IsNew(ClusterSnapshot snapshot, KubeObject known) => known.CreatedAt is { } born && snapshot.TakenAt - born < NewFor;

    private static bool ShowsSigns(ClusterSnapshot snapshot, ObjectRef key) =>
        (snapshot.Find(key) is { } own && TroubleSigns.Shows(own)) || snapshot.PodsOf(key).Any(TroubleSigns.Shows);

    // After a restart the kubelet waits 10 s, 20 s … 5 min before the next one; a container that runs in between is not well yet.
    private TimeSpan OverAfter(ClusterSnapshot snapshot, ObjectRef target)
    {
        var longest = options.OverAfter;
        foreach (var container in snapshot.PodsOf(target).Where(pod => !pod.Terminating).SelectMany(pod => pod.Containers))
        {
            if (container.Restarts == 0 || container.EndedAt is not { } ended || snapshot.Since(ended) > TimeSpan.FromMinutes(10)) continue;
            var pause = BackOff.Of(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), container.Restarts - 1);
            if (pause + options.OverAfter > longest) longest = pause + options.OverAfter;
        }
        return longest;
    }

    private void Report(Running now, TroubleChange change)
    {
        for (var index = 0; index < change.Dropped; index++) metrics.Dropped();
        var noticed = time.GetUtcNow();
        foreach (var signal in change.Signals)
        {
            var firing = signal.Status == SignalStatus.Firing;
            Shown? shown = firing && Target.TryParse(signal.Label(TroubleBook.TargetLabel)!, out var target) && now.Shown.TryRemove(new ObjectRef(target.Kind, target.Namespace, target.Name), out var kept) ? kept : null;
            metrics.Signalled(signal.Name, firing, firing ? noticed - signal.StartsAt : null, shown is { } seen ? noticed - seen.Here : null);
        }
    }

    [LoggerMessage(4411, LogLevel.Information, "Watching {Objects} objects with {Watches} watches, {Forbidden} of them not permitted")]
    private static partial void LogWatching(ILogger log, int objects, int watches, int forbidden);

    [LoggerMessage(4412, LogLevel.Warning, "Trouble was noticed and not accepted yet: {Why}")]
    private static partial void LogNotAccepted(ILogger log, string why);

    [LoggerMessage(4413, LogLevel.Error, "The look at namespace '{Namespace}' failed and will be repeated")]
    private static partial void LogLookFailed(ILogger log, Exception failure, string @namespace);

    [LoggerMessage(4414, LogLevel.Warning, "Whether a stage rose is not known")]
    private static partial void LogStagesUnread(ILogger log, Exception failure);

    /// <summary>When trouble of a target was first shown: by the API's time, and when it arrived here.</summary>
    private readonly record struct Shown(DateTimeOffset ByApi, DateTimeOffset Here);

    private sealed record Running(WatchStore Store, LookQueue Queue, TroubleBook Book)
    {
        internal List<Informer> Informers { get; } = [];

        internal ConcurrentDictionary<ObjectRef, Shown> Shown { get; } = new();

        internal bool Ready { get; set; }
    }
}
