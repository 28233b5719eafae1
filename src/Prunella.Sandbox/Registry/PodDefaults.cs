using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Registry;

/// <summary>The defaults of a pod spec, in a pod or in a template.</summary>
internal static class PodDefaults
{
    private static readonly string[] probes = ["livenessProbe", "readinessProbe", "startupProbe"];

    public static void Apply(JsonObject spec)
    {
        spec.SetDefault("restartPolicy", "Always");
        spec.SetDefault("dnsPolicy", "ClusterFirst");
        spec.SetDefault("terminationGracePeriodSeconds", 30L);
        spec.SetDefault("schedulerName", "default-scheduler");
        spec.Ensure("securityContext");
        if (spec.Text("serviceAccountName") is { } account) spec.SetDefault("serviceAccount", account);
        else if (spec.Text("serviceAccount") is { } legacy) spec["serviceAccountName"] = legacy;
        foreach (var list in (ReadOnlySpan<string>)["initContainers", "containers"])
        {
            foreach (var container in spec.Items(list)) ApplyContainer(container);
        }

        foreach (var volume in spec.Items("volumes")) ApplyVolume(volume);
    }

    private static void ApplyContainer(JsonObject container)
    {
        if (container.Text("image") is { } image) container.SetDefault("imagePullPolicy", PullPolicy(image));
        container.SetDefault("terminationMessagePath", "/dev/termination-log");
        container.SetDefault("terminationMessagePolicy", "File");
        var resources = container.Ensure("resources");
        if (resources.Map("limits") is { } limits)
        {
            var requests = resources.Ensure("requests");
            foreach (var (name, value) in limits) requests.SetDefault(name, value.Copy()!);
        }

        foreach (var port in container.Items("ports")) port.SetDefault("protocol", "TCP");
        foreach (var variable in container.Items("env"))
        {
            if (variable.Map("valueFrom", "fieldRef") is { } field) field.SetDefault("apiVersion", "v1");
        }

        foreach (var name in probes)
        {
            if (container.Map(name) is not { } probe) continue;
            probe.SetDefault("timeoutSeconds", 1L);
            probe.SetDefault("periodSeconds", 10L);
            probe.SetDefault("successThreshold", 1L);
            probe.SetDefault("failureThreshold", 3L);
            if (probe.Map("httpGet") is not { } http) continue;
            http.SetDefault("path", "/");
            http.SetDefault("scheme", "HTTP");
        }
    }

    // The tag decides: a moving tag is always pulled.
    private static string PullPolicy(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        return name.Contains('@') || (name.Contains(':') && !name.EndsWith(":latest", StringComparison.Ordinal)) ? "IfNotPresent" : "Always";
    }

    private static void ApplyVolume(JsonObject volume)
    {
        if (volume.Count == 1) volume["emptyDir"] = new JsonObject();
        volume.Map("configMap")?.SetDefault("defaultMode", 420L);
        volume.Map("secret")?.SetDefault("defaultMode", 420L);
        volume.Map("projected")?.SetDefault("defaultMode", 420L);
        volume.Map("downwardAPI")?.SetDefault("defaultMode", 420L);
        volume.Map("hostPath")?.SetDefault("type", "");
    }
}
