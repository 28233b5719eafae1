using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Rollouts as the cluster keeps them: replica sets of deployments, controller revisions of the others. Thread-safe.</summary>
internal sealed class RecentRollouts(ClusterApi api, KubernetesOptions options) : IRolloutSource
{
    private const int TextCharactersMax = 300;

    public async Task<IReadOnlyList<SeenRollout>> RolloutsAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellation)
    {
        List<SeenRollout> seen = [];
        IEnumerable<string> scopes = options.Namespaces.Count == 0 ? [""] : options.Namespaces;
        try
        {
            foreach (var scope in scopes)
            {
                foreach (var set in await api.ListAsync<V1ReplicaSet>(ApiKind.ReplicaSet, scope, cancellation))
                {
                    var images = string.Join(", ", set.Spec?.Template?.Spec?.Containers?.Select(container => container.Image) ?? []);
                    Add(seen, set.Metadata, $"revision {Rollout.Revision(set)}: {images}", since, until);
                }
                foreach (var revision in await api.ListAsync<V1ControllerRevision>(ApiKind.ControllerRevision, scope, cancellation, metadataOnly: true))
                    Add(seen, revision.Metadata, "a new revision", since, until);
            }
        }
        catch (ClusterApiException failure)
        {
            throw new WorkloadUnreadableException(failure.Message, failure.Failure == ClusterFailure.Forbidden, failure);
        }
        return [.. seen.OrderBy(rollout => rollout.At)];
    }

    private static void Add(List<SeenRollout> seen, V1ObjectMeta metadata, string text, DateTimeOffset since, DateTimeOffset until)
    {
        if (PodStates.Time(metadata.CreationTimestamp) is not { } at || at < since || at >= until || metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true) is not { } owner) return;
        seen.Add(new SeenRollout(at, new Target(Target.DefaultCluster, metadata.NamespaceProperty ?? "", owner.Kind, owner.Name), InertText.OneLine(text, TextCharactersMax)));
    }
}
