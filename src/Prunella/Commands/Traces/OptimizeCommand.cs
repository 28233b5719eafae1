using System.CommandLine;
using Prunella.Integrations.Jaeger;
using Prunella.Integrations.Tracing;
using Prunella.Integrations.Zipkin;
using Prunella.Reasoning.Advising;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.Reports;
using Prunella.Terminal;

namespace Prunella.Commands.Traces;

/// <summary><c>prunella traces optimize</c>.</summary>
internal static class OptimizeCommand
{
    internal static Command Create()
    {
        var inputs = new TraceInputOptions();
        var what = new Argument<string[]>("trace") { Description = "A trace id (with --jaeger or --zipkin) or trace files.", Arity = ArgumentArity.OneOrMore };
        var output = TraceOutput.Option();
        var telling = new TraceTelling();
        var command = new VerbCommand("optimize", "Say what to change, with code before and after and the gain by re-timing. Exit code 0, or 3 when an input could not be read whole, 6 when there is no such trace.")
        {
            Examples =
            {
                new Example("prunella traces optimize samples/traces/shop-jaeger.json", "Advice on a file's traces."),
                new Example("prunella traces optimize samples/traces/shop-jaeger.json --tell", "The same, ranked, with why and the first step."),
                new Example("prunella traces optimize 4bf92f3577b34da6a3ce929d0e0e4736 --jaeger http://localhost:16686", "Advice on one trace of a Jaeger."),
            },
        };
        command.Add(what);
        inputs.AddTo(command, files: false);
        command.Add(output);
        telling.AddTo(command);
        command.Does(async (parsed, cancel) =>
        {
            var names = parsed.GetRequiredValue(what);
            var backend = parsed.GetValue(inputs.Jaeger) is not null || parsed.GetValue(inputs.Zipkin) is not null;
            using var opened = backend && !names.Any(File.Exists) ? await FetchAsync(parsed, inputs, names, cancel) : await inputs.OpenAsync(parsed, names, cancel);
            var report = opened.Analyze(parsed, inputs, inputs.Analysis(parsed), cancel);
            var advice = Advisor.Of(report);
            var told = await telling.AskAsync(parsed, reasoner => new TraceTeller(reasoner).RankAsync(advice, cancel));
            if (parsed.GetValue(output) == OutputFormat.Json)
                parsed.InvocationConfiguration.Output.Write((told is null ? TraceJson.Advice(advice) : TraceTelling.Beside(TraceJson.Advice(advice), "advice", told)) + "\n");
            else
                Show(parsed, told is null ? advice : Ranked(parsed, advice, told.Value));
            return opened.Report(parsed, report.Traces);
        });
        return command;
    }

    private static async Task<TraceInputs> FetchAsync(ParseResult parsed, TraceInputOptions inputs, string[] ids, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var origins = new List<TraceOrigin>();
        try
        {
            foreach (var id in ids)
            {
                var body = parsed.GetValue(inputs.Jaeger) is { } jaeger
                    ? await new JaegerClient(http, new JaegerOptions { Url = jaeger }).TraceAsync(id, cancel)
                    : await new ZipkinClient(http, new ZipkinOptions { Url = parsed.GetValue(inputs.Zipkin) }).TraceAsync(id, cancel);
                if (body is null)
                    throw new CommandFailedException(ExitCode.NotFound, $"There is no trace {id}.");
                var kept = new MemoryStream();
                await using (body)
                    await body.CopyToAsync(kept, cancel);
                origins.Add(new TraceOrigin(id, () => new MemoryStream(kept.GetBuffer(), 0, (int)kept.Length, writable: false)));
            }
        }
        catch (TraceBackendException failure)
        {
            throw new CommandFailedException(ExitCode.Unreachable, failure.Message);
        }

        return new TraceInputs(origins, []);
    }

    private static List<TraceAdvice> Ranked(ParseResult parsed, IReadOnlyList<TraceAdvice> advice, TraceStory story)
    {
        var writer = parsed.InvocationConfiguration.Output;
        writer.Write(InertText.Block(story.Summary + "\n\n"));
        foreach (var (place, entry) in story.Ranking.Index())
            writer.Write(InertText.Block($"{place + 1}. {advice[entry.Number - 1].Title}\n   {entry.Why}\n   First: {entry.FirstStep}\n"));
        writer.Write("\n");
        return [.. story.Ranking.Select(entry => advice[entry.Number - 1]), .. advice.Skip(TraceTeller.Most)];
    }

    private static void Show(ParseResult parsed, IReadOnlyList<TraceAdvice> advice)
    {
        var writer = parsed.InvocationConfiguration.Output;
        if (advice.Count == 0)
            writer.Write("Nothing to advise.\n");
        foreach (var entry in advice)
        {
            writer.Write(InertText.Block($"{entry.Title}  [{entry.Finding.Fingerprint}]\n  {entry.Problem}\n  Change: {entry.Change}\n"));
            writer.Write(entry.GainP50Us is { } gain
                ? $"  Gain by re-timing: P50 {TableText.Ms(gain)} ({TableText.Share(entry.GainShareP50!.Value)}), P95 {TableText.Ms(entry.GainP95Us!.Value)} ({TableText.Share(entry.GainShareP95!.Value)}); effort {entry.Effort.ToString().ToLowerInvariant()}, confidence {FormattableString.Invariant($"{entry.Confidence:0.00}")}\n"
                : $"  Gain: cannot be told from traces; effort {entry.Effort.ToString().ToLowerInvariant()}, confidence {FormattableString.Invariant($"{entry.Confidence:0.00}")}\n");
            if (entry.Example is { } example)
                writer.Write(InertText.Block($"  Before ({example.Language}):\n    {example.Before.Replace("\n", "\n    ", StringComparison.Ordinal)}\n  After:\n    {example.After.Replace("\n", "\n    ", StringComparison.Ordinal)}\n"));
            foreach (var seen in entry.Finding.Examples)
                writer.Write(InertText.Block($"  Seen in trace {seen.TraceId}, spans {string.Join(", ", seen.SpanIds.Take(5))}{(seen.SpanIds.Count > 5 ? " …" : string.Empty)}: {TableText.Ms(seen.WasteUs)} wasted\n"));
            writer.Write("\n");
        }
    }
}
