using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Api;

/// <summary>metrics.k8s.io, for <c>kubectl top</c>: the gauges under the names a metrics server gives them.</summary>
internal sealed class MetricsEndpoint(SandboxGauges gauges, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context, ApiPath path)
    {
        if (context.Request.Method != "GET") throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        var items = path.Plural switch
        {
            "pods" => Pods(path.Namespace),
            "nodes" => gauges.Nodes().Where(node => node.Ready).Select(node => Item("NodeMetrics", "", node.Node, usage: Usage(node.CpuCores, node.MemoryBytes))).ToArray(),
            _ => throw new ApiStatusException(ApiStatus.NoSuchResource()),
        };
        if (path.Name is { } name)
        {
            var found = items.FirstOrDefault(item => item.Name() == name)
                ?? throw new ApiStatusException(new ApiStatus(404, "NotFound", $"{path.Plural}.metrics.k8s.io \"{name}\" not found") { Name = name, Group = "metrics.k8s.io", Kind = path.Plural });
            await context.WriteJsonAsync(200, found);
            return;
        }

        await context.WriteJsonAsync(200, new JsonObject
        {
            ["kind"] = path.Plural == "pods" ? "PodMetricsList" : "NodeMetricsList", ["apiVersion"] = "metrics.k8s.io/v1beta1", ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. items]),
        });
    }

    private JsonObject[] Pods(string ns) => [.. gauges.Pods().Where(pod => ns.Length == 0 || pod.Namespace == ns).GroupBy(pod => (pod.Namespace, pod.Pod)).Select(pod =>
    {
        var item = Item("PodMetrics", pod.Key.Namespace, pod.Key.Pod, usage: null);
        item["containers"] = new JsonArray([.. pod.Select(each => (JsonNode)new JsonObject { ["name"] = each.Container, ["usage"] = Usage(each.CpuCores, each.MemoryBytes) })]);
        return item;
    })];

    private JsonObject Item(string kind, string ns, string name, JsonObject? usage)
    {
        var metadata = new JsonObject { ["name"] = name, ["creationTimestamp"] = time.GetUtcNow().Stamp() };
        if (ns.Length > 0) metadata["namespace"] = ns;
        var item = new JsonObject { ["kind"] = kind, ["apiVersion"] = "metrics.k8s.io/v1beta1", ["metadata"] = metadata, ["timestamp"] = time.GetUtcNow().Stamp(), ["window"] = "15s" };
        item.Put("usage", usage);
        return item;
    }

    private static JsonObject Usage(double cores, long bytes) => new()
    {
        ["cpu"] = ((long)(cores * 1e9)).ToString(CultureInfo.InvariantCulture) + "n", ["memory"] = (bytes / 1024).ToString(CultureInfo.InvariantCulture) + "Ki",
    };
}
