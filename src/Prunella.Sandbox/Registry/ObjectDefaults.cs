using System.Text;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Registry;

/// <summary>The defaults the server writes into an object before it is validated.</summary>
internal static class ObjectDefaults
{
    public static void Apply(ResourceType type, JsonObject body)
    {
        if (type == ResourceCatalogue.Pods) PodDefaults.Apply(body.Ensure("spec"));
        else if (type == ResourceCatalogue.Deployments) Deployment(body.Ensure("spec"));
        else if (type == ResourceCatalogue.ReplicaSets) Replicas(body.Ensure("spec"));
        else if (type == ResourceCatalogue.StatefulSets) StatefulSet(body.Ensure("spec"));
        else if (type == ResourceCatalogue.DaemonSets) DaemonSet(body.Ensure("spec"));
        else if (type == ResourceCatalogue.Jobs) Job(body.Ensure("spec"));
        else if (type == ResourceCatalogue.CronJobs) CronJob(body.Ensure("spec"));
        else if (type == ResourceCatalogue.Services) Service(body.Ensure("spec"));
        else if (type == ResourceCatalogue.Secrets) Secret(body);
        else if (type == ResourceCatalogue.Claims) body.Ensure("spec").SetDefault("volumeMode", "Filesystem");
        else if (type == ResourceCatalogue.Volumes)
        {
            body.Ensure("spec").SetDefault("volumeMode", "Filesystem");
            body.Ensure("spec").SetDefault("persistentVolumeReclaimPolicy", "Retain");
        }
        else if (type == ResourceCatalogue.StorageClasses)
        {
            body.SetDefault("reclaimPolicy", "Delete");
            body.SetDefault("volumeBindingMode", "Immediate");
        }
        else if (type == ResourceCatalogue.Autoscalers) Autoscaler(body.Ensure("spec"));
        else if (type == ResourceCatalogue.NetworkPolicies) NetworkPolicy(body.Ensure("spec"));
        else if (type == ResourceCatalogue.Nodes) body.Ensure("spec");
        else if (type == ResourceCatalogue.Events)
        {
            // The server fills nothing here; clients of both event APIs expect a type.
            body.SetDefault("type", "Normal");
        }
    }

    private static void Template(JsonObject spec)
    {
        var template = spec.Ensure("template");
        template.Ensure("metadata");
        PodDefaults.Apply(template.Ensure("spec"));
    }

    private static void Replicas(JsonObject spec)
    {
        spec.SetDefault("replicas", 1L);
        Template(spec);
    }

    private static void Deployment(JsonObject spec)
    {
        Replicas(spec);
        var strategy = spec.Ensure("strategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling.SetDefault("maxSurge", "25%");
            rolling.SetDefault("maxUnavailable", "25%");
        }

        spec.SetDefault("revisionHistoryLimit", 10L);
        spec.SetDefault("progressDeadlineSeconds", 600L);
    }

    private static void StatefulSet(JsonObject spec)
    {
        Replicas(spec);
        spec.SetDefault("podManagementPolicy", "OrderedReady");
        var strategy = spec.Ensure("updateStrategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate") strategy.Ensure("rollingUpdate").SetDefault("partition", 0L);
        spec.SetDefault("revisionHistoryLimit", 10L);
        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim.SetDefault("apiVersion", "v1");
            claim.SetDefault("kind", "PersistentVolumeClaim");
            claim.Ensure("spec").SetDefault("volumeMode", "Filesystem");
            claim.Ensure("status").SetDefault("phase", "Pending");
        }
    }

    private static void DaemonSet(JsonObject spec)
    {
        Template(spec);
        var strategy = spec.Ensure("updateStrategy");
        strategy.SetDefault("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Ensure("rollingUpdate").SetDefault("maxUnavailable", 1L);
            strategy.Ensure("rollingUpdate").SetDefault("maxSurge", 0L);
        }

        spec.SetDefault("revisionHistoryLimit", 10L);
    }

    private static void Job(JsonObject spec)
    {
        if (spec["completions"] is null && spec["parallelism"] is null) spec["completions"] = 1L;
        spec.SetDefault("parallelism", 1L);
        spec.SetDefault("backoffLimit", 6L);
        Template(spec);
    }

    private static void CronJob(JsonObject spec)
    {
        spec.SetDefault("concurrencyPolicy", "Allow");
        spec.SetDefault("suspend", false);
        spec.SetDefault("successfulJobsHistoryLimit", 3L);
        spec.SetDefault("failedJobsHistoryLimit", 1L);
        Template(spec.Ensure("jobTemplate").Ensure("spec"));
    }

    private static void Service(JsonObject spec)
    {
        spec.SetDefault("type", "ClusterIP");
        spec.SetDefault("sessionAffinity", "None");
        foreach (var port in spec.Items("ports"))
        {
            port.SetDefault("protocol", "TCP");
            if (port["port"] is { } number) port.SetDefault("targetPort", number.Copy());
        }

        if (spec.Text("type") is "NodePort" or "LoadBalancer") spec.SetDefault("externalTrafficPolicy", "Cluster");
    }

    private static void Secret(JsonObject body)
    {
        body.SetDefault("type", "Opaque");
        if (body.Map("stringData") is not { } plain) return;
        var data = body.Ensure("data");
        foreach (var (key, value) in plain) data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
        body.Remove("stringData");
    }

    private static void Autoscaler(JsonObject spec)
    {
        spec.SetDefault("minReplicas", 1L);
        if (spec["metrics"] is not null) return;
        spec["metrics"] = new JsonArray(new JsonObject
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80L } },
        });
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        spec.Ensure("podSelector");
        if (spec["policyTypes"] is null)
        {
            var types = new JsonArray("Ingress");
            if (spec.List("egress") is { Count: > 0 }) types.Add("Egress");
            spec["policyTypes"] = types;
        }

        foreach (var rule in spec.Items("ingress").Concat(spec.Items("egress")))
        {
            foreach (var port in rule.Items("ports")) port.SetDefault("protocol", "TCP");
        }
    }
}
