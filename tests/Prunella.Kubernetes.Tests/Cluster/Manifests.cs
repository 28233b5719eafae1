using System.Text.Json.Nodes;

namespace Prunella.Kubernetes.Tests.Cluster;

/// <summary>Objects that the tests create. All containers are busybox.</summary>
internal static class Manifests
{
    internal const string Sleep = "trap 'exit 0' TERM; while true; do sleep 1; done";

    internal static JsonObject Workload(string kind, string name, int replicas = 1, string script = Sleep, string? memory = null, string image = "busybox", string extraSpec = "{}", string extraPod = "{}")
    {
        var container = new JsonObject { ["name"] = "app", ["image"] = image, ["imagePullPolicy"] = "IfNotPresent", ["command"] = new JsonArray("sh", "-c", script) };
        if (memory is not null) container["resources"] = new JsonObject { ["limits"] = new JsonObject { ["memory"] = memory }, ["requests"] = new JsonObject { ["memory"] = "4Mi" } };
        var pod = Merge(new JsonObject { ["terminationGracePeriodSeconds"] = 1, ["containers"] = new JsonArray(container) }, extraPod);
        var spec = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } }, ["spec"] = pod },
        };
        if (kind != "DaemonSet") spec["replicas"] = replicas;
        if (kind == "StatefulSet") spec["serviceName"] = name;
        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = Merge(spec, extraSpec) };
    }

    internal static JsonObject Budget(string app, int minAvailable) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = app },
        ["spec"] = new JsonObject { ["minAvailable"] = minAvailable, ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = app } } },
    };

    private static JsonObject Merge(JsonObject target, string json)
    {
        foreach (var (key, value) in (JsonObject)JsonNode.Parse(json)!) target[key] = value?.DeepClone();
        return target;
    }
}
