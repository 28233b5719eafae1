using System.Text.Json;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Collects what was read into a <see cref="ClusterSnapshot"/>. Not thread-safe.</summary>
public sealed class SnapshotBuilder
{
    // Kinds without a namespace, as far as the causes look at them; a custom one counts as namespaced when it names one.
    private static readonly HashSet<string> ClusterWide =
    [
        "Node", "Namespace", "PersistentVolume", "StorageClass", "IngressClass", "GatewayClass", "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration", "ClusterRole", "ClusterRoleBinding", "RuntimeClass", "PriorityClass", "CustomResourceDefinition", "APIService", "CSIDriver",
    ];

    private const int DumpKindsMin = 4;
    private static readonly string[] OfDump = ["Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"];

    private readonly Dictionary<ObjectRef, KubeObject> objects = [];
    private readonly Dictionary<(string, bool), ContainerLog> logs = [];
    private readonly List<MetricSeries> metrics = [];
    private readonly HashSet<(string, string)> known = [];
    private readonly List<string> unread = [];
    private readonly List<Pod> gone = [];
    private readonly List<Shrinking> shrunk = [];

    /// <summary>Adds the objects of a file: JSON or YAML, a list or many documents.</summary>
    /// <exception cref="SnapshotUnreadableException">The file is missing, too large, or neither JSON nor YAML.</exception>
    public SnapshotBuilder AddFile(string path)
    {
        foreach (var document in ObjectFile.Read(path)) Add(document);
        return this;
    }

    /// <summary>Adds the objects of a text.</summary>
    /// <exception cref="SnapshotUnreadableException">It is neither JSON nor YAML.</exception>
    public SnapshotBuilder AddText(string name, ReadOnlyMemory<byte> content)
    {
        foreach (var document in ObjectFile.Parse(name, content)) Add(document);
        return this;
    }

    /// <summary>Adds logs laid out as <c>namespace/pod/container[.previous].log</c> below a folder.</summary>
    /// <exception cref="SnapshotUnreadableException">There is no such folder, or it cannot be read.</exception>
    public SnapshotBuilder AddLogs(string folder)
    {
        if (!Directory.Exists(folder)) throw new SnapshotUnreadableException($"{folder} is no folder. Expected logs laid out as namespace/pod/container.log and container.previous.log.");
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
                if (parts.Length != 3) continue;
                var name = parts[2][..^".log".Length];
                var previous = name.EndsWith(".previous", StringComparison.Ordinal);
                AddLog(parts[0], parts[1], previous ? name[..^".previous".Length] : name, previous, ReadTail(file));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotUnreadableException($"{folder} cannot be read: {exception.Message}", exception);
        }
        return this;
    }

    /// <summary>Adds the end of a container's log.</summary>
    public SnapshotBuilder AddLog(string @namespace, string pod, string container, bool previous, string text)
    {
        var path = $"{@namespace}/{pod}/{container}";
        logs[(path, previous)] = new ContainerLog(path, previous, text);
        return this;
    }

    /// <summary>Adds the series of a file that holds an answer of Prometheus.</summary>
    /// <exception cref="SnapshotUnreadableException">It is no JSON.</exception>
    public SnapshotBuilder AddMetrics(string path)
    {
        foreach (var document in ObjectFile.Read(path)) metrics.AddRange(MetricSeries.FromAnswer(document));
        return this;
    }

    /// <summary>Notes that every object of a kind was listed in a namespace (<c>*</c> for all): an absent one does not exist.</summary>
    internal void Know(string kind, string @namespace) => known.Add((kind, @namespace));

    /// <summary>Adds a pod that was seen to go a moment ago.</summary>
    internal void AddGone(Pod pod) => gone.Add(pod);

    /// <summary>Adds that a workload was given fewer replicas some minutes ago.</summary>
    internal void AddShrinking(Shrinking less) => shrunk.Add(less);

    /// <summary>Notes that something could not be read.</summary>
    internal void AddUnread(string what) => unread.Add(what);

    /// <summary>Adds one object, or the items of a list.</summary>
    internal void Add(JsonElement document, string kind = "")
    {
        var root = new Field(document);
        if (kind.Length == 0) kind = root["kind"].Text;
        if (document.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in document.EnumerateArray()) Add(item);
            return;
        }
        if (document.ValueKind != JsonValueKind.Object) return;
        if (kind.EndsWith("List", StringComparison.Ordinal) && document.TryGetProperty("items", out var items))
        {
            var of = kind[..^"List".Length];
            if (items.ValueKind == JsonValueKind.Array) foreach (var item in items.EnumerateArray()) Add(item, new Field(item)["kind"].TextOrNull ?? of);
            return;
        }
        if (root["status"]["errors"].Exists is false && root["data"]["result"].Exists && kind.Length == 0)
        {
            metrics.AddRange(MetricSeries.FromAnswer(document));
            return;
        }
        if (kind.Length > 0 && Make(root, kind) is { } made) Add(made);
    }

    /// <summary>Adds an object that was made before; it is shared, not copied.</summary>
    internal void Add(KubeObject made)
    {
        objects[made.Ref] = made;
        known.Add((made.Kind, made.Namespace));
    }

    /// <summary>The object of a kind; null when it has no name.</summary>
    internal static KubeObject? Make(Field root, string kind, DateTimeOffset? writtenAt = null)
    {
        if (root["metadata"]["name"].Text.Length == 0) return null;
        var given = root["metadata"]["namespace"].Text;
        var @namespace = ClusterWide.Contains(kind) ? "" : given.Length > 0 ? given : "default";
        return kind switch
        {
            "Pod" => new Pod(root, @namespace) { WrittenAt = writtenAt },
            "Event" => new KubeEvent(root, @namespace) { WrittenAt = writtenAt },
            _ => new KubeObject(root, kind, @namespace) { WrittenAt = writtenAt },
        };
    }

    /// <summary>The snapshot.</summary>
    /// <param name="readAt">When it was read from a live cluster; null for files, whose newest time counts.</param>
    public ClusterSnapshot Build(DateTimeOffset? readAt = null) =>
        new([.. objects.Values], logs, metrics, readAt is null ? WithWhole() : [.. known], unread, [.. gone], [.. shrunk], readAt ?? objects.Values.Max(NewestTime) ?? DateTimeOffset.UnixEpoch);

    // Files do not say what was listed and found empty. Four kinds with workloads among them are a dump of the namespace, as
    // kubectl get all makes it; less may be a selection, of which nothing is concluded.
    private HashSet<(string, string)> WithWhole()
    {
        var whole = new HashSet<(string, string)>(known);
        foreach (var group in known.Where(entry => entry.Item2.Length > 0 && entry.Item1 != "Event").GroupBy(entry => entry.Item2))
        {
            if (group.Count() < DumpKindsMin || !group.Any(entry => OfDump.Contains(entry.Item1) && entry.Item1 != "Service")) continue;
            foreach (var kind in OfDump) whole.Add((kind, group.Key));
        }
        return whole;
    }

    /// <summary>The newest time that an object tells about itself.</summary>
    internal static DateTimeOffset? NewestTime(KubeObject candidate)
    {
        var newest = candidate is KubeEvent { At: { } at } ? at : candidate.CreatedAt;
        foreach (var condition in candidate.Status["conditions"].Items)
        {
            newest = Later(newest, condition["lastTransitionTime"].Time);
            newest = Later(newest, condition["lastHeartbeatTime"].Time);
            newest = Later(newest, condition["lastUpdateTime"].Time);
        }
        if (candidate is Pod pod)
        {
            foreach (var container in pod.Containers) newest = Later(Later(newest, container.StartedAt), container.EndedAt);
        }
        return newest;
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static string ReadTail(string file)
    {
        const int BytesMax = 1 << 20;
        using var stream = File.OpenRead(file);
        if (stream.Length > BytesMax) stream.Seek(-BytesMax, SeekOrigin.End);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
