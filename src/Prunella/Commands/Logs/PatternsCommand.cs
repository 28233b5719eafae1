using System.CommandLine;
using System.Globalization;
using Prunella.Logs.Templates;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs patterns</c>: what a log is made of, most frequent first.</summary>
internal static class PatternsCommand
{
    internal static Command Create()
    {
        var output = new Option<string>("--output") { Description = "table or json.", DefaultValueFactory = static _ => "table" };
        output.AcceptOnlyFromAmong("table", "json");
        var limit = new Option<int>("--limit") { Description = "Most patterns printed; 0 for all.", DefaultValueFactory = static _ => 50 };
        var since = new Option<string?>("--since") { Description = "Only lines from this time on: 2026-03-17T08:00, or 30m, 6h, 2d before the last line." };
        var diff = new Option<bool>("--diff") { Description = "Compare two files, or two ranges: what the second has more or less of than the first." };
        var range = new Option<string[]>("--range") { Description = "With --diff, given twice: the ranges to compare, FROM..TO. Times or ages before the last line; either end may be left out.", HelpName = "FROM..TO", Arity = ArgumentArity.ZeroOrMore };
        var inputs = new LogOptions();
        var command = new Command("patterns", "Print the templates of a log with counts, share, rate, class and an example.\n\nExamples:\n  prunella logs patterns app.log\n  prunella logs patterns app.log --since 1h\n  prunella logs patterns --diff yesterday.log today.log\n  prunella logs patterns app.log --diff --range 2h..1h --range 1h..") { output, limit, since, diff, range };
        inputs.AddTo(command);
        command.SetAction(parsed => LogInputs.Guard(parsed, () =>
        {
            var json = parsed.GetRequiredValue(output) == "json";
            var count = parsed.GetValue(limit) is > 0 and var n ? n : int.MaxValue;
            return parsed.GetValue(diff) ? Diff(parsed, inputs, parsed.GetValue(range) ?? [], json, count) : List(parsed, inputs, parsed.GetValue(since), json, count);
        }));
        return command;
    }

    private static int List(ParseResult parsed, LogOptions options, string? since, bool json, int limit)
    {
        using var inputs = options.Open(parsed);
        var survey = new PatternSurvey(options.Parser(parsed), options.Overrides(parsed));
        survey.Read(inputs, LogTime.Ticks("--since", since, () => survey.Latest(inputs)) ?? 0);
        var patterns = survey.Patterns();
        if (json)
        {
            PatternOutput.WriteJson(parsed.InvocationConfiguration.Output, patterns.Take(limit));
        }
        else
        {
            PatternOutput.WriteTable(parsed.InvocationConfiguration.Output, patterns, limit);
        }

        survey.Summarize(parsed.InvocationConfiguration.Error);
        inputs.Report(parsed.InvocationConfiguration.Error);
        return 0;
    }

    private static int Diff(ParseResult parsed, LogOptions options, string[] ranges, bool json, int limit)
    {
        var (first, second) = ranges.Length switch
        {
            0 => Files(parsed, options),
            2 => Ranges(parsed, options, ranges),
            _ => throw new FormatException("--diff takes two --range, or none and two files."),
        };
        var changes = PatternChangeRow.Between(first, second).Take(limit).ToList();
        if (json)
        {
            PatternOutput.WriteJson(parsed.InvocationConfiguration.Output, changes);
        }
        else
        {
            PatternOutput.WriteTable(parsed.InvocationConfiguration.Output, changes);
        }

        parsed.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first.Values.Sum():N0} lines before, {second.Values.Sum():N0} after; {changes.Count} patterns differ."));
        return 0;
    }

    private static (Dictionary<Template, long> Before, Dictionary<Template, long> After) Files(ParseResult parsed, LogOptions options)
    {
        var files = options.Files(parsed);
        if (files.Length != 2)
        {
            throw new FormatException("--diff takes exactly two files, or two --range.");
        }

        // One parser for both, so that a template has the same id on either side.
        var survey = new PatternSurvey(options.Parser(parsed), options.Overrides(parsed));
        using var before = LogInputs.Open([files[0]]);
        using var after = LogInputs.Open([files[1]]);
        survey.Read(before);
        survey.Read(after);
        return (survey.Count(before), survey.Count(after));
    }

    private static (Dictionary<Template, long> Before, Dictionary<Template, long> After) Ranges(ParseResult parsed, LogOptions options, string[] ranges)
    {
        using var inputs = options.Open(parsed);
        var survey = new PatternSurvey(options.Parser(parsed), options.Overrides(parsed));
        var latest = new Lazy<long>(() => survey.Latest(inputs));
        var limits = ranges.Select(text => LogTime.Range("--range", text, () => latest.Value)).ToArray();
        survey.Read(inputs);
        var counts = survey.Count(inputs, limits);
        return (counts[0], counts[1]);
    }
}
