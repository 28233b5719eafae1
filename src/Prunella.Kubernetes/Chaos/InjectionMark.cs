using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// What an injection writes on each object it touches, in the same write as the change itself: enough to tell the failure from a
/// real one, and to undo it without anything else, after a kill at any moment.
/// </summary>
internal sealed record InjectionMark
{
    internal const string Prefix = "chaos.prunella.io/";

    // The API refuses objects with more than 256 KiB of annotations in all.
    internal const int CharactersMax = 200_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required string Id { get; init; }
    public required string Experiment { get; init; }
    public required string Fault { get; init; }

    /// <summary>The namespace that the experiment was about, which a node does not tell by itself.</summary>
    public required string Namespace { get; init; }

    /// <summary>The object that it was written on. The deployment controller copies annotations to replica sets; a copy undoes nothing.</summary>
    public string On { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the object itself was made by the injection.</summary>
    public bool Created { get; init; }

    /// <summary>Whether processes were started in the pod's containers.</summary>
    public bool Processes { get; init; }

    /// <summary>Pods that were hit, where the mark stands on their owner.</summary>
    public IReadOnlyList<string> Pods { get; init; } = [];

    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    internal string Key => Prefix + Id;

    /// <exception cref="ChaosRefusedException">What would have to be kept is too large.</exception>
    internal void WriteOn(JsonObject live)
    {
        var text = JsonSerializer.Serialize(this with { On = NameOf(live) }, Json);
        if (text.Length > CharactersMax) throw new ChaosRefusedException($"What {Experiment} would change is {text.Length} characters long, more than an annotation may keep ({CharactersMax}); it could not be restored, so it is not done.");
        var metadata = (JsonObject)live["metadata"]!;
        if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
        annotations[Key] = text;
    }

    /// <summary>Whether the mark came here by a copy of the annotations.</summary>
    internal bool IsCopy(JsonNode live) => On != NameOf(live);

    private static string NameOf(JsonNode live) => $"{live["kind"]}/{live["metadata"]?["name"]}";

    /// <summary>The marks on an object, oldest first; what cannot be read as one is none.</summary>
    internal static List<InjectionMark> ReadFrom(JsonNode live)
    {
        var marks = new List<InjectionMark>();
        if (live["metadata"]?["annotations"] is not JsonObject annotations) return marks;
        foreach (var (key, value) in annotations)
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal) || value is null) continue;
            try
            {
                if (JsonSerializer.Deserialize<InjectionMark>(value.GetValue<string>(), Json) is { } mark && mark.Key == key) marks.Add(mark);
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException)
            {
                // Somebody else's text under our prefix changes nothing.
            }
        }
        marks.Sort((one, other) => one.At.CompareTo(other.At));
        return marks;
    }
}
