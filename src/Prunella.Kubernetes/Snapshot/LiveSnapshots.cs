using System.Text.Json;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>
/// Takes snapshots of a live cluster. Only lists and reads logs; of secrets it asks for names alone. A kind that the cluster
/// does not have is left out; one that may not be read is told in <see cref="ClusterSnapshot.Unread"/>. Thread-safe.
/// </summary>
public sealed class LiveSnapshots : ISnapshots
{
    private readonly ClusterApi api;
    private readonly KubernetesOptions options;
    private readonly TimeProvider time;

    internal LiveSnapshots(ClusterApi api, KubernetesOptions options, TimeProvider time)
    {
        this.api = api;
        this.options = options;
        this.time = time;
    }

    // Of each kind the group versions that clusters in use serve, newest first.
    private static readonly ApiKind[][] Kinds =
    [
        [ApiKind.Pod], [ApiKind.Event], [ApiKind.ReplicaSet], [ApiKind.Deployment], [ApiKind.StatefulSet], [ApiKind.DaemonSet], [ApiKind.Job],
        [ApiKind.CronJob, ApiKind.CronJobBeta], [ApiKind.Service], [new("Endpoints", "v1", "endpoints")],
        [ApiKind.Ingress, ApiKind.IngressBeta], [ApiKind.NetworkPolicy], [ApiKind.ConfigMap],
        [new("Secret", "v1", "secrets")], [new("ServiceAccount", "v1", "serviceaccounts")], [ApiKind.PersistentVolumeClaim], [new("ResourceQuota", "v1", "resourcequotas")], [new("LimitRange", "v1", "limitranges")],
        [ApiKind.PodDisruptionBudget, ApiKind.PodDisruptionBudgetBeta],
        [ApiKind.HorizontalPodAutoscalerV2, ApiKind.HorizontalPodAutoscalerV2Beta2, ApiKind.HorizontalPodAutoscaler],
        [new("Gateway", "gateway.networking.k8s.io/v1", "gateways"), new("Gateway", "gateway.networking.k8s.io/v1beta1", "gateways")],
        [new("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes"), new("HTTPRoute", "gateway.networking.k8s.io/v1beta1", "httproutes")],
        [new("PodMetrics", "metrics.k8s.io/v1beta1", "pods")],
        [ApiKind.Node], [ApiKind.Namespace], [ApiKind.StorageClass], [new("PersistentVolume", "v1", "persistentvolumes", false)], [new("IngressClass", "networking.k8s.io/v1", "ingressclasses", false)],
        [new("GatewayClass", "gateway.networking.k8s.io/v1", "gatewayclasses", false)],
        [new("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", false)],
        [new("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", false)],
    ];

    private static readonly HashSet<string> ForIncidents = ["Pod", "Event", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "PersistentVolumeClaim", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "Ingress", "Node", "Namespace"];

    /// <summary>What there is in a namespace, with nodes and the other objects of the whole cluster that it depends on.</summary>
    /// <param name="namespace">The namespace; empty for all.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="ClusterApiException">The API is away, or not even pods may be read.</exception>
    public Task<ClusterSnapshot> TakeAsync(string @namespace, CancellationToken cancellation) => TakeAsync(@namespace, Kinds, cancellation);

    /// <summary>The same with only the kinds that the roles in deploy/ allow to list.</summary>
    internal Task<ClusterSnapshot> TakeForIncidentAsync(string @namespace, CancellationToken cancellation) => TakeAsync(@namespace, [.. Kinds.Where(kinds => ForIncidents.Contains(kinds[0].Name))], cancellation);

    Task<ClusterSnapshot> ISnapshots.TakeForIncidentAsync(Target target, CancellationToken cancellation) => TakeForIncidentAsync(target.Namespace, cancellation);

    private async Task<ClusterSnapshot> TakeAsync(string @namespace, ApiKind[][] wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(@namespace);
        var builder = new SnapshotBuilder();
        var lists = await Task.WhenAll(wanted.Select(kinds => ListAsync(kinds, @namespace, cancellation)));
        foreach (var (kind, items, why) in lists)
        {
            if (why is not null) builder.AddUnread(why);
            if (items is null) continue;
            foreach (var item in items) builder.Add(item, kind.Name);
            builder.Know(kind.Name, kind.Namespaced && @namespace.Length > 0 ? @namespace : kind.Namespaced ? "*" : "");
        }
        var found = builder.Build(time.GetUtcNow());
        await new SnapshotLogs(api, time).AddAsync(builder, found, about: null, cancellation);
        return builder.Build(time.GetUtcNow());
    }

    private async Task<(ApiKind Kind, List<JsonElement>? Items, string? Why)> ListAsync(ApiKind[] kinds, string @namespace, CancellationToken cancellation)
    {
        foreach (var kind in kinds)
        {
            try
            {
                return (kind, await api.ListAsync<JsonElement>(kind, @namespace, cancellation, metadataOnly: kind.Name == "Secret"), null);
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.NotFound)
            {
                // This cluster does not serve the kind in that version.
            }
            catch (ClusterApiException exception) when (kind.Name != "Pod" && exception.Failure is ClusterFailure.Forbidden or ClusterFailure.Refused or ClusterFailure.TooLarge or ClusterFailure.ServerError)
            {
                return (kind, null, exception.Message);
            }
        }
        return (kinds[0], null, null);
    }

    /// <summary>What targets of this cluster are called.</summary>
    public string ClusterName => options.ClusterName;
}
