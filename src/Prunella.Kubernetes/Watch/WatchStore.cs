using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>A change of an object as the watch showed it.</summary>
/// <param name="Before">What was known of it; null when it is new.</param>
/// <param name="After">What it is now; null when it is gone.</param>
/// <param name="SeenAt">When it arrived here.</param>
internal readonly record struct SeenChange(KubeObject? Before, KubeObject? After, DateTimeOffset SeenAt)
{
    internal KubeObject Object => After ?? Before!;
}

/// <summary>
/// The objects that the informers keep, by namespace: the same immutable objects that snapshots are made of, so a snapshot is
/// a list of references and no second reading. Thread-safe; changes are told outside of the lock, in no order across kinds.
/// </summary>
internal sealed class WatchStore
{
    private const int EventsOfObjectMax = 20;
    private const int GoneMax = 2_000;
    private const int ThinFrom = 400;
    private const int HealthyOfOwner = 2;
    private static readonly TimeSpan GoneFor = TimeSpan.FromMinutes(1);
    private const int ShrunkMax = 2_000;
    private static readonly TimeSpan ShrunkFor = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Dictionary<ObjectRef, KubeObject>> byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectRef, Queue<ObjectRef>> eventsOf = [];
    private readonly HashSet<(string Kind, string Namespace)> whole = [];
    private readonly Queue<(Pod Pod, DateTimeOffset At)> gonePods = new();
    private readonly Queue<Shrinking> shrunk = new();

    /// <summary>Called for every change that is one; unchanged objects of a list are not told again.</summary>
    internal Action<SeenChange>? Changed { get; set; }

    internal int Count
    {
        get
        {
            lock (gate) return byNamespace.Values.Sum(objects => objects.Count);
        }
    }

    internal KubeObject? Find(ObjectRef reference)
    {
        lock (gate) return FindLocked(reference);
    }

    /// <summary>The objects that are wanted, of every namespace.</summary>
    internal IReadOnlyList<KubeObject> All(Func<KubeObject, bool> isWanted)
    {
        lock (gate) return [.. byNamespace.Values.SelectMany(objects => objects.Values).Where(isWanted)];
    }

    /// <summary>The top owner of an object, as far as its owners are known.</summary>
    internal ObjectRef TopOf(KubeObject from)
    {
        lock (gate) return ClusterSnapshot.FindTop(from, FindLocked);
    }

    /// <summary>An object is there, or gone.</summary>
    internal void Put(KubeObject seen, bool gone, DateTimeOffset seenAt)
    {
        KubeObject? before;
        lock (gate)
        {
            before = FindLocked(seen.Ref);
            if (gone && before is Pod { Ended: false } pod) Bury(pod, seenAt);
            if (!gone && before is not null) NoteShrinking(before, seen, seenAt);
            if (gone) RemoveLocked(seen.Ref);
            else AddLocked(seen);
        }
        if (gone ? before is not null : before is null || VersionOf(before) != VersionOf(seen)) Changed?.Invoke(new SeenChange(before, gone ? null : seen, seenAt));
    }

    /// <summary>A whole list was read: what is not in it is gone.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="namespace">The namespace listed; empty for all.</param>
    /// <param name="belongs">Whether an object known belongs to what was listed: a field selector leaves others out.</param>
    /// <param name="listed">The objects.</param>
    /// <param name="seenAt">When they arrived.</param>
    internal void Replace(string kind, string @namespace, Func<KubeObject, bool> belongs, IReadOnlyList<KubeObject> listed, DateTimeOffset seenAt)
    {
        var present = listed.Select(entry => entry.Ref).ToHashSet();
        List<KubeObject> gone;
        lock (gate)
        {
            var spaces = @namespace.Length > 0 ? byNamespace.TryGetValue(@namespace, out var one) ? [one] : [] : byNamespace.Values.ToList();
            gone = [.. spaces.SelectMany(objects => objects.Values).Where(known => known.Kind == kind && belongs(known) && !present.Contains(known.Ref))];
            whole.Add((kind, @namespace));
        }
        foreach (var lost in gone) Put(lost, gone: true, seenAt);
        foreach (var found in listed) Put(found, gone: false, seenAt);
    }

    /// <summary>Forgets that a kind was listed whole: it can no longer be told that an absent object does not exist.</summary>
    internal void Forget(string kind, string @namespace)
    {
        lock (gate) whole.Remove((kind, @namespace));
    }

    /// <summary>Adds what is known of a namespace and of the whole cluster to a snapshot; of a large one few of the pods that are alike and well.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="namespace">The namespace; empty for nodes, with the pods of every namespace.</param>
    /// <param name="now">The present time: what went long ago is not told.</param>
    internal void AddTo(SnapshotBuilder builder, string @namespace, DateTimeOffset now)
    {
        lock (gate)
        {
            foreach (var (pod, at) in gonePods) if (pod.Namespace == @namespace && now - at <= GoneFor) builder.AddGone(pod);
            foreach (var less in shrunk) if (less.Of.Namespace == @namespace && now - less.At <= ShrunkFor) builder.AddShrinking(less);
            if (@namespace.Length == 0)
            {
                foreach (var objects in byNamespace.Values) foreach (var known in objects.Values) if (known.Namespace.Length == 0 || known is Pod) builder.Add(known);
            }
            else
            {
                if (byNamespace.TryGetValue("", out var shared)) foreach (var known in shared.Values) if (known.Kind != "Namespace" || known.Name == @namespace) builder.Add(known);
                if (byNamespace.TryGetValue(@namespace, out var own)) AddThinned(builder, own);
            }
            foreach (var (kind, listed) in whole) builder.Know(kind, listed.Length > 0 ? listed : kind == "Node" ? "" : "*");
        }
    }

    /// <summary>The namespaces in which something is known; the empty one stands for the cluster.</summary>
    internal IReadOnlyList<string> Namespaces()
    {
        lock (gate) return [.. byNamespace.Keys];
    }

    // A hundred healthy pods of a replica set say what two do: labels, owner and template are the same. Pods of stateful and daemon
    // sets differ by name and node and all stay, as does every pod that shows a sign.
    private static void AddThinned(SnapshotBuilder builder, Dictionary<ObjectRef, KubeObject> objects)
    {
        var thin = objects.Count > ThinFrom;
        var healthy = new Dictionary<ObjectRef, int>();
        foreach (var known in objects.Values)
        {
            if (thin && known is Pod { Owner: { Kind: "ReplicaSet" } owner } pod && !TroubleSigns.Shows(pod))
            {
                var count = healthy.GetValueOrDefault(owner);
                if (count == HealthyOfOwner) continue;
                healthy[owner] = count + 1;
            }
            builder.Add(known);
        }
    }

    /// <summary>Fewer replicas are wished for: pods will go, and nobody else ends them.</summary>
    private void NoteShrinking(KubeObject before, KubeObject after, DateTimeOffset seenAt)
    {
        if (after.Kind is not ("Deployment" or "StatefulSet" or "ReplicaSet") || after.Owner is not null) return;
        var by = before.Spec["replicas"].Int(1) - after.Spec["replicas"].Int(1);
        if (by <= 0) return;
        shrunk.Enqueue(new Shrinking(after.Ref, by, seenAt));
        while (shrunk.Count > ShrunkMax || (shrunk.TryPeek(out var oldest) && seenAt - oldest.At > ShrunkFor)) shrunk.Dequeue();
    }

    private void Bury(Pod pod, DateTimeOffset at)
    {
        gonePods.Enqueue((pod, at));
        while (gonePods.Count > GoneMax || (gonePods.TryPeek(out var oldest) && at - oldest.At > GoneFor)) gonePods.Dequeue();
    }

    private KubeObject? FindLocked(ObjectRef reference) =>
        byNamespace.TryGetValue(reference.Namespace, out var objects) ? objects.GetValueOrDefault(reference) : null;

    private void AddLocked(KubeObject seen)
    {
        if (!byNamespace.TryGetValue(seen.Namespace, out var objects)) byNamespace[seen.Namespace] = objects = [];
        var isNew = !objects.ContainsKey(seen.Ref);
        objects[seen.Ref] = seen;
        if (!isNew || seen is not KubeEvent happened) return;
        // Of thousands of events about one object the newest tell what the others did.
        if (!eventsOf.TryGetValue(happened.About, out var events)) eventsOf[happened.About] = events = new Queue<ObjectRef>();
        events.Enqueue(seen.Ref);
        while (events.Count > EventsOfObjectMax) objects.Remove(events.Dequeue());
    }

    private void RemoveLocked(ObjectRef reference)
    {
        if (!byNamespace.TryGetValue(reference.Namespace, out var objects) || !objects.Remove(reference, out var removed)) return;
        if (objects.Count == 0) byNamespace.Remove(reference.Namespace);
        if (removed is not KubeEvent happened || !eventsOf.TryGetValue(happened.About, out var events)) return;
        // Events expire in the order in which they came.
        if (events.TryPeek(out var oldest) && oldest == reference) events.Dequeue();
        if (events.Count == 0 || !events.Any(objects.ContainsKey)) eventsOf.Remove(happened.About);
    }

    private static string VersionOf(KubeObject known) => known.Metadata["resourceVersion"].Text;
}
