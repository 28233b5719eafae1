using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>A workload has rights over its node that few need.</summary>
public sealed class RiskySecurity : Cause
{
    private static readonly string[] Capabilities = ["SYS_ADMIN", "ALL", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "BPF"];
    private static readonly string[] Paths = ["/", "/etc", "/root", "/var/run/docker.sock", "/run/docker.sock", "/run/containerd", "/var/run", "/run", "/var/lib/kubelet", "/proc", "/sys"];

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("risky-security", "Configuration", CauseLayer.Hint)
    {
        RecognisedBy = "A workload outside of the cluster's own namespaces is privileged, shares the node's network, processes or runtime socket, has capabilities like SYS_ADMIN, or is bound to cluster-admin. Absent settings alone are nothing.",
        Done = "A hint: a person takes the right away when it is not needed.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var group in snapshot.Pods.Where(pod => pod.Live && !pod.Namespace.StartsWith("kube-", StringComparison.Ordinal)).GroupBy(snapshot.TopOf))
        {
            var pod = group.First();
            var risks = Of(pod).ToList();
            if (risks.Count == 0) continue;
            yield return Found(group.Key, Words.List(risks), 0.9, Severity.Info, $"Whoever breaks into it may take over its node: {Words.List(risks)}.", Observed.Object(snapshot, pod, Words.List(risks, 12))) with { Advice = "Take away what it does not need." };
        }
        foreach (var binding in snapshot.Of("ClusterRoleBinding"))
        {
            if (binding.Root["roleRef"]["name"].Text != "cluster-admin") continue;
            foreach (var subject in binding.Root["subjects"].Items)
            {
                if (subject["kind"].Text != "ServiceAccount" || subject["namespace"].Text.StartsWith("kube-", StringComparison.Ordinal)) continue;
                yield return Found(binding.Ref, $"{subject["namespace"].Text}/{subject["name"].Text}", 0.9, Severity.Info, $"It makes service account {subject["namespace"].Text}/{subject["name"].Text} master of the whole cluster.", Observed.Object(snapshot, binding, "cluster-admin")) with { Advice = "Give it a role with only what it needs." };
            }
        }
    }

    private static IEnumerable<string> Of(Pod pod)
    {
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC" }) if (pod.Spec[name].IsTrue) yield return name;
        foreach (var volume in pod.Spec["volumes"].Items)
        {
            var path = volume["hostPath"]["path"].Text;
            if (path.Length > 0 && (Paths.Contains(path.TrimEnd('/') is "" ? "/" : path.TrimEnd('/')) || path.EndsWith(".sock", StringComparison.Ordinal))) yield return $"hostPath {path}";
        }
        foreach (var container in pod.Containers)
        {
            var context = container.Spec["securityContext"];
            if (context["privileged"].IsTrue) yield return $"privileged container {container.Name}";
            foreach (var capability in context["capabilities"]["add"].Items) if (Capabilities.Contains(capability.Text)) yield return $"capability {capability.Text} of container {container.Name}";
        }
    }
}
