using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Reports;

/// <summary>JSON of every result, as docs/traces.md describes it: camel case, times in microseconds, keys and lists in a fixed order.</summary>
public static class TraceJson
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A critical path.</summary>
    /// <param name="tree">The trace.</param>
    /// <param name="path">The path.</param>
    /// <param name="details">Whether call paths, drag and warnings are added.</param>
    public static string CriticalPath(TraceTree tree, CriticalPathResult path, bool details = false)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(path);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("traceId", tree.Trace.TraceId);
            json.WriteString("rootSpanId", tree.SpanId(path.Root));
            json.WriteNumber("durationUs", path.DurationUs);
            json.WriteStartArray("sections");
            foreach (var section in path.Sections)
            {
                json.WriteStartObject();
                json.WriteString("spanId", tree.SpanId(section.Span));
                json.WriteString("service", tree.Service(section.Span));
                json.WriteString("operation", tree.Operation(section.Span));
                json.WriteNumber("startUs", section.StartUs);
                json.WriteNumber("endUs", section.EndUs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Counts(json, "exclusiveUs", path.ExclusiveUs);
            json.WriteNumber("totalWorkUs", path.TotalWorkUs);
            json.WriteNumber("savedOnWorkUs", path.SavedOnWorkUs);
            json.WriteNumber("savedOnPathUs", path.SavedOnPathUs);
            if (details)
            {
                Counts(json, "callPathExclusiveUs", path.CallPathExclusiveUs);
                json.WriteStartObject("dragUs");
                foreach (var (span, us) in path.DragUs)
                    json.WriteNumber(tree.SpanId(span), us);
                json.WriteEndObject();
                json.WriteStartArray("adjustedSpanIds");
                foreach (var span in tree.Order)
                {
                    if (tree.Adjusted(span))
                        json.WriteStringValue(tree.SpanId(span));
                }

                json.WriteEndArray();
                json.WriteStartArray("warnings");
                foreach (var warning in tree.Warnings)
                    json.WriteStringValue(warning);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    /// <summary>A whole analysis: totals, bottleneck, services, operations, findings with advice, warnings.</summary>
    public static string Report(TraceReport report, int operationsMax = 50)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("traces", report.Traces);
            json.WriteNumber("spans", report.Spans);
            json.WriteNumber("failedTraces", report.FailedTraces);
            json.WriteNumber("tracesLeftOut", report.TracesLeftOut);
            Samples(json, "durationUs", report.Durations);
            json.WriteNumber("criticalUs", report.CriticalUs);
            json.WritePropertyName("bottleneck");
            if (Statistics.Bottleneck.Of(report) is { } bottleneck)
            {
                json.WriteStartObject();
                json.WriteString("service", bottleneck.Service);
                json.WriteString("operation", bottleneck.Operation);
                json.WriteNumber("serviceShare", Math.Round(bottleneck.ServiceShare, 4));
                json.WriteNumber("operationShare", Math.Round(bottleneck.OperationShare, 4));
                json.WriteNumber("wastedUs", bottleneck.WastedUs);
                Strings(json, "evidence", bottleneck.Evidence);
                json.WriteEndObject();
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteStartArray("services");
            foreach (var service in report.Operations.GroupBy(entry => entry.Service, StringComparer.Ordinal)
                         .Select(group => (group.Key, Spans: group.Sum(entry => entry.Count), Errors: group.Sum(entry => entry.Errors), Self: group.Sum(entry => entry.SelfUs), Critical: group.Sum(entry => entry.CriticalUs)))
                         .OrderByDescending(entry => entry.Critical).ThenBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("service", service.Key);
                json.WriteNumber("spans", service.Spans);
                json.WriteNumber("errors", service.Errors);
                json.WriteNumber("selfUs", service.Self);
                json.WriteNumber("criticalUs", service.Critical);
                json.WriteNumber("queries", report.Queries.GetValueOrDefault(service.Key));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Operations(json, "operations", report.Operations.Take(operationsMax), false);
            if (report.Tags.Count > 0)
                Operations(json, "tags", report.Tags.Values, true);
            json.WriteNumber("callPaths", report.CallPaths.Count);
            json.WriteStartArray("findings");
            foreach (var advice in Advisor.Of(report))
                Finding(json, advice);
            json.WriteEndArray();
            json.WriteNumber("warningCount", report.WarningCount);
            json.WriteStartArray("warnings");
            foreach (var warning in report.Warnings)
            {
                json.WriteStartObject();
                json.WriteString("traceId", warning.TraceId);
                json.WriteString("text", warning.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Statistics of every call path, depth first.</summary>
    public static string CallPaths(CallPathTable paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Write(json =>
        {
            json.WriteStartArray();
            foreach (var node in paths.Sorted())
            {
                var entry = paths[node];
                json.WriteStartObject();
                json.WriteNumber("depth", entry.Depth);
                json.WriteString("service", entry.Service);
                json.WriteString("operation", entry.Operation);
                json.WriteNumber("errors", entry.Errors);
                Samples(json, "durationUs", entry.Durations);
                Samples(json, "selfUs", entry.Self);
                json.WriteNumber("criticalUs", entry.CriticalUs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>Findings with advice only.</summary>
    public static string Advice(IEnumerable<TraceAdvice> advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return Write(json =>
        {
            json.WriteStartArray();
            foreach (var entry in advice)
                Finding(json, entry);
            json.WriteEndArray();
        });
    }

    /// <summary>The service map and its issues.</summary>
    public static string Map(ServiceMap map, IReadOnlyList<MapIssue> issues)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(issues);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("traces", map.Traces);
            json.WriteStartArray("nodes");
            foreach (var node in map.Nodes)
            {
                json.WriteStartObject();
                json.WriteString("name", node.Name);
                json.WriteString("kind", Lower(node.Kind));
                json.WriteNumber("spans", node.Spans);
                json.WriteNumber("errors", node.Errors);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("edges");
            foreach (var edge in map.Edges)
            {
                json.WriteStartObject();
                json.WriteString("from", edge.From);
                json.WriteString("to", edge.To);
                json.WriteString("kind", edge.Messaging ? "messaging" : "call");
                json.WriteNumber("calls", edge.Calls);
                json.WriteNumber("errors", edge.Errors);
                json.WriteNumber("traces", edge.Traces);
                json.WriteNumber("callsPerTraceMax", edge.CallsPerTraceMax);
                Samples(json, "latencyUs", edge.Latency);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("issues");
            foreach (var issue in issues)
            {
                json.WriteStartObject();
                json.WriteString("kind", Lower(issue.Kind));
                Strings(json, "nodes", issue.Nodes);
                json.WriteNumber("weight", issue.Weight);
                json.WriteString("text", issue.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Ranked suspects.</summary>
    public static string Suspects(IReadOnlyList<Suspect> suspects)
    {
        ArgumentNullException.ThrowIfNull(suspects);
        return Write(json =>
        {
            json.WriteStartArray();
            for (var index = 0; index < suspects.Count; index++)
            {
                json.WriteStartObject();
                json.WriteNumber("rank", index + 1);
                json.WriteString("service", suspects[index].Service);
                json.WriteString("operation", suspects[index].Operation);
                json.WriteNumber("score", suspects[index].Score);
                json.WriteNumber("addedUs", suspects[index].AddedUs);
                json.WriteNumber("errorsAdded", suspects[index].ErrorsAdded);
                Strings(json, "reasons", suspects[index].Reasons);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>Changes between two windows.</summary>
    public static string Diff(TraceReport before, TraceReport after, IReadOnlyList<OperationChange> changes)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(changes);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("tracesBefore", before.Traces);
            json.WriteNumber("tracesAfter", after.Traces);
            Samples(json, "durationBeforeUs", before.Durations);
            Samples(json, "durationAfterUs", after.Durations);
            json.WriteStartArray("operations");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("service", change.Service);
                json.WriteString("operation", change.Operation);
                json.WriteNumber("beforeUs", change.BeforeUs);
                json.WriteNumber("afterUs", change.AfterUs);
                json.WriteNumber("deltaUs", change.DeltaUs);
                json.WriteNumber("p95BeforeUs", change.P95BeforeUs);
                json.WriteNumber("p95AfterUs", change.P95AfterUs);
                json.WriteNumber("errorShareBefore", Math.Round(change.ErrorsBefore, 4));
                json.WriteNumber("errorShareAfter", Math.Round(change.ErrorsAfter, 4));
                json.WriteNumber("callsBefore", Math.Round(change.CallsBefore, 3));
                json.WriteNumber("callsAfter", Math.Round(change.CallsAfter, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Finding(Utf8JsonWriter json, TraceAdvice advice)
    {
        var finding = advice.Finding;
        json.WriteStartObject();
        json.WriteString("fingerprint", finding.Fingerprint);
        json.WriteString("kind", DetectorNames.Of(finding.Kind));
        json.WriteString("service", finding.Service);
        json.WriteString("operation", finding.Operation);
        json.WriteString("pattern", finding.Pattern);
        json.WriteNumber("count", finding.Count);
        json.WriteNumber("traces", finding.Traces);
        json.WriteNumber("spans", finding.Spans);
        json.WriteNumber("wasteP50Us", finding.Waste.PercentileUs(0.5));
        json.WriteNumber("wasteP95Us", finding.Waste.PercentileUs(0.95));
        json.WriteString("title", advice.Title);
        json.WriteString("problem", advice.Problem);
        json.WriteString("change", advice.Change);
        if (advice.Example is { } example)
        {
            json.WriteStartObject("example");
            json.WriteString("language", example.Language);
            json.WriteString("before", example.Before);
            json.WriteString("after", example.After);
            json.WriteEndObject();
        }

        json.WriteString("effort", Lower(advice.Effort));
        if (advice.GainP50Us is { } gain)
        {
            json.WriteNumber("gainP50Us", gain);
            json.WriteNumber("gainP95Us", advice.GainP95Us!.Value);
            json.WriteNumber("gainShareP50", Math.Round(advice.GainShareP50!.Value, 4));
            json.WriteNumber("gainShareP95", Math.Round(advice.GainShareP95!.Value, 4));
        }

        json.WriteNumber("confidence", advice.Confidence);
        json.WriteStartArray("examples");
        foreach (var seen in finding.Examples)
        {
            json.WriteStartObject();
            json.WriteString("traceId", seen.TraceId);
            Strings(json, "spanIds", seen.SpanIds);
            json.WriteNumber("wasteUs", seen.WasteUs);
            if (seen.GainUs >= 0)
                json.WriteNumber("gainUs", seen.GainUs);
            if (seen.Detail is not null)
                json.WriteString("detail", seen.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Operations(Utf8JsonWriter json, string name, IEnumerable<OperationStatistics> operations, bool tags)
    {
        json.WriteStartArray(name);
        foreach (var entry in operations)
        {
            json.WriteStartObject();
            if (tags)
            {
                json.WriteString("value", entry.Operation);
            }
            else
            {
                json.WriteString("service", entry.Service);
                json.WriteString("operation", entry.Operation);
            }

            json.WriteNumber("errors", entry.Errors);
            Samples(json, "durationUs", entry.Durations);
            json.WriteNumber("selfUs", entry.SelfUs);
            json.WriteNumber("criticalUs", entry.CriticalUs);
            json.WriteNumber("criticalTraces", entry.CriticalTraces);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Samples(Utf8JsonWriter json, string name, DurationSamples samples)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", samples.Count);
        json.WriteNumber("sum", samples.SumUs);
        json.WriteNumber("p50", samples.PercentileUs(0.5));
        json.WriteNumber("p95", samples.PercentileUs(0.95));
        json.WriteNumber("p99", samples.PercentileUs(0.99));
        json.WriteNumber("max", samples.MaxUs);
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in counts)
            json.WriteNumber(key, value);
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    // MixedCase to mixed-case.
    private static string Lower(Enum value)
    {
        var text = new StringBuilder();
        foreach (var letter in value.ToString())
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
            write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
