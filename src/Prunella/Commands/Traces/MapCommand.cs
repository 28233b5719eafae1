using System.CommandLine;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Tracing;
using Prunella.Reasoning.Advising;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Reports;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces map</c>.</summary>
internal static class MapCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var output = new Option<string>("--output") { Description = "table, json, dot, mermaid or svg.", HelpName = "table|json|dot|mermaid|svg", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "dot", "mermaid", "svg");
        var telling = new TraceTelling();
        var command = new VerbCommand("map", "Draw who calls whom, with calls, errors and latency, and name what is wrong with the shape. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples =
            {
                new Example("prunella traces map samples/traces/shop-jaeger.json", "Edges and issues as tables."),
                new Example("prunella traces map samples/traces/shop-jaeger.json --tell", "With remarks on each issue, what matters most first."),
                new Example("prunella traces map samples/traces/shop-jaeger.json --output mermaid", "A Mermaid flow chart."),
            },
        };
        inputs.AddTo(command);
        command.Add(output);
        telling.AddTo(command);
        command.Does(async (parsed, cancel) =>
        {
            using var opened = await inputs.OpenAsync(parsed, cancel);
            var options = inputs.Analysis(parsed);
            options.Detect = false;
            var report = opened.Analyze(parsed, inputs, options, cancel);
            var map = report.Map;
            await AddOwnCountsAsync(parsed, inputs, map, cancel);
            var issues = MapIssues.Of(map);
            var told = await telling.AskAsync(parsed, reasoner => new TraceTeller(reasoner).RemarkAsync(map, issues, cancel));
            var writer = parsed.InvocationConfiguration.Output;
            switch (parsed.GetValue(output))
            {
                case "json":
                    writer.Write((told is null ? TraceJson.Map(map, issues) : TraceTelling.Beside(TraceJson.Map(map, issues), "map", told)) + "\n");
                    break;
                case "dot":
                    writer.Write(MapWriter.Dot(map));
                    break;
                case "mermaid":
                    writer.Write(MapWriter.Mermaid(map));
                    break;
                case "svg":
                    writer.Write(MapWriter.Svg(map));
                    break;
                default:
                    Show(writer, map, issues);
                    if (told is not null)
                        Remarks(writer, told.Value);
                    break;
            }

            return opened.Report(parsed, report.Traces);
        });
        return command;
    }

    // Jaeger's own job has counted edges of traces that were not read here.
    private static async Task AddOwnCountsAsync(ParseResult parsed, TraceInputOptions inputs, ServiceMap map, CancellationToken cancel)
    {
        if (parsed.GetValue(inputs.Jaeger) is not { } url)
            return;
        var since = parsed.GetValue(inputs.Since);
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var known = map.Edges.Select(edge => (edge.From, edge.To)).ToHashSet();
            foreach (var edge in await new JaegerClient(http, new JaegerOptions { Url = url }).DependenciesAsync(TimeProvider.System.GetUtcNow(), since > TimeSpan.Zero ? since : TimeSpan.FromHours(1), cancel))
            {
                if (!known.Contains((edge.Parent, edge.Child)))
                    map.AddCalls(edge.Parent, edge.Child, edge.Calls, 0);
            }
        }
        catch (TraceBackendException failure)
        {
            parsed.Say($"Jaeger's own dependencies are left out: {failure.Message}");
        }
    }

    private static void Remarks(TextWriter writer, MapStory story)
    {
        writer.Write(Terminal.InertText.Block($"\n{story.Summary}\n"));
        foreach (var remark in story.Remarks)
            writer.Write(Terminal.InertText.Block($"- {remark.Remark}\n  {remark.Suggestion}\n"));
    }

    private static void Show(TextWriter writer, ServiceMap map, IReadOnlyList<MapIssue> issues)
    {
        var edges = Output.Table("from", "to", "kind", "calls", "errors", "P50", "P95", "most in a trace");
        foreach (var edge in map.Edges)
        {
            edges.Row(edge.From, edge.To, edge.Messaging ? "messaging" : "call", TableText.Number(edge.Calls), TableText.Number(edge.Errors),
                TableText.Ms(edge.Latency.PercentileUs(0.5)), TableText.Ms(edge.Latency.PercentileUs(0.95)), TableText.Number(edge.CallsPerTraceMax));
        }

        Output.Render(writer, edges);
        writer.Write("\n");
        if (issues.Count == 0)
        {
            writer.Write("No issues.\n");
            return;
        }

        var table = Output.Table("issue", "what");
        foreach (var issue in issues)
            table.Row(issue.Kind.ToString(), issue.Text);
        Output.Render(writer, table);
    }
}
