using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Resources;

namespace Prunella.Sandbox.Registry;

/// <summary>Rewrites objects between the version they are stored in and the one a client speaks.</summary>
internal static class VersionConversion
{
    public static bool IsNeeded(ResourceType type, string apiVersion) => apiVersion != type.StoredApiVersion;

    /// <summary>From the client's version to the stored one, in place.</summary>
    public static void ToStored(ResourceType type, JsonObject body, string apiVersion)
    {
        if (type == ResourceCatalogue.Autoscalers && apiVersion == "autoscaling/v1") AutoscalerToStored(body);
        else if (type == ResourceCatalogue.Events && apiVersion == "events.k8s.io/v1") EventToStored(body);
        body["apiVersion"] = type.StoredApiVersion;
    }

    /// <summary>From the stored version to the client's, in place.</summary>
    public static void FromStored(ResourceType type, JsonObject body, string apiVersion)
    {
        if (type == ResourceCatalogue.Autoscalers && apiVersion == "autoscaling/v1") AutoscalerFromStored(body);
        else if (type == ResourceCatalogue.Events && apiVersion == "events.k8s.io/v1") EventFromStored(body);
        body["apiVersion"] = apiVersion;
    }

    private static void AutoscalerToStored(JsonObject body)
    {
        if (body.Map("spec") is { } spec && spec.Number("targetCPUUtilizationPercentage") is { } target)
        {
            spec.Remove("targetCPUUtilizationPercentage");
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = target } },
            });
        }

        body.Map("status")?.Remove("currentCPUUtilizationPercentage");
    }

    private static void AutoscalerFromStored(JsonObject body)
    {
        if (body.Map("spec") is { } spec)
        {
            var cpu = spec.Items("metrics").FirstOrDefault(metric => metric.Text("resource", "name") == "cpu");
            spec.Put("targetCPUUtilizationPercentage", cpu.At("resource", "target", "averageUtilization").Copy());
            spec.Remove("metrics");
            spec.Remove("behavior");
        }

        if (body.Map("status") is not { } status) return;
        var current = status.Items("currentMetrics").FirstOrDefault(metric => metric.Text("resource", "name") == "cpu");
        status.Put("currentCPUUtilizationPercentage", current.At("resource", "current", "averageUtilization").Copy());
        status.Remove("currentMetrics");
        status.Remove("conditions");
    }

    private static readonly (string Core, string Events)[] eventFields =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ];

    private static void EventToStored(JsonObject body)
    {
        foreach (var (core, events) in eventFields) Rename(body, events, core);
    }

    private static void EventFromStored(JsonObject body)
    {
        foreach (var (core, events) in eventFields) Rename(body, core, events);
    }

    private static void Rename(JsonObject body, string from, string to)
    {
        if (body[from] is not { } value) return;
        body.Remove(from);
        body[to] = value;
    }
}
