using System.CommandLine;
using System.Globalization;

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
        var diff = new Option<bool>("--diff") { Description = "Compare two files: what the second has more or less of than the first." };
        var inputs = new LogOptions();
        var command = new Command("patterns", "Print the templates of a log with counts, share, rate, class and an example.\n\nExamples:\n  prunella logs patterns app.log\n  prunella logs patterns app.log --since 1h\n  prunella logs patterns --diff yesterday.log today.log") { output, limit, since, diff };
        inputs.AddTo(command);
        command.SetAction(parsed => LogInputs.Guard(() =>
        {
            var json = parsed.GetRequiredValue(output) == "json";
            var count = parsed.GetValue(limit) is > 0 and var n ? n : int.MaxValue;
            return parsed.GetValue(diff) ? Diff(parsed, inputs, json, count) : List(parsed, inputs, parsed.GetValue(since), json, count);
        }));
        return command;
    }

    private static int List(ParseResult parsed, LogOptions options, string? since, bool json, int limit)
    {
        using var inputs = options.Open(parsed);
        var survey = new PatternSurvey(options.Parser(parsed), options.Overrides(parsed));
        if (since is not null && !survey.TrySince(since, inputs))
        {
            throw new FormatException($"--since {since}: expected a time such as 2026-03-17T08:00, or an age such as 30m, 6h or 2d.");
        }

        survey.Read(inputs);
        var patterns = survey.Patterns();
        if (json)
        {
            PatternOutput.WriteJson(Console.Out, patterns.Take(limit));
        }
        else
        {
            PatternOutput.WriteTable(Console.Out, patterns, limit);
        }

        survey.Summarize(Console.Error);
        inputs.Report(Console.Error);
        return 0;
    }

    private static int Diff(ParseResult parsed, LogOptions options, bool json, int limit)
    {
        var files = options.Files(parsed);
        if (files.Length != 2)
        {
            throw new FormatException("--diff takes exactly two files.");
        }

        // One parser for both, so that a template has the same id on either side.
        var survey = new PatternSurvey(options.Parser(parsed), options.Overrides(parsed));
        using var before = LogInputs.Open([files[0]]);
        using var after = LogInputs.Open([files[1]]);
        survey.Read(before);
        survey.Read(after);
        var first = survey.Count(before);
        var second = survey.Count(after);
        var changes = PatternChangeRow.Between(first, second).Take(limit).ToList();
        if (json)
        {
            PatternOutput.WriteJson(Console.Out, changes);
        }
        else
        {
            PatternOutput.WriteTable(Console.Out, changes);
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first.Values.Sum():N0} lines before, {second.Values.Sum():N0} after; {changes.Count} patterns differ."));
        return 0;
    }
}
