using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Writes what was done as an event on the object, so that <c>kubectl describe</c> tells. Best effort: an event that
/// cannot be written is logged and changes nothing about the action.
/// </summary>
internal sealed partial class ActionEvents(ClusterApi api, TimeProvider time, ILogger<ActionEvents> logger)
{
    internal const string Reason = "PrunellaAction";

    internal async Task WriteAsync(ApiKind kind, string @namespace, string name, string uid, ExecutionId execution, string message, CancellationToken cancellation)
    {
        var home = @namespace.Length == 0 ? "default" : @namespace;
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            // One event for each execution and object: a repeated write is refused as existing and nothing is lost.
            ["metadata"] = new JsonObject { ["name"] = $"prunella-{execution}-{Fingerprint.Of([uid, name])[..8]}", ["namespace"] = home, ["annotations"] = new JsonObject { [Marks.Execution] = execution.ToString() } },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = kind.GroupVersion, ["kind"] = kind.Name, ["namespace"] = @namespace, ["name"] = name, ["uid"] = kind == ApiKind.Node ? name : uid },
            ["reason"] = Reason,
            ["message"] = InertText.OneLine(message, 1_000),
            ["type"] = "Normal",
            ["count"] = 1,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["source"] = new JsonObject { ["component"] = "prunella" },
        };
        try
        {
            await api.CreateAsync(ApiKind.Event, home, body, dryRun: false, cancellation);
        }
        catch (ClusterApiException exception)
        {
            if (exception.Failure != ClusterFailure.Conflict) LogNotWritten(logger, execution.ToString(), exception.Message);
        }
    }

    [LoggerMessage(5101, LogLevel.Information, "The event of execution {Execution} was not written: {Why}")]
    private static partial void LogNotWritten(ILogger logger, string execution, string why);
}
