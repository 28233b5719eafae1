using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Actions;

/// <summary>Evictions, which disruption budgets can refuse; pods are never deleted.</summary>
internal static class Evictions
{
    /// <summary>Asks to evict the pod of exactly that uid: policy/v1 (since 1.22), else policy/v1beta1.</summary>
    /// <exception cref="ClusterApiException">Refused; <see cref="ClusterFailure.DisruptionBudget"/> when a budget stands against it.</exception>
    internal static async Task EvictAsync(ClusterApi api, string @namespace, string pod, string uid, bool dryRun, CancellationToken cancellation)
    {
        try
        {
            await api.CreateSubresourceAsync(ApiKind.Pod, @namespace, pod, "eviction", Body("policy/v1", @namespace, pod, uid, dryRun), dryRun, cancellation);
        }
        catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Refused && exception.Status is 400 or 415)
        {
            // An older server does not know the version and has done nothing.
            await api.CreateSubresourceAsync(ApiKind.Pod, @namespace, pod, "eviction", Body("policy/v1beta1", @namespace, pod, uid, dryRun), dryRun, cancellation);
        }
    }

    private static JsonObject Body(string version, string @namespace, string pod, string uid, bool dryRun)
    {
        var options = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = uid } };
        if (dryRun) options["dryRun"] = new JsonArray("All");
        return new JsonObject
        {
            ["apiVersion"] = version,
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = @namespace },
            ["deleteOptions"] = options,
        };
    }
}
