using k8s.Models;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>An object on the way from a pod to its top owner.</summary>
internal sealed record OwnedObject(string Kind, string Namespace, string Name, string Uid);

/// <summary>Follows controller references upwards as far as the kinds are known.</summary>
internal sealed class OwnerChain(ClusterApi api)
{
    private const int DepthMax = 5;

    /// <summary>The top owner that can be acted on, or why there is none.</summary>
    internal async Task<(OwnedObject? Top, string Why)> TopAsync(string kind, string @namespace, V1ObjectMeta metadata, CancellationToken cancellation)
    {
        var path = new List<string> { $"{kind} {metadata.Name}" };
        var current = (Kind: kind, Metadata: metadata);
        for (var depth = 0; depth < DepthMax; depth++)
        {
            var owner = current.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);
            // A mirror pod is owned by its node, which runs it from a file: restarting or patching it does nothing.
            if (owner is { Kind: "Node" }) return (null, $"{path[^1]} is a static pod of node {owner.Name}: it is not run by the API");
            if (owner is null || (ApiKind.Find(owner.Kind) is null && current.Kind is not ("Pod" or "ReplicaSet")))
            {
                return (new OwnedObject(current.Kind, @namespace, current.Metadata.Name, current.Metadata.Uid ?? ""), string.Join(" → ", path));
            }
            if (ApiKind.Find(owner.Kind) is null) return (null, $"{string.Join(" → ", path)} is owned by {owner.Kind} {owner.Name}, a kind that is not acted on");
            var found = await FindMetadataAsync(owner.Kind, @namespace, owner.Name, cancellation);
            if (found is null || found.Uid != owner.Uid) return (null, $"{string.Join(" → ", path)} names {owner.Kind} {owner.Name} as its owner, which does not exist any more");
            path.Add($"{owner.Kind} {owner.Name}");
            current = (owner.Kind, found);
        }
        return (null, $"{string.Join(" → ", path)}: more than {DepthMax} owners");
    }

    /// <summary>The metadata of an object; null when it does not exist.</summary>
    internal async Task<V1ObjectMeta?> FindMetadataAsync(string kind, string @namespace, string name, CancellationToken cancellation)
    {
        var apiKind = ApiKind.Find(kind);
        if (apiKind is null) return null;
        var found = await api.FindAsync(apiKind, @namespace, name, cancellation);
        if (found is null && apiKind == ApiKind.CronJob) found = await api.FindAsync(ApiKind.CronJobBeta, @namespace, name, cancellation);
        return found?["metadata"] is { } metadata ? ObjectJson.Read<V1ObjectMeta>(metadata) : null;
    }
}
