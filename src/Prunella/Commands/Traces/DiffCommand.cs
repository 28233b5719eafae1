using System.CommandLine;
using Prunella.Traces.Analysis;
using Prunella.Traces.Reports;
using Prunella.Traces.Statistics;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces diff</c>.</summary>
internal static class DiffCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var before = new Argument<string>("before") { Description = "Traces of the first window; with --slow-from the only file." };
        var after = new Argument<string?>("after") { Description = "Traces of the second window.", Arity = ArgumentArity.ZeroOrOne };
        var slow = TraceInputOptions.Duration("--slow-from", "Compare the traces of one file: those at least this long against the others.");
        var top = new Option<int>("--top") { Description = "Operations shown in the table.", DefaultValueFactory = _ => 20 };
        var output = TraceOutput.Option();
        var command = new VerbCommand("diff", "Compare two windows, or slow traces with the others, operation by operation. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples =
            {
                new Example("prunella traces diff samples/traces/shop-jaeger.json samples/traces/shop-fault.json", "What got slower."),
                new Example("prunella traces diff samples/traces/shop-jaeger.json --slow-from 400ms", "What slow traces do that others do not."),
            },
        };
        command.Add(before);
        command.Add(after);
        command.Add(slow);
        command.Add(top);
        command.Add(output);
        command.Add(inputs.Service);
        command.Add(inputs.Operation);
        command.Add(inputs.Mode);
        command.Add(inputs.Threads);
        command.Does(async (parsed, cancel) =>
        {
            var least = parsed.GetValue(slow);
            var second = parsed.GetValue(after);
            if (second is null == (least == TimeSpan.Zero))
                throw new CommandFailedException(ExitCode.Usage, "Name two files, or one and --slow-from.");
            using var x = await inputs.OpenAsync(parsed, [parsed.GetRequiredValue(before)], cancel);
            using var y = await inputs.OpenAsync(parsed, [second ?? parsed.GetRequiredValue(before)], cancel);
            var (first, other) = (Read(parsed, inputs, x, null, least, cancel), Read(parsed, inputs, y, least > TimeSpan.Zero ? least : null, TimeSpan.Zero, cancel));
            var changes = WindowDiff.Of(first, other);
            if (parsed.GetValue(output) == OutputFormat.Json)
            {
                parsed.InvocationConfiguration.Output.Write(TraceJson.Diff(first, other, changes) + "\n");
            }
            else
            {
                var table = Output.Table("service", "operation", "before", "after", "change", "P95 before", "P95 after", "errors", "calls");
                foreach (var change in changes.Take(parsed.GetValue(top)))
                {
                    table.Row(change.Service, TableText.Cut(change.Operation, 50), TableText.Ms(change.BeforeUs), TableText.Ms(change.AfterUs), TableText.Ms(change.DeltaUs), TableText.Ms(change.P95BeforeUs), TableText.Ms(change.P95AfterUs),
                        $"{TableText.Share(change.ErrorsBefore)} → {TableText.Share(change.ErrorsAfter)}", FormattableString.Invariant($"{change.CallsBefore:0.#} → {change.CallsAfter:0.#}"));
                }

                Output.Render(parsed.InvocationConfiguration.Output, table);
            }

            var code = x.Report(parsed, first.Traces);
            return code == ExitCode.Ok ? y.Report(parsed, other.Traces) : code;
        });
        return command;
    }

    private static TraceReport Read(ParseResult parsed, TraceInputOptions inputs, TraceInputs opened, TimeSpan? least, TimeSpan below, CancellationToken cancel)
    {
        var options = new AnalysisOptions
        {
            Mode = parsed.GetValue(inputs.Mode), Service = parsed.GetValue(inputs.Service), Operation = parsed.GetValue(inputs.Operation),
            MinDuration = least ?? TimeSpan.Zero, MaxDuration = below > TimeSpan.Zero ? below : null, Detect = false,
        };
        return opened.Analyze(parsed, inputs, options, cancel);
    }
}
