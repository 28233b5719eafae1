using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Storage;

/// <summary>
/// Every object of the cluster, versioned, with a bounded history for watchers. One lock orders all writes;
/// whoever reads, decides and writes holds <see cref="Gate"/> throughout.
/// </summary>
internal sealed class ObjectStore(int historyEventsMax)
{
    // 2 000 pods of 4 KB are 8 MB of bytes and about 60 MB as trees: fine for a sandbox, and reads need no parsing.
    private sealed class Shelf
    {
        public readonly SortedDictionary<string, SortedDictionary<string, StoredObject>> ByNamespace = new(StringComparer.Ordinal);
        public readonly Queue<StoreChange> History = new();
        public int Count;

        /// <summary>Version of the newest change that history no longer holds.</summary>
        public long CompactedVersion;
        public readonly WatchHub Hub = new();
    }

    private readonly Dictionary<ResourceType, Shelf> shelves = ResourceCatalogue.All.ToDictionary(type => type, _ => new Shelf());
    private readonly Dictionary<string, HashSet<(ResourceType Type, string Namespace, string Name)>> owned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredObject> byUid = new(StringComparer.Ordinal);
    private long version = 1;

    public Lock Gate { get; } = new();

    /// <summary>Called under the gate after every write; must only note the change.</summary>
    public Action<StoredObject, StoredObject?, ChangeKind>? Noted { get; set; }

    public long Version
    {
        get { lock (Gate) return version; }
    }

    public int Count(ResourceType type)
    {
        lock (Gate) return shelves[type].Count;
    }

    public StoredObject? Find(ResourceType type, string ns, string name)
    {
        lock (Gate)
        {
            return shelves[type].ByNamespace.TryGetValue(ns, out var named) && named.TryGetValue(name, out var found) ? found : null;
        }
    }

    public StoredObject? FindUid(string uid)
    {
        lock (Gate) return byUid.GetValueOrDefault(uid);
    }

    /// <summary>Objects in namespace-and-name order; an empty namespace means all of them.</summary>
    public List<StoredObject> List(ResourceType type, string ns, out long atVersion)
    {
        lock (Gate)
        {
            atVersion = version;
            var shelf = shelves[type];
            if (ns.Length > 0 || !type.Namespaced) return shelf.ByNamespace.TryGetValue(ns, out var named) ? [.. named.Values] : [];
            var all = new List<StoredObject>(shelf.Count);
            foreach (var each in shelf.ByNamespace.Values) all.AddRange(each.Values);
            return all;
        }
    }

    public List<StoredObject> List(ResourceType type, string ns = "") => List(type, ns, out _);

    /// <summary>The objects that name <paramref name="uid"/> as an owner.</summary>
    public List<StoredObject> OwnedBy(string uid)
    {
        lock (Gate)
        {
            var found = new List<StoredObject>();
            if (!owned.TryGetValue(uid, out var keys)) return found;
            foreach (var (type, ns, name) in keys)
            {
                if (Find(type, ns, name) is { } each) found.Add(each);
            }

            found.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name)); // hash order would leak into behaviour
            return found;
        }
    }

    /// <summary>Stores the object under the next version; <paramref name="body"/> belongs to the store from here on.</summary>
    public StoredObject Put(ResourceType type, JsonObject body)
    {
        lock (Gate)
        {
            var next = ++version;
            body.Ensure("metadata")["resourceVersion"] = next.ToString(CultureInfo.InvariantCulture);
            var stored = new StoredObject(new ObjectImage(type, body, next), body);
            var shelf = shelves[type];
            if (!shelf.ByNamespace.TryGetValue(stored.Namespace, out var named)) shelf.ByNamespace[stored.Namespace] = named = new(StringComparer.Ordinal);
            named.TryGetValue(stored.Name, out var previous);
            named[stored.Name] = stored;
            if (previous is null) shelf.Count++;
            else Unindex(previous);
            Index(stored);
            Note(shelf, stored, previous, previous is null ? ChangeKind.Added : ChangeKind.Modified);
            return stored;
        }
    }

    public void Remove(StoredObject current)
    {
        lock (Gate)
        {
            var shelf = shelves[current.Type];
            if (!shelf.ByNamespace.TryGetValue(current.Namespace, out var named) || !named.Remove(current.Name)) return;
            if (named.Count == 0) shelf.ByNamespace.Remove(current.Namespace);
            shelf.Count--;
            Unindex(current);
            var next = ++version;
            var last = current.Body.Copy();
            last.Ensure("metadata")["resourceVersion"] = next.ToString(CultureInfo.InvariantCulture);
            Note(shelf, new StoredObject(new ObjectImage(current.Type, last, next), last), current, ChangeKind.Deleted);
        }
    }

    private void Note(Shelf shelf, StoredObject stored, StoredObject? previous, ChangeKind kind)
    {
        var change = new StoreChange(kind, stored.Image, previous?.Image);
        shelf.History.Enqueue(change);
        while (shelf.History.Count > historyEventsMax) shelf.CompactedVersion = shelf.History.Dequeue().Image.Version;
        shelf.Hub.Publish(change);
        Noted?.Invoke(stored, previous, kind);
    }

    /// <summary>
    /// Starts a watcher after <paramref name="sinceVersion"/>: what history holds since then is already in its queue.
    /// Null when that version has been compacted away.
    /// </summary>
    public Watcher? Watch(ResourceType type, string ns, long sinceVersion, int queueMax, out long compactedVersion)
    {
        lock (Gate)
        {
            var shelf = shelves[type];
            compactedVersion = shelf.CompactedVersion;
            if (sinceVersion < shelf.CompactedVersion) return null;
            var backlog = shelf.History.Where(change => change.Image.Version > sinceVersion && (ns.Length == 0 || change.Image.Namespace == ns)).ToArray();
            var watcher = new Watcher(shelf.Hub, ns, Math.Max(queueMax, backlog.Length + 1));
            foreach (var change in backlog) watcher.Offer(change);
            shelf.Hub.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Forgets history up to now, as the real server's five-minute compaction does.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            foreach (var shelf in shelves.Values)
            {
                shelf.History.Clear();
                shelf.CompactedVersion = version;
            }
        }
    }

    /// <summary>The newest version that no longer can be read of this type.</summary>
    public long CompactedVersion(ResourceType type)
    {
        lock (Gate) return shelves[type].CompactedVersion;
    }

    private void Index(StoredObject stored)
    {
        byUid[stored.Uid] = stored;
        foreach (var owner in stored.Body.Items("metadata", "ownerReferences"))
        {
            if (owner.Text("uid") is not { } uid) continue;
            if (!owned.TryGetValue(uid, out var keys)) owned[uid] = keys = [];
            keys.Add((stored.Type, stored.Namespace, stored.Name));
        }
    }

    private void Unindex(StoredObject stored)
    {
        byUid.Remove(stored.Uid);
        foreach (var owner in stored.Body.Items("metadata", "ownerReferences"))
        {
            if (owner.Text("uid") is not { } uid || !owned.TryGetValue(uid, out var keys)) continue;
            keys.Remove((stored.Type, stored.Namespace, stored.Name));
            if (keys.Count == 0) owned.Remove(uid);
        }
    }
}
