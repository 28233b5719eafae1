using System.CommandLine;
using Prunella.Traces.Reports;
using Prunella.Traces.Statistics;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces rank</c>.</summary>
internal static class RankCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var normal = new Option<string[]>("--normal") { Description = "Traces from before the fault.", Required = true, AllowMultipleArgumentsPerToken = true };
        var abnormal = new Option<string[]>("--abnormal") { Description = "Traces of the fault.", Required = true, AllowMultipleArgumentsPerToken = true };
        var top = new Option<int>("--top") { Description = "Suspects to print.", DefaultValueFactory = _ => 10 };
        var output = TraceOutput.Option();
        var command = new VerbCommand("rank", "Rank services and operations by how much slower or more faulty they are in a fault than before it. Exit code 0, or 3 when an input could not be read whole.")
        {
            Examples = { new Example("prunella traces rank --normal samples/traces/shop-jaeger.json --abnormal samples/traces/shop-fault.json", "The likeliest causes, with reasons.") },
        };
        command.Add(normal);
        command.Add(abnormal);
        command.Add(top);
        command.Add(output);
        command.Add(inputs.Threads);
        command.Does(async (parsed, cancel) =>
        {
            using var before = await inputs.OpenAsync(parsed, parsed.GetRequiredValue(normal), cancel);
            using var after = await inputs.OpenAsync(parsed, parsed.GetRequiredValue(abnormal), cancel);
            var (x, y) = (Window(parsed, inputs, before, cancel), Window(parsed, inputs, after, cancel));
            var suspects = RootCauseRanking.Rank(x, y, parsed.GetValue(top));
            if (parsed.GetValue(output) == OutputFormat.Json)
            {
                parsed.InvocationConfiguration.Output.Write(TraceJson.Suspects(suspects) + "\n");
            }
            else
            {
                var table = Output.Table("rank", "score", "service", "operation", "added a trace", "why");
                for (var index = 0; index < suspects.Count; index++)
                    table.Row(FormattableString.Invariant($"{index + 1}"), FormattableString.Invariant($"{suspects[index].Score:0.000}"), suspects[index].Service, TableText.Cut(suspects[index].Operation, 50), TableText.Ms(suspects[index].AddedUs), string.Join("; ", suspects[index].Reasons));
                Output.Render(parsed.InvocationConfiguration.Output, table);
            }

            var first = before.Report(parsed, x.Traces);
            var second = after.Report(parsed, y.Traces);
            return first == ExitCode.Ok ? second : first;
        });
        return command;
    }

    private static RankWindow Window(ParseResult parsed, TraceInputOptions inputs, TraceInputs opened, CancellationToken cancel)
    {
        var window = new RankWindow();
        foreach (var part in opened.Collect(parsed, inputs, () => new RankWindow(), (part, trace) => part.Add(trace), cancel))
            window.Add(part);
        return window;
    }
}
