using System.Collections.Frozen;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>
/// Everything that was read about a namespace or a cluster at one moment. Immutable and thread-safe; what the causes look at.
/// Made by <see cref="SnapshotBuilder"/> from files or from a live cluster.
/// </summary>
public sealed class ClusterSnapshot
{
    private readonly FrozenDictionary<string, KubeObject[]> byKind;
    private readonly Dictionary<ObjectRef, KubeObject> byRef;
    private readonly ILookup<ObjectRef, KubeEvent> eventsByObject;
    private readonly ILookup<ObjectRef, Pod> podsByTop;
    private readonly ILookup<string, Pod> podsByNamespace;
    private readonly Dictionary<(string Path, bool Previous), ContainerLog> logs;
    private readonly HashSet<(string Kind, string Namespace)> known;
    private readonly Dictionary<KubeObject, ObjectRef> tops = new(ReferenceEqualityComparer.Instance);

    internal ClusterSnapshot(List<KubeObject> objects, Dictionary<(string, bool), ContainerLog> logs, List<MetricSeries> metrics, HashSet<(string, string)> known, List<string> unread, IReadOnlyList<Pod> gone, IReadOnlyList<Shrinking> shrunk, DateTimeOffset takenAt)
    {
        Shrunk = shrunk;
        Gone = gone;
        byKind = objects.GroupBy(candidate => candidate.Kind, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        byRef = new Dictionary<ObjectRef, KubeObject>(objects.Count);
        foreach (var candidate in objects) byRef[candidate.Ref] = candidate;
        this.logs = logs;
        this.known = known;
        Metrics = metrics;
        Unread = unread;
        TakenAt = takenAt;
        Pods = [.. Of("Pod").Cast<Pod>()];
        Events = [.. Of("Event").Cast<KubeEvent>().OrderByDescending(happened => happened.At ?? DateTimeOffset.MinValue)];
        eventsByObject = Events.Where(happened => !IsOfAnEarlierPod(happened)).ToLookup(happened => happened.About);
        foreach (var pod in Pods) tops[pod] = FindTop(pod);
        podsByTop = Pods.ToLookup(TopOf);
        podsByNamespace = Pods.ToLookup(pod => pod.Namespace, StringComparer.Ordinal);
    }

    private ClusterSnapshot(ClusterSnapshot from) =>
        (byKind, byRef, eventsByObject, podsByTop, podsByNamespace, logs, known, tops, Metrics, Gone, Shrunk, Unread, TakenAt, Pods, Events) =
        (from.byKind, from.byRef, from.eventsByObject, from.podsByTop, from.podsByNamespace, from.logs, from.known, from.tops, from.Metrics, from.Gone, from.Shrunk, from.Unread, from.TakenAt, from.Pods, from.Events);

    /// <summary>When this was true: the time of the read, or for files the newest time that the objects tell.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>What could not be read and why, for people; empty when everything was.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>How many pods it holds.</summary>
    public int PodCount => Pods.Count;

    /// <summary>How many objects it holds, events left out.</summary>
    public int ObjectCount => byRef.Count - Events.Count;

    internal IReadOnlyList<Pod> Pods { get; }

    /// <summary>Pods that were seen to go within the last minute; only a watch knows them.</summary>
    internal IReadOnlyList<Pod> Gone { get; }

    /// <summary>Workloads that were given fewer replicas within the last ten minutes, oldest first; only a watch knows them.</summary>
    internal IReadOnlyList<Shrinking> Shrunk { get; }

    /// <summary>Newest first.</summary>
    internal IReadOnlyList<KubeEvent> Events { get; }

    internal IReadOnlyList<MetricSeries> Metrics { get; private init; }

    /// <summary>The series of a container, of each metric maybe at several paces. Some runtimes tell only of the pod as a whole, which is its container's when it has but one.</summary>
    internal IEnumerable<MetricSeries> SeriesOf(Container container, Func<string, bool> isWanted)
    {
        var ofPod = Metrics.Where(series => isWanted(series.Name) && series.Labels.GetValueOrDefault("pod", "") == container.Pod.Name && series.Labels.GetValueOrDefault("namespace", container.Pod.Namespace) == container.Pod.Namespace).ToList();
        var own = ofPod.FindAll(series => series.Labels.GetValueOrDefault("container", "") == container.Name);
        return own.Count > 0 || container.Pod.Containers.Count(candidate => !candidate.Init) != 1 ? own : ofPod.FindAll(series => series.Labels.GetValueOrDefault("container", "").Length == 0);
    }

    /// <summary>The same with series that were read for it.</summary>
    internal ClusterSnapshot WithMetrics(IReadOnlyList<MetricSeries> series) => series.Count == 0 ? this : new ClusterSnapshot(this) { Metrics = series };

    internal IReadOnlyList<KubeObject> Of(string kind) => byKind.TryGetValue(kind, out var objects) ? objects : [];

    internal IEnumerable<KubeObject> Of(string kind, string @namespace) => Of(kind).Where(candidate => candidate.Namespace == @namespace);

    internal KubeObject? Find(string kind, string @namespace, string name) => byRef.GetValueOrDefault(new ObjectRef(kind, @namespace, name));

    internal KubeObject? Find(ObjectRef reference) => byRef.GetValueOrDefault(reference);

    /// <summary>Whether objects of that kind were looked for there, so that an absent one is known not to exist.</summary>
    internal bool Knows(string kind, string @namespace) => known.Contains((kind, "*")) || known.Contains((kind, @namespace));

    internal IEnumerable<Pod> PodsIn(string @namespace) => podsByNamespace[@namespace];

    /// <summary>The pods of a top owner.</summary>
    internal IEnumerable<Pod> PodsOf(ObjectRef owner) => podsByTop[owner];

    /// <summary>Pods of stateful sets come again under the same name, with events of those before them still there.</summary>
    private bool IsOfAnEarlierPod(KubeEvent happened) =>
        happened.AboutUid.Length > 0 && Find(happened.About) is Pod { Uid.Length: > 0 } pod && pod.Uid != happened.AboutUid && !pod.Annotations["kubernetes.io/config.mirror"].Exists;

    /// <summary>Events about an object, newest first; none of an earlier pod of the same name.</summary>
    internal IEnumerable<KubeEvent> EventsOf(ObjectRef reference) => eventsByObject[reference];

    internal ContainerLog? Log(Container container, bool previous) => logs.GetValueOrDefault((container.Path, previous));

    /// <summary>The log that tells why it ended: of the run before when there is one, else the present one's when it is at its end.</summary>
    internal ContainerLog? LastWords(Container container) => Log(container, previous: true) ?? (container.Running ? null : Log(container, previous: false));

    /// <summary>Every log there is, the present run's first.</summary>
    internal IEnumerable<ContainerLog> LogsOf(Container container)
    {
        if (Log(container, previous: false) is { } now) yield return now;
        if (Log(container, previous: true) is { } before) yield return before;
    }

    /// <summary>The object at the top of the chain of owners: a pod's deployment, not its replica set.</summary>
    internal ObjectRef TopOf(KubeObject from) => tops.GetValueOrDefault(from) ?? FindTop(from);

    private ObjectRef FindTop(KubeObject from) => FindTop(from, Find);

    internal static ObjectRef FindTop(KubeObject from, Func<ObjectRef, KubeObject?> find)
    {
        var current = from;
        var reference = from.Ref;
        for (var depth = 0; depth < 5 && current?.Owner is { } owner && owner.Kind != "Node"; depth++)
        {
            // The owner's owner of a replica set that was not read is told by its name: deployment-hash.
            var hash = current.Labels.GetValueOrDefault("pod-template-hash", "");
            current = find(owner);
            if (current is null && owner.Kind == "ReplicaSet" && hash.Length > 0 && owner.Name.EndsWith("-" + hash, StringComparison.Ordinal))
                return new ObjectRef("Deployment", owner.Namespace, owner.Name[..^(hash.Length + 1)]);
            reference = owner;
        }
        return reference;
    }

    /// <summary>The object of a kind and name; in any namespace when none is given and only one has it.</summary>
    /// <returns>Null when there is none, or more than one.</returns>
    public ObjectRef? Locate(string kind, string? @namespace, string name)
    {
        var found = Of(kind).Where(candidate => candidate.Name == name && (@namespace is null || candidate.Namespace == @namespace || candidate.Namespace.Length == 0)).Take(2).ToList();
        return found.Count == 1 ? found[0].Ref : null;
    }

    /// <summary>The objects whose trouble is an object's own: its top owner, and of a workload its pods and services.</summary>
    public IEnumerable<ObjectRef> RelatedTo(ObjectRef about)
    {
        ArgumentNullException.ThrowIfNull(about);
        if (Find(about) is { } found) yield return TopOf(found);
        foreach (var pod in PodsOf(about)) yield return pod.Ref;
    }

    /// <summary>The workloads' own objects that pods are made from: deployments, stateful and daemon sets, jobs, cron jobs, and replica sets that nobody owns.</summary>
    internal IEnumerable<KubeObject> Workloads =>
        Of("Deployment").Concat(Of("StatefulSet")).Concat(Of("DaemonSet")).Concat(Of("CronJob"))
            .Concat(Of("Job").Where(job => job.Owner is null)).Concat(Of("ReplicaSet").Where(set => set.Owner is null));

    /// <summary>Where an object's pod template is.</summary>
    internal static Field Template(KubeObject workload) =>
        workload.Kind == "CronJob" ? workload.Spec["jobTemplate"]["spec"]["template"] : workload.Spec["template"];

    /// <summary>How long ago something was.</summary>
    internal TimeSpan Since(DateTimeOffset? time) => time is { } at && at < TakenAt ? TakenAt - at : TimeSpan.Zero;

    /// <summary>Who else keeps the specification of an object; null when nobody does.</summary>
    internal string? ManagerOf(ObjectRef reference)
    {
        if (Find(reference) is not { } found) return null;
        return Management.Of(new k8s.Models.V1ObjectMeta
        {
            Labels = new Dictionary<string, string>(found.Labels),
            Annotations = new Dictionary<string, string>(found.Annotations.Texts),
            OwnerReferences = found.Owner is { } owner ? [new k8s.Models.V1OwnerReference { Controller = true, Kind = owner.Kind, Name = owner.Name }] : null,
        });
    }
}
