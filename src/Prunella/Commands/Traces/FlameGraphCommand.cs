using System.CommandLine;
using System.Text;
using Prunella.Traces.Statistics;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces flamegraph</c>.</summary>
internal static class FlameGraphCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var file = new Option<string?>("--out", "-o") { Description = "The file to write: .svg for a picture, anything else for folded stacks. Folded stacks on stdout if not said." };
        var value = new Option<FlameValue>("--value") { Description = "What widths show: self (default: time of the span itself) or critical (time on critical paths).", HelpName = "self|critical" };
        var command = new VerbCommand("flamegraph", "Draw call paths by their time. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples =
            {
                new Example("prunella traces flamegraph samples/traces/shop-jaeger.json -o flame.svg", "A picture."),
                new Example("prunella traces flamegraph samples/traces/shop-jaeger.json --value critical", "Folded stacks of the critical paths."),
            },
        };
        inputs.AddTo(command);
        command.Add(file);
        command.Add(value);
        command.Does(async (parsed, cancel) =>
        {
            using var opened = await inputs.OpenAsync(parsed, cancel);
            var options = inputs.Analysis(parsed);
            options.Detect = false;
            var report = opened.Analyze(parsed, inputs, options, cancel);
            if (parsed.GetValue(file) is not { } path)
            {
                FlameGraph.WriteFolded(report.CallPaths, parsed.GetValue(value), parsed.InvocationConfiguration.Output);
                return opened.Report(parsed, report.Traces);
            }

            try
            {
                await using var writer = new StreamWriter(path, false, new UTF8Encoding(false));
                if (path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
                    FlameGraph.WriteSvg(report.CallPaths, parsed.GetValue(value), $"{TableText.Count(report.Traces, "trace")}, {TableText.Count(report.Spans, "span")}", writer);
                else
                    FlameGraph.WriteFolded(report.CallPaths, parsed.GetValue(value), writer);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(ExitCode.Configuration, $"{path} cannot be written: {failure.Message}");
            }

            return opened.Report(parsed, report.Traces);
        });
        return command;
    }
}
