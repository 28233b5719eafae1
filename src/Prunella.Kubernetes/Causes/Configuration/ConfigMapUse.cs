using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>Which config maps somebody uses.</summary>
internal static class ConfigMapUse
{
    private static readonly string[] LoadedLabels = ["grafana_dashboard", "grafana_datasource", "prometheus_rule", "k8s-sidecar-target-directory"];

    /// <summary>The names that the pod templates and pods of a namespace refer to, in every way there is.</summary>
    internal static HashSet<string> UsedIn(ClusterSnapshot snapshot, string @namespace)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var spec in snapshot.PodsIn(@namespace).Select(pod => pod.Spec).Concat(snapshot.Workloads.Where(workload => workload.Namespace == @namespace).Select(workload => ClusterSnapshot.Template(workload)["spec"])))
        {
            foreach (var volume in spec["volumes"].Items)
            {
                used.Add(volume["configMap"]["name"].Text);
                foreach (var source in volume["projected"]["sources"].Items) used.Add(source["configMap"]["name"].Text);
            }
            foreach (var container in spec["initContainers"].Items.All().Concat(spec["containers"].Items.All()).Concat(spec["ephemeralContainers"].Items.All()))
            {
                foreach (var from in container["envFrom"].Items) used.Add(from["configMapRef"]["name"].Text);
                foreach (var entry in container["env"].Items) used.Add(entry["valueFrom"]["configMapKeyRef"]["name"].Text);
                // Programs that read config maps by the API are told the name by argument or environment.
                foreach (var text in container["args"].Items.All().Concat(container["command"].Items.All()).Concat(container["env"].Items.All().Select(entry => entry["value"])))
                    foreach (var word in text.Text.Split(['=', ',', ' ', '/', ':'], StringSplitOptions.RemoveEmptyEntries).Take(50)) used.Add(word);
            }
        }
        return used;
    }

    /// <summary>Whether a map is used in a way that pods do not show: by sidecars, controllers, leader elections or the cluster itself.</summary>
    internal static bool IsLoaded(KubeObject map) =>
        map.Name is "kube-root-ca.crt" or "openshift-service-ca.crt" or "istio-ca-root-cert" || map.Owner is not null || map.Namespace.StartsWith("kube-", StringComparison.Ordinal)
        || map.Annotations["control-plane.alpha.kubernetes.io/leader"].Exists || map.Name.EndsWith("-leader", StringComparison.Ordinal) || map.Name.EndsWith("-lock", StringComparison.Ordinal)
        || map.Labels.Keys.Any(label => LoadedLabels.Contains(label) || label.StartsWith("grafana_", StringComparison.Ordinal) || label.StartsWith("sidecar", StringComparison.Ordinal) || label.StartsWith("owner", StringComparison.Ordinal));
}
