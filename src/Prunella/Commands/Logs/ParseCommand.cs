using System.CommandLine;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Reasoning.Naming;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs parse</c>: one row a line, with its fields and its template.</summary>
internal static class ParseCommand
{
    private const string Header = "LineId,Time,Level,Service,EventId,EventTemplate,Class\n";

    internal static Command Create()
    {
        var output = new Option<string>("--output") { Description = "csv or json (one object a line).", DefaultValueFactory = static _ => "csv" };
        output.AcceptOnlyFromAmong("csv", "json");
        var events = new Option<bool>("--events") { Description = "One row an event: stack traces and indented lines go with the line they continue." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as the files grow, through rotation and truncation; Ctrl-C ends. With - lines are read as they come." };
        var names = new Option<string?>("--names") { Description = "With --output json: name the values of lines by this file of 'logs fields'.", HelpName = "FILE" };
        var inputs = new LogOptions();
        var command = new Command("parse", "Print each line's time, level, service, template and class.\n\nExamples:\n  prunella logs parse app.log\n  prunella logs parse /var/log/*.log --output json\n  zcat old.gz | prunella logs parse -\n  prunella logs parse -f /var/log/app.log") { output, events, follow, names };
        inputs.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => LogInputs.Guard(parsed, () =>
        {
            var (json, joined) = (parsed.GetRequiredValue(output) == "json", parsed.GetValue(events));
            if (!json && parsed.GetValue(names) is not null) throw new FormatException("--names goes with --output json: rows of CSV have the same columns for every line.");
            var named = parsed.GetValue(names) is { } file ? LearnedNames.Load(file) : new LearnedNames();
            return !parsed.GetValue(follow) ? Run(parsed, inputs, named, json, joined)
                : joined ? throw new FormatException("--events and --follow exclude each other: an event ends when the next begins.")
                : Follow(parsed, inputs, named, json, cancellation);
        }), CancellationToken.None));
        return command;
    }

    private static int Follow(ParseResult parsed, LogOptions options, LearnedNames names, bool json, CancellationToken cancellation)
    {
        var parser = new LogParser(options.Parser(parsed));
        var classifier = new LineClassifier(overrides: options.Overrides(parsed));
        using var stdout = System.Console.OpenStandardOutput();
        using var writer = new StreamWriter(stdout, new UTF8Encoding(false), 1 << 16);
        if (!json)
        {
            writer.Write(Header);
        }

        using var inputs = new FollowedInputs(options.Files(parsed), TimeProvider.System);
        inputs.ForEachLine(
            (line, number) =>
            {
                var row = parser.Parse(line);
                Write(writer, names, json, number, row, classifier.Classify(row).Class);
            },
            writer.Flush,
            cancellation);
        return 0;
    }

    private static void Write(TextWriter writer, LearnedNames names, bool json, long number, in ParsedLine row, LineClass lineClass)
    {
        if (json)
        {
            ParseRow.WriteJson(writer, number, row, lineClass, names);
        }
        else
        {
            ParseRow.WriteCsv(writer, number, row, lineClass);
        }
    }

    private static int Run(ParseResult parsed, LogOptions options, LearnedNames names, bool json, bool events)
    {
        using var inputs = options.Open(parsed);
        var parser = new LogParser(options.Parser(parsed));
        var classifier = new LineClassifier(overrides: options.Overrides(parsed));
        inputs.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));

        // The first pass learns; the second names every line by what was known at the end, so that a line's template does not
        // depend on how early it came.
        Each((line, _) => parser.Parse(line));
        parser.Refine();
        using var stdout = System.Console.OpenStandardOutput();
        using var writer = new StreamWriter(stdout, new UTF8Encoding(false), 1 << 16);
        if (!json)
        {
            writer.Write(Header);
        }

        Each((line, number) =>
        {
            var row = parser.Parse(line);
            Write(writer, names, json, number, row, classifier.Classify(row).Class);
        });
        inputs.Report(System.Console.Error);
        return 0;

        void Each(LogInputs.LineAction action)
        {
            if (events)
            {
                inputs.ForEachEvent(long.MaxValue, action);
            }
            else
            {
                inputs.ForEachLine(long.MaxValue, action);
            }
        }
    }
}
