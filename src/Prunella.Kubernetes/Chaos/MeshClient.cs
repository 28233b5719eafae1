using System.Text.Json.Nodes;
using Prunella.Kubernetes.Chaos.Reading;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Chaos;

/// <summary>Runs experiments through Chaos Mesh: creates its object, waits until it says that all are injected, deletes it after.</summary>
internal sealed class MeshClient(ClusterApi api, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the mesh may take to inject before the experiment is called failed.</summary>
    internal static readonly TimeSpan InjectWithin = TimeSpan.FromSeconds(60);

    internal static ApiKind KindOf(string meshKind) => new(meshKind, ChaosFile.MeshVersion, meshKind == "Schedule" ? "schedules" : meshKind.ToLowerInvariant());

    /// <summary>Whether the cluster serves a kind of Chaos Mesh.</summary>
    internal async Task<bool> ServesAsync(string meshKind, string @namespace, CancellationToken cancellation)
    {
        try
        {
            await api.ListAsync<System.Text.Json.JsonElement>(KindOf(meshKind), @namespace, cancellation);
            return true;
        }
        catch (ClusterApiException failure) when (failure.Failure is ClusterFailure.NotFound)
        {
            return false;
        }
    }

    /// <summary>Creates the object with the injection's label and waits until all of it is in effect.</summary>
    /// <exception cref="ChaosRefusedException">The mesh did not inject in time, or says why it cannot; the object is deleted again.</exception>
    internal async Task<IReadOnlyList<string>> InjectAsync(Experiment experiment, string id, CancellationToken cancellation)
    {
        var kind = KindOf(experiment.MeshKind!);
        var body = (JsonObject)JsonNode.Parse(experiment.Manifest.GetRawText())!;
        body.Remove("status");
        var name = experiment.Name;
        body["metadata"] = new JsonObject
        {
            ["name"] = name, ["namespace"] = experiment.Namespace, ["labels"] = new JsonObject { ["chaos.prunella.io/id"] = id },
        };
        await api.CreateAsync(kind, experiment.Namespace, body, dryRun: false, cancellation);
        if (experiment.Schedule is not null) return [$"{experiment.MeshKind} {experiment.Namespace}/{name} was handed to Chaos Mesh"];
        var started = time.GetTimestamp();
        JsonNode? last = null;
        try
        {
            while (time.GetElapsedTime(started) < InjectWithin)
            {
                last = (await api.GetAsync(kind, experiment.Namespace, name, cancellation))["status"];
                if (Condition(last, "Selected") == "False") break;
                if (Condition(last, "AllInjected") == "True") return [$"{experiment.MeshKind} {experiment.Namespace}/{name} is injected by Chaos Mesh", .. Records(last)];
                await Task.Delay(Interval, time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            await EndAsync(experiment, CancellationToken.None);
            throw;
        }
        await EndAsync(experiment, CancellationToken.None);
        throw new ChaosRefusedException($"{experiment.Source}: Chaos Mesh did not inject {experiment.MeshKind} {experiment.Namespace}/{name} within {InjectWithin.TotalSeconds:0} s; its status: {Workloads.InertText.OneLine(last?.ToJsonString() ?? "none", 500)}");
    }

    /// <summary>Deletes the object; the mesh undoes what it did.</summary>
    /// <returns>Whether it was there.</returns>
    internal async Task<bool> EndAsync(Experiment experiment, CancellationToken cancellation)
    {
        var kind = KindOf(experiment.MeshKind!);
        if (await api.FindAsync(kind, experiment.Namespace, experiment.Name, cancellation) is not { } live) return false;
        await api.DeleteAsync(kind, experiment.Namespace, experiment.Name, live["metadata"]!["uid"]!.GetValue<string>(), cancellation);
        return true;
    }

    /// <summary>Deletes every object of ours in a namespace.</summary>
    internal async Task<IReadOnlyList<string>> EndAllAsync(string @namespace, CancellationToken cancellation)
    {
        var ended = new List<string>();
        foreach (var meshKind in (string[])["PodChaos", "StressChaos", "NetworkChaos", "Schedule"])
        {
            if (!await ServesAsync(meshKind, @namespace, cancellation)) continue;
            var kind = KindOf(meshKind);
            foreach (var item in await api.ListAsync<JsonObject>(kind, @namespace, cancellation, labels: "chaos.prunella.io/id"))
            {
                var name = item["metadata"]!["name"]!.GetValue<string>();
                await api.DeleteAsync(kind, @namespace, name, item["metadata"]!["uid"]!.GetValue<string>(), cancellation);
                ended.Add($"{meshKind} {@namespace}/{name}");
            }
        }
        return ended;
    }

    private static string? Condition(JsonNode? status, string type) =>
        (status?["conditions"] as JsonArray)?.FirstOrDefault(condition => condition?["type"]?.GetValue<string>() == type)?["status"]?.GetValue<string>();

    private static IEnumerable<string> Records(JsonNode? status) =>
        (status?["experiment"]?["containerRecords"] as JsonArray)?.Select(record => $"{record?["phase"]} {record?["id"]}") ?? [];
}
