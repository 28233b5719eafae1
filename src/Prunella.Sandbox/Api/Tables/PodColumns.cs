using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Api.Tables;

/// <summary>The pod's row, whose STATUS column sums up a dozen fields.</summary>
internal static class PodColumns
{
    public static readonly TableColumn[] All =
    [
        new("Name", (o, _) => o.Name()),
        new("Ready", (o, _) => $"{o.Items("status", "containerStatuses").Count(status => status.Flag("ready") == true)}/{o.List("spec", "containers")?.Count ?? 0}"),
        new("Status", (o, _) => Reason(o)),
        new("Restarts", (o, now) => Restarts(o, now)),
        new("Age", (o, now) => ObjectTable.Age(o.Time("metadata", "creationTimestamp"), now)),
        new("IP", (o, _) => o.Text("status", "podIP") ?? "<none>", 1),
        new("Node", (o, _) => o.Text("spec", "nodeName") ?? "<none>", 1),
        new("Nominated Node", (o, _) => o.Text("status", "nominatedNodeName") ?? "<none>", 1),
        new("Readiness Gates", (_, _) => "<none>", 1),
    ];

    private static JsonValue Restarts(JsonObject pod, DateTimeOffset now)
    {
        var count = pod.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0);
        var last = pod.Items("status", "containerStatuses").Max(status => status.Time("lastState", "terminated", "finishedAt"));
        return count > 0 && last is not null ? JsonValue.Create($"{count} ({ObjectTable.Age(last, now)} ago)") : JsonValue.Create($"{count}");
    }

    private static string Reason(JsonObject pod)
    {
        var reason = pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
        var initializing = false;
        var index = 0;
        foreach (var status in pod.Items("status", "initContainerStatuses"))
        {
            var at = index++;
            if (status.Map("state", "terminated") is { } done && done.Number("exitCode") == 0) continue;
            initializing = true;
            if (status.Map("state", "terminated") is { } ended) reason = "Init:" + Ended(ended);
            else if (status.Text("state", "waiting", "reason") is { Length: > 0 } waiting and not "PodInitializing") reason = "Init:" + waiting;
            else reason = $"Init:{at}/{pod.List("spec", "initContainers")?.Count ?? 0}";
            break;
        }

        if (!initializing)
        {
            var running = false;
            foreach (var status in pod.Items("status", "containerStatuses").Reverse())
            {
                if (status.Text("state", "waiting", "reason") is { Length: > 0 } waiting) reason = waiting;
                else if (status.Map("state", "terminated") is { } ended) reason = Ended(ended);
                else if (status.Flag("ready") == true && status.Map("state", "running") is not null) running = true;
            }

            if (reason == "Completed" && running) reason = "Running";
        }

        if (!pod.Deleting()) return reason;
        return pod.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
    }

    private static string Ended(JsonObject terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") is > 0 and { } signal ? $"Signal:{signal}"
        : $"ExitCode:{terminated.Number("exitCode") ?? 0}";
}
