using System.Net;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>
/// From labels to the top owner. The ways are tried from the most explicit to the least: the workload by name, the pod,
/// other named objects, the service, the application label, the node, the address. The first way whose labels are present
/// decides; when it leads to none or to several, the answer is null with the candidates, and no vaguer way is tried.
/// </summary>
internal sealed class TargetResolver(ClusterApi api, KubernetesOptions options, OwnerChain owners, VanishedPods vanished)
{
    private static readonly (string Label, string Kind)[] WorkloadLabels =
    [
        ("deployment", "Deployment"), ("k8s_deployment_name", "Deployment"), ("statefulset", "StatefulSet"), ("k8s_statefulset_name", "StatefulSet"),
        ("daemonset", "DaemonSet"), ("k8s_daemonset_name", "DaemonSet"), ("replicaset", "ReplicaSet"), ("k8s_replicaset_name", "ReplicaSet"),
        ("cronjob", "CronJob"), ("k8s_cronjob_name", "CronJob"), ("job_name", "Job"), ("exported_job_name", "Job"), ("k8s_job_name", "Job"),
        ("horizontalpodautoscaler", "HorizontalPodAutoscaler"), ("hpa", "HorizontalPodAutoscaler"), ("persistentvolumeclaim", "PersistentVolumeClaim"),
    ];

    private static readonly string[] AppLabels = ["app", "app.kubernetes.io/name", "k8s-app"];

    private static readonly string[] KindNames = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Node"];

    private static readonly string[] AnyWorkloadKind = ["Deployment", "StatefulSet", "DaemonSet"];

    internal async Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation)
    {
        var (namespaceLabel, ns) = First(signal, options.Labels.Namespace);
        if (ns is not null && !options.Allows(ns)) return None($"Label {namespaceLabel} names namespace {InertText.OneLine(ns)}, which is not among kubernetes:namespaces.");
        if (ns is not null && !IsName(ns)) return None($"Label {namespaceLabel} is no name of a namespace: \"{InertText.OneLine(ns)}\".");

        var named = WorkloadNames(signal).ToList();
        if (named.Count > 0) return ns is null ? MissingNamespace(named[0].Label) : await ByNameAsync(ns, named, cancellation);

        var (podLabel, pod) = First(signal, options.Labels.Pod);
        if (pod is not null) return ns is null ? MissingNamespace(podLabel) : await ByPodAsync(ns, pod, podLabel, cancellation);

        var (serviceLabel, service) = First(signal, options.Labels.Service);
        if (ns is not null && service is not null && await ByServiceAsync(ns, service, serviceLabel, cancellation) is { } byService) return byService;

        var (appLabel, app) = First(signal, options.Labels.App);
        if (app is not null) return ns is null ? MissingNamespace(appLabel) : await ByAppAsync(ns, app, appLabel, cancellation);

        var (containerLabel, container) = First(signal, options.Labels.Container);
        if (ns is not null && container is not null && await ByContainerAsync(ns, container, containerLabel, cancellation) is { } byContainer) return byContainer;

        var (nodeLabel, node) = First(signal, options.Labels.Node);
        if (node is not null) return await ByNodeAsync(node, nodeLabel, cancellation);

        var (instanceLabel, instance) = First(signal, options.Labels.Instance);
        if (instance is not null && await ByAddressAsync(ns, instance, instanceLabel, cancellation) is { } byAddress) return byAddress;

        // Prometheus writes its scrape job into "job"; it only means a Job where one of that name exists.
        if (ns is not null && signal.Label("job") is { } job && IsName(job) && await owners.FindMetadataAsync("Job", ns, job, cancellation) is { } metadata)
        {
            return await TopOfAsync("Job", ns, metadata, "label job", cancellation);
        }
        return None($"None of its labels leads to an object of the cluster ({string.Join(", ", signal.Labels.Keys.Order(StringComparer.Ordinal).Take(12).Select(key => InertText.OneLine(key, 40)))}). Add namespace and pod or deployment to the alert's labels.");
    }

    private static IEnumerable<(string Label, string[] Kinds, string Name)> WorkloadNames(Signal signal)
    {
        foreach (var (label, kind) in WorkloadLabels)
        {
            if ((signal.Label("exported_" + label) ?? signal.Label(label)) is { } name) yield return (label, [kind], name);
        }
        if (signal.Label("workload") is { } workload)
        {
            yield return ("workload", KindNamed(signal.Label("workload_type") ?? signal.Label("workload_kind")) is { } kind ? [kind] : AnyWorkloadKind, workload);
        }
        if (signal.Label("owner_name") is { } owner && KindNamed(signal.Label("owner_kind")) is { } ownerKind) yield return ("owner_name", [ownerKind], owner);
        if (signal.Label("created_by_name") is { } creator && KindNamed(signal.Label("created_by_kind")) is { } creatorKind) yield return ("created_by_name", [creatorKind], creator);
    }

    private static string? KindNamed(string? kind) =>
        KindNames.FirstOrDefault(known => known.Equals(kind, StringComparison.OrdinalIgnoreCase));

    private async Task<TargetResolution> ByNameAsync(string ns, IReadOnlyList<(string Label, string[] Kinds, string Name)> named, CancellationToken cancellation)
    {
        var found = new List<(Target Target, string Why)>();
        var dead = new List<string>();
        foreach (var (label, kinds, name) in named.Take(8))
        {
            foreach (var kind in kinds)
            {
                var metadata = IsName(name) ? await owners.FindMetadataAsync(kind, ns, name, cancellation) : null;
                if (metadata is null) { dead.Add($"{kind} {InertText.OneLine(name, 80)} (label {label})"); continue; }
                var top = await TopOfAsync(kind, ns, metadata, $"label {label}", cancellation);
                if (top.Target is null) dead.Add(top.Why);
                else found.Add((top.Target, top.Why));
            }
        }
        return Only(found, $"Namespace {ns} has no {string.Join(", no ", dead.Distinct())}.");
    }

    private async Task<TargetResolution> ByPodAsync(string ns, string pod, string label, CancellationToken cancellation)
    {
        if (!IsName(pod)) return None($"Label {label} is no name of a pod: \"{InertText.OneLine(pod)}\".");
        if (await owners.FindMetadataAsync("Pod", ns, pod, cancellation) is { } metadata) return await TopOfAsync("Pod", ns, metadata, $"label {label}", cancellation);
        var candidates = new List<(Target, string)>();
        foreach (var (kind, former, how) in await vanished.OwnersOfAsync(ns, pod, cancellation))
        {
            var top = await TopOfAsync(kind, ns, former, $"label {label} names pod {pod}, which is gone; {how}", cancellation);
            if (top.Target is not null) candidates.Add((top.Target, top.Why));
        }
        return Only(candidates, $"Pod {ns}/{pod} (label {label}) is gone, and no owner that it could have had exists.");
    }

    private async Task<TargetResolution?> ByServiceAsync(string ns, string service, string label, CancellationToken cancellation)
    {
        if (!IsName(service) || await api.FindAsync<V1Service>(ApiKind.Service, ns, service, cancellation) is not { } found) return null;
        if (found.Spec?.Selector is not { Count: > 0 } selector) return None($"Service {ns}/{service} (label {label}) selects no pods.");
        return await BySelectorAsync(ns, Selector.Of(selector), $"service {service} (label {label})", cancellation);
    }

    private async Task<TargetResolution> ByAppAsync(string ns, string app, string label, CancellationToken cancellation)
    {
        if (!IsName(app)) return None($"Label {label} is no label value: \"{InertText.OneLine(app)}\".");
        var tried = new List<string>();
        foreach (var key in AppLabels)
        {
            var resolution = await BySelectorAsync(ns, $"{key}={app}", $"pods with {key}={app} (label {label})", cancellation);
            if (resolution.Target is not null || resolution.Candidates.Count > 0) return resolution;
            tried.Add($"{key}={app}");
        }
        return await ByNameAsync(ns, [(label, AnyWorkloadKind, app)], cancellation) is { Target: { } } byName
            ? byName
            : None($"Namespace {ns} has no pod with {string.Join(" or ", tried)} and no workload named {app} (label {label}).");
    }

    private async Task<TargetResolution?> ByContainerAsync(string ns, string container, string label, CancellationToken cancellation)
    {
        var pods = (await api.ListAsync<V1Pod>(ApiKind.Pod, ns, cancellation)).Where(pod => pod.Spec?.Containers?.Any(candidate => candidate.Name == container) == true).ToList();
        return pods.Count == 0 ? null : await OwnersAsync(ns, pods, $"container {InertText.OneLine(container, 80)} (label {label})", cancellation);
    }

    private async Task<TargetResolution> BySelectorAsync(string ns, string selector, string how, CancellationToken cancellation) =>
        await OwnersAsync(ns, await api.ListAsync<V1Pod>(ApiKind.Pod, ns, cancellation, selector), how, cancellation);

    private async Task<TargetResolution> OwnersAsync(string ns, IReadOnlyList<V1Pod> pods, string how, CancellationToken cancellation)
    {
        // One pod of each owner is enough: pods of one replica set have one top owner.
        var found = new List<(Target, string)>();
        foreach (var group in pods.GroupBy(pod => pod.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true)?.Uid ?? pod.Metadata.Uid).Take(20))
        {
            var top = await TopOfAsync("Pod", ns, group.First().Metadata, how, cancellation);
            if (top.Target is not null) found.Add((top.Target, top.Why));
        }
        return Only(found, $"No pod of namespace {ns} fits {how}.");
    }

    private async Task<TargetResolution> ByNodeAsync(string node, string label, CancellationToken cancellation) =>
        IsName(node) && await owners.FindMetadataAsync("Node", "", node, cancellation) is not null
            ? new TargetResolution(new Target(options.ClusterName, "", "Node", node), $"label {label}")
            : None($"There is no node {InertText.OneLine(node)} (label {label}).");

    private async Task<TargetResolution?> ByAddressAsync(string? ns, string instance, string label, CancellationToken cancellation)
    {
        var host = instance.LastIndexOf(':') is var colon and > 0 && !instance.EndsWith(']') ? instance[..colon].Trim('[', ']') : instance.Trim('[', ']');
        if (!IPAddress.TryParse(host, out _))
        {
            return IsName(host) && await owners.FindMetadataAsync("Node", "", host, cancellation) is not null
                ? new TargetResolution(new Target(options.ClusterName, "", "Node", host), $"label {label}")
                : null;
        }
        var nodes = await api.ListAsync<V1Node>(ApiKind.Node, "", cancellation);
        if (nodes.FirstOrDefault(node => node.Status?.Addresses?.Any(address => address.Address == host) == true) is { } found)
        {
            return new TargetResolution(new Target(options.ClusterName, "", "Node", found.Metadata.Name), $"label {label}: address {host} of node {found.Metadata.Name}");
        }
        if (ns is null && options.Namespaces.Count > 0) return null;
        var pods = await api.ListAsync<V1Pod>(ApiKind.Pod, ns ?? "", cancellation, fields: $"status.podIP={host}");
        // A pod on the host's network has the node's address, and an ended pod's address may be another one's by now.
        pods = [.. pods.Where(pod => pod.Spec?.HostNetwork != true && pod.IsLive())];
        return pods.Count == 0 ? null : await OwnersAsync(pods[0].Metadata.NamespaceProperty, pods, $"pod address {host} (label {label})", cancellation);
    }

    private async Task<TargetResolution> TopOfAsync(string kind, string ns, V1ObjectMeta metadata, string how, CancellationToken cancellation)
    {
        if (kind == "HorizontalPodAutoscaler" && await ScaledByAsync(ns, metadata.Name, cancellation) is { } scaled)
        {
            (kind, metadata, how) = (scaled.Kind, scaled.Metadata, $"{how}, HorizontalPodAutoscaler {metadata.Name}");
        }
        var (top, why) = await owners.TopAsync(kind, ns, metadata, cancellation);
        return top is null ? None($"By {how}: {why}.") : new TargetResolution(new Target(options.ClusterName, top.Kind == "Node" ? "" : ns, top.Kind, top.Name), $"By {how}: {why}.");
    }

    private async Task<(string Kind, V1ObjectMeta Metadata)?> ScaledByAsync(string ns, string name, CancellationToken cancellation)
    {
        var scaler = await api.FindAsync<V1HorizontalPodAutoscaler>(ApiKind.HorizontalPodAutoscaler, ns, name, cancellation);
        return scaler?.Spec?.ScaleTargetRef is { } reference && await owners.FindMetadataAsync(reference.Kind, ns, reference.Name, cancellation) is { } metadata
            ? (reference.Kind, metadata)
            : null;
    }

    private static TargetResolution Only(IReadOnlyList<(Target Target, string Why)> found, string none)
    {
        var distinct = found.DistinctBy(candidate => candidate.Target).ToList();
        return distinct.Count switch
        {
            0 => None(none),
            1 => new TargetResolution(distinct[0].Target, distinct[0].Why),
            _ => new TargetResolution(null, $"The labels fit {distinct.Count} objects equally well: {string.Join(", ", distinct.Take(6).Select(candidate => candidate.Target))}.")
            {
                Candidates = [.. distinct.Select(candidate => candidate.Target)],
            },
        };
    }

    private static TargetResolution MissingNamespace(string label) => None($"Label {label} is there, but no namespace label, and names repeat across namespaces. Add the namespace to the alert's labels.");

    private static TargetResolution None(string why) => new(null, why);

    private static (string Label, string? Value) First(Signal signal, IEnumerable<string> labels)
    {
        foreach (var label in labels) if (signal.Label(label) is { } value) return (label, value);
        return ("", null);
    }

    /// <summary>Whether the API could have an object of this name: RFC 1123, up to 253 characters. Anything else is never sent.</summary>
    internal static bool IsName(string text) =>
        text.Length is > 0 and <= 253 && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '.') && text[0] is not ('-' or '.') && text[^1] is not ('-' or '.');
}
