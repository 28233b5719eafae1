using System.CommandLine;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.Detectors;
using Prunella.Traces.Reports;
using Prunella.Traces.Statistics;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces analyze</c>.</summary>
internal static class AnalyzeCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var output = TraceOutput.Option();
        var tag = new Option<string?>("--tag") { Description = "Also count spans by the values of this attribute." };
        var top = new Option<int>("--top") { Description = "Operations and findings shown in the table.", DefaultValueFactory = _ => 10 };
        var command = new VerbCommand("analyze", "Show where the time goes: bottleneck, operations, findings with the gain of fixing each. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples =
            {
                new Example("prunella traces analyze samples/traces/shop-jaeger.json", "Analyse a file."),
                new Example("prunella traces analyze --jaeger http://localhost:16686 --service checkout --min-duration 1s --since 1h", "Analyse slow traces of the last hour."),
                new Example("prunella traces analyze samples/traces/shop-jaeger.json --percentile 95 --output json", "Analyse the slowest twentieth, as JSON."),
            },
        };
        inputs.AddTo(command);
        command.Add(output);
        command.Add(tag);
        command.Add(top);
        command.Does(async (parsed, cancel) =>
        {
            using var opened = await inputs.OpenAsync(parsed, cancel);
            var options = inputs.Analysis(parsed);
            options.Tag = parsed.GetValue(tag);
            var report = opened.Analyze(parsed, inputs, options, cancel);
            if (parsed.GetValue(output) == OutputFormat.Json)
                parsed.InvocationConfiguration.Output.Write(TraceJson.Report(report) + "\n");
            else
                Show(parsed, report, parsed.GetValue(top));
            return opened.Report(parsed, report.Traces);
        });
        return command;
    }

    private static void Show(ParseResult parsed, TraceReport report, int top)
    {
        var writer = parsed.InvocationConfiguration.Output;
        writer.Write(FormattableString.Invariant($"{TableText.Count(report.Traces, "trace")}, {TableText.Count(report.Spans, "span")}, {TableText.Number(report.FailedTraces)} with errors; P50 {TableText.Ms(report.Durations.PercentileUs(0.5))}, P95 {TableText.Ms(report.Durations.PercentileUs(0.95))}, P99 {TableText.Ms(report.Durations.PercentileUs(0.99))}\n"));
        if (Bottleneck.Of(report) is { } bottleneck)
            Output.Render(writer, Output.Cell($"Bottleneck: {bottleneck.Operation} in {bottleneck.Service}, {TableText.Ms(bottleneck.WastedUs)} a trace. {string.Join("; ", bottleneck.Evidence)}."));
        writer.Write("\n");
        var operations = Output.Table("service", "operation", "spans", "errors", "P50", "P95", "self", "critical path", "share");
        foreach (var entry in report.Operations.Take(top))
        {
            operations.Row(TableText.Cut(entry.Service, 30), TableText.Cut(entry.Operation, 40), TableText.Number(entry.Count), TableText.Number(entry.Errors), TableText.Ms(entry.Durations.PercentileUs(0.5)),
                TableText.Ms(entry.Durations.PercentileUs(0.95)), TableText.Ms(entry.SelfUs), TableText.Ms(entry.CriticalUs), TableText.Share(report.CriticalUs == 0 ? 0 : (double)entry.CriticalUs / report.CriticalUs));
        }

        Output.Render(writer, operations);
        writer.Write("\n");
        ShowFindings(parsed, Advisor.Of(report), top);
        if (report.WarningCount > 0)
            parsed.Say($"{TableText.Count(report.WarningCount, "warning")} about traces; --output json lists them.");
    }

    internal static void ShowFindings(ParseResult parsed, IReadOnlyList<TraceAdvice> advice, int top)
    {
        var writer = parsed.InvocationConfiguration.Output;
        if (advice.Count == 0)
        {
            writer.Write("No findings.\n");
            return;
        }

        var findings = Output.Table("finding", "kind", "title", "traces", "waste P50", "gain P50", "gain", "effort", "confidence");
        foreach (var entry in advice.Take(top))
        {
            findings.Row(entry.Finding.Fingerprint, DetectorNames.Of(entry.Finding.Kind), TableText.Cut(entry.Title, 70), TableText.Number(entry.Finding.Traces), TableText.Ms(entry.Finding.Waste.PercentileUs(0.5)),
                entry.GainP50Us is { } gain ? TableText.Ms(gain) : "–", entry.GainShareP50 is { } share ? TableText.Share(share) : "–", entry.Effort.ToString().ToLowerInvariant(), FormattableString.Invariant($"{entry.Confidence:0.00}"));
        }

        Output.Render(writer, findings);
        if (advice.Count > top)
            writer.Write(FormattableString.Invariant($"… and {advice.Count - top} more findings (--top).\n"));
    }
}
