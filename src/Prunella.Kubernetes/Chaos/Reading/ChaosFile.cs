using System.Globalization;
using System.Text.Json;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>
/// Reads files of experiments: manifests of Chaos Mesh (<c>chaos-mesh.org/v1alpha1</c>) and faults of our own
/// (<c>prunella.io/v1</c>, kind <c>Fault</c>), as YAML or JSON. Strict: a member that is not known is a fault, never passed over.
/// </summary>
public static class ChaosFile
{
    internal const string MeshVersion = "chaos-mesh.org/v1alpha1";
    internal const string OwnVersion = "prunella.io/v1";

    /// <summary>The experiments of a file, in its order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ChaosFileException">It has faults; all of them are told, each with file, document and field.</exception>
    /// <exception cref="SnapshotUnreadableException">It is missing or no YAML.</exception>
    public static IReadOnlyList<Experiment> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Read(path, ObjectFile.Read(path));
    }

    /// <summary>The experiments of a file for a namespace that its documents need not name.</summary>
    /// <exception cref="ChaosFileException">It has faults.</exception>
    /// <exception cref="SnapshotUnreadableException">It is missing or no YAML.</exception>
    public static IReadOnlyList<Experiment> Read(string path, string @namespace) => Read(path, ObjectFile.Read(path), @namespace);

    /// <summary>The documents of a file as they are.</summary>
    /// <exception cref="SnapshotUnreadableException">It is missing or no YAML.</exception>
    public static IReadOnlyList<JsonElement> Documents(string path) => ObjectFile.Read(path);

    /// <summary>Opens a document for reading member by member; problems are added with the place in front.</summary>
    public static StrictObject Open(JsonElement document, string place, IList<string> problems) => new(document, "", place, problems);

    /// <summary>The experiments of a text.</summary>
    /// <param name="name">What it is called in faults.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="ChaosFileException">It has faults.</exception>
    /// <exception cref="SnapshotUnreadableException">It is no YAML.</exception>
    public static IReadOnlyList<Experiment> Parse(string name, string text) => Read(name, ObjectFile.Parse(name, System.Text.Encoding.UTF8.GetBytes(text)));

    internal static IReadOnlyList<Experiment> Read(string name, IReadOnlyList<JsonElement> documents, string @namespace = "")
    {
        var problems = new List<string>();
        var experiments = new List<Experiment>();
        for (var index = 0; index < documents.Count; index++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}, document {index + 1}");
            if (ReadOne(documents[index], place, @namespace, problems) is { } experiment) experiments.Add(experiment);
        }
        if (documents.Count == 0) problems.Add($"{name}: holds no document. Expected Chaos Mesh manifests, or documents of apiVersion {OwnVersion} and kind Fault.");
        foreach (var twice in experiments.GroupBy(experiment => (experiment.Namespace, experiment.Name)).Where(group => group.Count() > 1))
            problems.Add($"{name}: metadata.name {twice.Key.Name} stands in {twice.Count()} documents; each experiment needs a name of its own");
        return problems.Count == 0 ? experiments : throw new ChaosFileException(problems);
    }

    /// <summary>One experiment; null when its document has faults, which are added to <paramref name="problems"/>.</summary>
    public static Experiment? ReadOne(JsonElement document, string place, string @namespace, IList<string> problems)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{place}: is no object with apiVersion and kind");
            return null;
        }
        var plain = new Field(document);
        var (version, kind) = (plain["apiVersion"].Text, plain["kind"].Text);
        ArgumentNullException.ThrowIfNull(problems);
        var before = problems.Count;
        var root = new StrictObject(document, "", kind.Length > 0 ? $"{place} ({kind} {plain["metadata"]["name"].Text})" : place, problems);
        root.Pass("apiVersion", "kind", "status");
        var metadata = root.Object("metadata", required: true);
        var name = metadata?.Text("name", required: true) ?? "";
        var space = metadata?.Text("namespace") ?? @namespace;
        metadata?.Pass("labels", "annotations", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "finalizers");
        metadata?.Done();
        var spec = root.Object("spec", required: true);
        root.Done();
        if (spec is null) return null;
        var head = new Experiment { Name = name, Source = place, Fault = FaultKind.PodKill, Namespace = space, Manifest = document };
        var read = (version, kind) switch
        {
            (MeshVersion, "Schedule") => MeshReader.Schedule(head, spec),
            (MeshVersion, "PodChaos" or "StressChaos" or "NetworkChaos") => MeshReader.Read(kind, head, spec),
            (OwnVersion, "Fault") => FaultReader.Read(head, spec),
            (MeshVersion, _) => Unknown(root, $"is \"{kind}\"; expected PodChaos, StressChaos, NetworkChaos or Schedule"),
            (OwnVersion, _) => Unknown(root, $"is \"{kind}\"; expected Fault"),
            _ => Unknown(root, $"is \"{kind}\" of apiVersion \"{version}\"; expected a kind of {MeshVersion}, or Fault of {OwnVersion}"),
        };
        return problems.Count == before ? read : null;
    }

    private static Experiment? Unknown(StrictObject root, string what)
    {
        root.Problem("kind", what);
        return null;
    }
}
