using System.Text.Json.Nodes;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>Reads and writes objects with their marks: change and mark in one write, tried again when somebody else was first.</summary>
internal sealed class MarkedObjects(ClusterApi api)
{
    private const int TriesMax = 8;

    internal static readonly ApiKind Quota = new("ResourceQuota", "v1", "resourcequotas");

    /// <summary>The kinds on which a mark may stand.</summary>
    internal static readonly ApiKind[] Kinds = [ApiKind.Deployment, ApiKind.StatefulSet, ApiKind.DaemonSet, ApiKind.ReplicaSet, ApiKind.Job, ApiKind.Service, ApiKind.ConfigMap, ApiKind.Pod, Quota, ApiKind.Node];

    internal static ApiKind KindOf(ObjectRef target) => Kinds.FirstOrDefault(kind => kind.Name == target.Kind) ?? throw new ChaosRefusedException($"{target} is of a kind that no fault is about.");

    /// <summary>Reads, changes and writes an object.</summary>
    /// <param name="target">The object.</param>
    /// <param name="change">Changes it in place; false leaves it as it is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether the object was there.</returns>
    internal async Task<bool> ChangeAsync(ObjectRef target, Func<JsonObject, bool> change, CancellationToken cancellation)
    {
        var kind = KindOf(target);
        for (var attempt = 1; ; attempt++)
        {
            if (await api.FindAsync(kind, target.Namespace, target.Name, cancellation) is not { } live) return false;
            if (!change(live)) return true;
            try
            {
                await api.ReplaceAsync(kind, target.Namespace, target.Name, live, cancellation);
                return true;
            }
            catch (ClusterApiException failure) when (failure.Failure == ClusterFailure.Conflict && attempt < TriesMax)
            {
                // Somebody wrote in between, often the controller its status; what they wrote is read before ours is written.
            }
        }
    }
}
