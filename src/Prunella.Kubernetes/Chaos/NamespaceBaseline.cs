using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>
/// What a namespace's workloads, services and config maps ask for, kept so that the next experiment of a game day starts from the
/// same place: there, and only there, even a fix is taken back.
/// </summary>
public sealed class NamespaceBaseline
{
    private static readonly ApiKind[] Kinds = [ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet, ApiKind.Service, ApiKind.ConfigMap];
    private static readonly string[] Parts = ["spec", "data", "binaryData"];
    private readonly List<(ObjectRef Target, JsonObject Saved)> saved = [];
    private readonly ClusterApi api;
    private readonly MarkedObjects objects;

    private NamespaceBaseline(ClusterApi api) => (this.api, objects) = (api, new MarkedObjects(api));

    internal static async Task<NamespaceBaseline> TakeAsync(ClusterApi api, string @namespace, CancellationToken cancellation)
    {
        var baseline = new NamespaceBaseline(api);
        foreach (var kind in Kinds)
        {
            foreach (var item in await api.ListAsync<JsonObject>(kind, @namespace, cancellation))
            {
                var kept = new JsonObject();
                foreach (var part in Parts) if (item[part] is { } value) kept[part] = value.DeepClone();
                baseline.saved.Add((new ObjectRef(kind.Name, @namespace, item["metadata"]!["name"]!.GetValue<string>()), kept));
            }
        }
        return baseline;
    }

    /// <summary>Puts back what differs.</summary>
    /// <returns>The objects that were put back.</returns>
    /// <exception cref="ClusterApiException">The API refused or was lost; call again.</exception>
    public async Task<IReadOnlyList<ObjectRef>> PutBackAsync(CancellationToken cancellation)
    {
        var changed = new List<ObjectRef>();
        foreach (var (target, kept) in saved)
        {
            var differs = false;
            await objects.ChangeAsync(target, live =>
            {
                differs = Parts.Any(part => !JsonNode.DeepEquals(live[part], kept[part]));
                foreach (var part in Parts)
                {
                    if (kept[part] is { } value) live[part] = value.DeepClone();
                    else live.Remove(part);
                }
                return differs;
            }, cancellation);
            if (differs) changed.Add(target);
        }
        return changed;
    }

    /// <summary>Whether every workload has all that it asks for.</summary>
    public async Task<bool> IsWellAsync(CancellationToken cancellation)
    {
        foreach (var (target, _) in saved.Where(one => one.Target.Kind is "Deployment" or "StatefulSet"))
        {
            if (await api.FindAsync(MarkedObjects.KindOf(target), target.Namespace, target.Name, cancellation) is not { } live) return false;
            long Number(string part, string name) => live[part]?[name]?.GetValue<long>() ?? 0;
            var wanted = Number("spec", "replicas");
            if (Number("status", "observedGeneration") < Number("metadata", "generation") || Number("status", "readyReplicas") != wanted || Number("status", "updatedReplicas") != wanted || Number("status", "replicas") != wanted) return false;
        }
        return true;
    }
}
