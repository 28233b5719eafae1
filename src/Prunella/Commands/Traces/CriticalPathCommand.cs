using System.CommandLine;
using Prunella.Traces.Analysis;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Reports;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces critical-path</c>.</summary>
internal static class CriticalPathCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var output = TraceOutput.Option();
        var details = new Option<bool>("--details") { Description = "Add call paths, drag, adjusted spans and warnings to the JSON." };
        var command = new VerbCommand("critical-path", "Print what each trace waited for. JSON is one object for one path, an array for several. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples =
            {
                new Example("prunella traces critical-path samples/traces/shop-jaeger.json --slowest 1", "The critical path of the slowest trace."),
                new Example("prunella traces critical-path samples/traces/shop-jaeger.json --service basket --mode crisp --output json", "From the first span of a service, by CRISP's rules, as JSON."),
            },
        };
        inputs.AddTo(command);
        command.Add(output);
        command.Add(details);
        command.Does(async (parsed, cancel) =>
        {
            using var opened = await inputs.OpenAsync(parsed, cancel);
            var options = inputs.Analysis(parsed);
            opened.KeepSlow(parsed, inputs, options, cancel);
            var (json, more) = (parsed.GetValue(output) == OutputFormat.Json, parsed.GetValue(details));
            var found = opened.Select<string>(parsed, inputs, () =>
            {
                var paths = new TracePaths(options);
                return batch => paths.Of(batch, (tree, path) => json ? TraceJson.CriticalPath(tree, path, more) : Text(tree, path));
            }, cancel);
            var writer = parsed.InvocationConfiguration.Output;
            if (!json)
                writer.Write(string.Join("\n", found));
            else if (found.Count == 1)
                writer.Write(found[0] + "\n");
            else
                writer.Write("[" + string.Join(",\n", found) + "]\n");
            return opened.Report(parsed, found.Count);
        });
        return command;
    }

    private static string Text(Prunella.Traces.Model.TraceTree tree, CriticalPathResult path)
    {
        using var text = new StringWriter();
        text.Write($"trace {tree.Trace.TraceId} from {tree.SpanId(path.Root)}: {TableText.Ms(path.DurationUs)}, work {TableText.Ms(path.TotalWorkUs)}\n");
        var table = Output.Table("at", "for", "share", "service", "operation", "span");
        foreach (var section in path.Sections)
        {
            table.Row(TableText.Ms(section.StartUs - tree.Start(path.Root)), TableText.Ms(section.DurationUs), TableText.Share((double)section.DurationUs / Math.Max(1, path.DurationUs)),
                TableText.Cut(tree.Service(section.Span), 30), TableText.Cut(tree.Operation(section.Span), 60), tree.SpanId(section.Span));
        }

        Output.Render(text, table);
        foreach (var warning in tree.Warnings)
            text.Write($"warning: {warning}\n");
        return text.ToString();
    }
}
