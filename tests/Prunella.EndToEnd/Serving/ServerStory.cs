using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.EndToEnd.Processes;

namespace Prunella.EndToEnd.Serving;

/// <summary>What the tests ask of the server's record.</summary>
internal static class ServerStory
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Waits until the server's operator has read the cluster.</summary>
    internal static Task UntilWatchingAsync(this PrunellaServer server) =>
        Patience.UntilAsync(() => Task.FromResult(server.Output.Contains("ClusterOperator: Watching", StringComparison.Ordinal)), "the operator to watch", () => server.Output);

    /// <summary>Waits until the server has rehearsed an incident: what comes now is not the first.</summary>
    internal static Task UntilRehearsedAsync(this PrunellaServer server) =>
        Patience.UntilAsync(() => Task.FromResult(server.Output.Contains("Rehearsed an incident", StringComparison.Ordinal)), "the rehearsal to end", () => server.Output);

    /// <summary>The incidents of a namespace, except the one of the Watchdog.</summary>
    internal static async Task<List<JsonNode>> IncidentsAsync(this PrunellaServer server, string @namespace) =>
        [.. (await server.GetAsync($"/api/v1/incidents?namespace={@namespace}"))["items"]!.AsArray().Select(incident => incident!)];

    /// <summary>Whether it is about a pod that a busy kubelet does not end in a minute: trouble of the machine, and none of the test's.</summary>
    internal static bool IsOfTheMachine(this JsonNode incident) => incident.Text("title").StartsWith("stuck-terminating: ", StringComparison.Ordinal);

    /// <summary>The one incident of a namespace; null while there is none.</summary>
    internal static async Task<JsonNode?> OnlyIncidentAsync(this PrunellaServer server, string @namespace)
    {
        var all = (await server.IncidentsAsync(@namespace)).Where(incident => !incident.IsOfTheMachine()).ToList();
        all.Count.ShouldBeLessThanOrEqualTo(1, $"one trouble is one incident, but there are: {string.Join("; ", all.Select(incident => incident.ToJsonString()))}");
        return all.Count == 0 ? null : await server.GetAsync($"/api/v1/incidents/{Id(all[0])}");
    }

    /// <summary>Waits until the one incident of a namespace is in one of the states, and returns it in full; fails when it ends in another.</summary>
    internal static async Task<JsonNode> UntilAsync(this PrunellaServer server, string @namespace, params string[] states)
    {
        JsonNode? last = null;
        await Patience.UntilAsync(async () =>
        {
            last = await server.OnlyIncidentAsync(@namespace);
            if (last is null) return false;
            if (!states.Contains(State(last)) && State(last) is "Resolved" or "Escalated" or "Closed") throw new InvalidOperationException($"The incident ended as {State(last)}:\n{Show(last)}\n{server.Output}");
            return states.Contains(State(last));
        }, $"an incident of {@namespace} to be {string.Join(" or ", states)}", () => $"{(last is null ? "no incident" : Show(last))}\n{server.Output}");
        return last!;
    }

    /// <summary>The ledger entries of an incident, in order.</summary>
    internal static async Task<List<JsonNode>> LedgerAsync(this PrunellaServer server, JsonNode incident) =>
        [.. (await server.GetAsync($"/api/v1/incidents/{Id(incident)}/ledger")).AsArray().Select(entry => entry!)];

    /// <summary>The ledger as a whole, verified by the server.</summary>
    internal static async Task ShouldHaveIntactLedgerAsync(this PrunellaServer server)
    {
        var report = await server.GetAsync("/api/v1/ledger/verify");
        ((bool)report["intact"]!).ShouldBeTrue(report.ToJsonString());
        ((long)report["entries"]!).ShouldBeGreaterThan(3);
    }

    internal static string State(this JsonNode incident) => (string)(incident["summary"] ?? incident)["state"]!;

    internal static string Id(this JsonNode incident) => (string)(incident["summary"] ?? incident)["id"]!;

    internal static string Text(this JsonNode node, params string[] path) =>
        path.Aggregate((JsonNode?)node, (at, name) => at?[name]) is { } found ? found.GetValueKind() == JsonValueKind.String ? found.GetValue<string>() : found.ToJsonString() : "";

    internal static List<JsonNode> Attempts(this JsonNode incident) => [.. incident["attempts"]!.AsArray().Select(attempt => attempt!)];

    internal static string Show(JsonNode node) => node.ToJsonString(Readable);
}
