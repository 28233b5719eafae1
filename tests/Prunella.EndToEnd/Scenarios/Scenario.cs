using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.EndToEnd.Processes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.EndToEnd.Scenarios;

/// <summary>One trouble as data: what is deployed, what is broken then, and what a diagnosis has to say. <c>none</c> is an answer.</summary>
internal sealed record Scenario
{
    internal const string None = "none";

    internal required string Name { get; init; }

    /// <summary>The cause that has to stand first, or <see cref="None"/>.</summary>
    internal required string Expect { get; init; }

    /// <summary><c>Kind/name</c> of what the cause is about.</summary>
    internal string Target { get; init; } = "";

    /// <summary>Actions that may be proposed; any other is a wrong one.</summary>
    internal IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Other causes that are true at the same time.</summary>
    internal IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Whether the workloads are well before something is broken.</summary>
    internal bool AfterReady { get; init; }

    /// <summary>For a control: <c>ready</c> or <c>done</c>, the state in which nothing may be found.</summary>
    internal string Until { get; init; } = "";

    /// <summary>What a person has to be told when nothing can be done: the names of what is missing.</summary>
    internal IReadOnlyList<string> Says { get; init; } = [];

    internal List<JsonObject> Manifests { get; } = [];

    internal List<JsonObject> Faults { get; } = [];

    /// <summary>Releases that are patches, in place of a fault.</summary>
    internal List<JsonObject> Patches { get; } = [];

    /// <summary>Every scenario of the files of a folder beside the tests, in their order.</summary>
    internal static IReadOnlyList<Scenario> ReadAll(string folder = "Scenarios")
    {
        var scenarios = new List<Scenario>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/Prunella.EndToEnd", folder), "*.yaml").Order(StringComparer.Ordinal))
        {
            foreach (var document in ObjectFile.Read(file))
            {
                var node = (JsonObject)JsonNode.Parse(document.GetRawText())!;
                if (Text(node["kind"]) == "Scenario") scenarios.Add(Head(node));
                else if (Text(node["kind"]) == "Patch") scenarios[^1].Patches.Add(node);
                else if (Text(node["apiVersion"]).StartsWith("prunella.io/", StringComparison.Ordinal) || Text(node["apiVersion"]).StartsWith("chaos-mesh.org/", StringComparison.Ordinal)) scenarios[^1].Faults.Add(node);
                else scenarios[^1].Manifests.Add(node);
            }
        }
        scenarios.Select(scenario => scenario.Name).ShouldBeUnique();
        return scenarios;
    }

    private static Scenario Head(JsonObject node)
    {
        var spec = node["spec"]!;
        return new Scenario
        {
            Name = Text(node["metadata"]!["name"]), Expect = Text(spec["expect"]), Target = Text(spec["target"]), AfterReady = Text(spec["after"]) == "ready", Until = Text(spec["until"]),
            Actions = Texts(spec["actions"]), Also = Texts(spec["also"]), Says = Texts(spec["says"]),
        };
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static IReadOnlyList<string> Texts(JsonNode? node) => [.. (node as JsonArray)?.Select(Text) ?? []];
}
