using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Commands.Diagnose;

/// <summary>The object that a person asks about.</summary>
internal sealed record WantedTarget(ObjectRef Target, IReadOnlySet<ObjectRef> Related)
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["deployment"] = "Deployment", ["deploy"] = "Deployment", ["deployments"] = "Deployment", ["statefulset"] = "StatefulSet", ["sts"] = "StatefulSet", ["daemonset"] = "DaemonSet", ["ds"] = "DaemonSet",
        ["replicaset"] = "ReplicaSet", ["rs"] = "ReplicaSet", ["pod"] = "Pod", ["po"] = "Pod", ["pods"] = "Pod", ["job"] = "Job", ["cronjob"] = "CronJob", ["cj"] = "CronJob", ["service"] = "Service", ["svc"] = "Service",
        ["ingress"] = "Ingress", ["ing"] = "Ingress", ["node"] = "Node", ["no"] = "Node", ["pvc"] = "PersistentVolumeClaim", ["persistentvolumeclaim"] = "PersistentVolumeClaim", ["hpa"] = "HorizontalPodAutoscaler",
        ["horizontalpodautoscaler"] = "HorizontalPodAutoscaler", ["pdb"] = "PodDisruptionBudget", ["poddisruptionbudget"] = "PodDisruptionBudget", ["networkpolicy"] = "NetworkPolicy", ["netpol"] = "NetworkPolicy", ["configmap"] = "ConfigMap", ["cm"] = "ConfigMap",
    };

    /// <exception cref="CommandFailedException">It is no kind/name.</exception>
    internal static WantedTarget? Parse(string? text, ClusterSnapshot snapshot, string? @namespace)
    {
        if (text is null) return null;
        var parts = text.Split('/');
        if (parts.Length != 2 || parts[1].Length == 0 || !Kinds.TryGetValue(parts[0], out var kind))
            throw new CommandFailedException(ExitCode.Usage, $"\"{text}\" names no object. Expected kind/name, as deployment/api, pod/api-7d9f or service/api.");
        var found = snapshot.Locate(kind, @namespace, parts[1]) ?? new ObjectRef(kind, kind == "Node" ? "" : @namespace ?? "default", parts[1]);
        return new WantedTarget(found, new HashSet<ObjectRef>(snapshot.RelatedTo(found)) { found });
    }

    /// <summary>Whether a finding is about it, its pods' owner, or what explains its trouble.</summary>
    internal bool Concerns(RankedFinding ranked) => Related.Contains(ranked.Finding.Target) || (Target.Kind == "Pod" && ranked.Finding.Pods.Contains(Target.Name));
}
