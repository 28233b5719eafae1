using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prunella.Traces.Bench;

/// <summary>The naive rival: System.Text.Json into classes and the critical path by recursion; no repair, no statistics, no detectors.</summary>
internal static class PlainReader
{
    /// <summary>Reads a Jaeger file and finds the path of every trace.</summary>
    /// <returns>Spans.</returns>
    public static long Run(string path)
    {
        using var file = File.OpenRead(path);
        var all = JsonSerializer.Deserialize<Document>(file)!;
        long spans = 0, critical = 0;
        foreach (var trace in all.Data)
        {
            spans += trace.Spans.Count;
            var byId = trace.Spans.ToDictionary(span => span.SpanId);
            foreach (var span in trace.Spans)
            {
                if (span.References is [var parent, ..] && byId.TryGetValue(parent.SpanId, out var found))
                    found.Children.Add(span);
            }

            foreach (var root in trace.Spans.Where(span => span.References is not [_, ..]))
                critical += Walk(root, root.StartTime + root.Duration);
        }

        return critical >= 0 ? spans : 0;
    }

    private static long Walk(Span span, long end)
    {
        long self = 0;
        var cursor = Math.Min(end, span.StartTime + span.Duration);
        foreach (var child in span.Children.OrderByDescending(child => child.StartTime + child.Duration))
        {
            var childEnd = child.StartTime + child.Duration;
            if (childEnd > cursor)
                continue;
            self += cursor - childEnd + Walk(child, childEnd);
            cursor = child.StartTime;
        }

        return self + Math.Max(0, cursor - span.StartTime);
    }

    private sealed class Document
    {
        [JsonPropertyName("data")] public List<Trace> Data { get; set; } = [];
    }

    private sealed class Trace
    {
        [JsonPropertyName("traceID")] public string TraceId { get; set; } = "";

        [JsonPropertyName("spans")] public List<Span> Spans { get; set; } = [];

        [JsonPropertyName("processes")] public Dictionary<string, Process> Processes { get; set; } = [];
    }

    private sealed class Process
    {
        [JsonPropertyName("serviceName")] public string ServiceName { get; set; } = "";
    }

    private sealed class Reference
    {
        [JsonPropertyName("spanID")] public string SpanId { get; set; } = "";
    }

    private sealed class Tag
    {
        [JsonPropertyName("key")] public string Key { get; set; } = "";

        [JsonPropertyName("value")] public JsonElement Value { get; set; }
    }

    private sealed class Span
    {
        [JsonPropertyName("spanID")] public string SpanId { get; set; } = "";

        [JsonPropertyName("operationName")] public string OperationName { get; set; } = "";

        [JsonPropertyName("references")] public List<Reference>? References { get; set; }

        [JsonPropertyName("startTime")] public long StartTime { get; set; }

        [JsonPropertyName("duration")] public long Duration { get; set; }

        [JsonPropertyName("processID")] public string ProcessId { get; set; } = "";

        [JsonPropertyName("tags")] public List<Tag>? Tags { get; set; }

        [JsonIgnore] public List<Span> Children { get; } = [];
    }
}
