using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Prunella.EndToEnd.Processes;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;
using Prunella.Kubernetes.Connection;

namespace Prunella.EndToEnd.Scenarios;

/// <summary>A scenario's own namespace on the real cluster, from its manifests to its faults; ends with it.</summary>
internal sealed class ScenarioPlace : IAsyncDisposable
{
    private static readonly ApiKind Namespaces = new("Namespace", "v1", "namespaces", Namespaced: false);
    private static readonly ApiKind Accounts = new("ServiceAccount", "v1", "serviceaccounts");

    private static readonly ApiKind[] Kinds =
    [
        ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet, ApiKind.Job, ApiKind.Service, ApiKind.ConfigMap, ApiKind.PersistentVolumeClaim, ApiKind.NetworkPolicy, ApiKind.HorizontalPodAutoscaler,
        new("Secret", "v1", "secrets"), new("ResourceQuota", "v1", "resourcequotas"), new("LimitRange", "v1", "limitranges"), new("Ingress", "networking.k8s.io/v1", "ingresses"),
        new("PodDisruptionBudget", "policy/v1beta1", "poddisruptionbudgets"),
    ];

    private readonly IServiceProvider services;
    private readonly ClusterApi api;
    private readonly string @namespace;

    private ScenarioPlace(IServiceProvider services, string @namespace) => (this.services, this.@namespace, api) = (services, @namespace, services.GetRequiredService<ClusterApi>());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Creates the namespace and, when pods are taken there, what the scenario deploys; well where it says so.</summary>
    internal static async Task<ScenarioPlace> OpenAsync(IServiceProvider services, Scenario scenario, string @namespace)
    {
        var place = new ScenarioPlace(services, @namespace);
        await place.api.CreateAsync(Namespaces, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = @namespace } }, dryRun: false, Cancellation);
        try
        {
            await Patience.UntilAsync(async () => (await place.api.FindAsync(Accounts, @namespace, "default", Cancellation))?["secrets"] is not null, "the default service account");
            foreach (var manifest in scenario.Manifests) await place.api.CreateAsync(KindOf(manifest), @namespace, manifest.DeepClone(), dryRun: false, Cancellation);
            if (scenario.AfterReady) await Patience.UntilAsync(place.IsWellAsync, $"{scenario.Name} to be well before it is broken");
            return place;
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    /// <summary>Injects the scenario's faults and rolls out its patches.</summary>
    internal async Task BreakAsync(Scenario scenario)
    {
        foreach (var fault in scenario.Faults)
        {
            var document = (JsonObject)fault.DeepClone();
            document["metadata"]!["namespace"] = @namespace;
            var experiment = ChaosFile.Read("scenario", [JsonSerializer.SerializeToElement(document)])[0];
            await services.GetRequiredService<ChaosInjector>().InjectAsync(experiment, "00000e2e", 1, Cancellation);
        }
        foreach (var release in scenario.Patches)
            await api.PatchAsync(KindOf(release["target"]!), @namespace, release["target"]!["name"]!.GetValue<string>(), release["patch"]!.DeepClone(), dryRun: false, Cancellation);
    }

    /// <summary>Whether every workload has rolled out and all its pods are ready.</summary>
    internal async Task<bool> IsWellAsync()
    {
        foreach (var kind in (ApiKind[])[ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet])
        {
            foreach (var workload in await api.ListAsync<JsonObject>(kind, @namespace, Cancellation))
            {
                var wanted = Number(workload, kind == ApiKind.DaemonSet ? "status" : "spec", kind == ApiKind.DaemonSet ? "desiredNumberScheduled" : "replicas");
                var ready = Number(workload, "status", kind == ApiKind.DaemonSet ? "numberReady" : "readyReplicas");
                if (Number(workload, "status", "observedGeneration") < Number(workload, "metadata", "generation") || ready != wanted || (kind == ApiKind.DaemonSet && wanted == 0)) return false;
            }
        }
        return true;
    }

    /// <summary>Name and wished replicas of the deployments.</summary>
    internal async Task<Dictionary<string, long>> ReplicasAsync() =>
        (await api.ListAsync<JsonObject>(ApiKind.Deployment, @namespace, Cancellation)).ToDictionary(workload => workload["metadata"]!["name"]!.GetValue<string>(), workload => Number(workload, "spec", "replicas"), StringComparer.Ordinal);

    /// <summary>Whether the scenario's one job has succeeded.</summary>
    internal async Task<bool> IsDoneAsync() => (await api.GetAsync(ApiKind.Job, @namespace, "job", Cancellation))["status"]?["succeeded"] is not null;

    public async ValueTask DisposeAsync()
    {
        var live = await api.GetAsync(Namespaces, "", @namespace, CancellationToken.None);
        await api.DeleteAsync(Namespaces, "", @namespace, live["metadata"]!["uid"]!.GetValue<string>(), CancellationToken.None);
    }

    private static ApiKind KindOf(JsonNode named) => Kinds.First(candidate => candidate.Name == named["kind"]!.GetValue<string>());

    private static long Number(JsonNode workload, string part, string name) => workload[part]?[name]?.GetValue<long>() ?? 0;
}
