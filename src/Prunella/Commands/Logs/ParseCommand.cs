using System.CommandLine;
using System.Text;
using Prunella.Logs.Parsing;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs parse</c>: one row a line, with its fields and its template.</summary>
internal static class ParseCommand
{
    internal static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Files, folders, patterns; - is standard input. Gzip and zstd are recognised.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output") { Description = "csv or json (one object a line).", DefaultValueFactory = static _ => "csv" };
        output.AcceptOnlyFromAmong("csv", "json");
        var year = new Option<int?>("--year") { Description = "Year of timestamps that do not write one (default: this year)." };
        var command = new Command("parse", "Print each line's time, level, service and template.\n\nExamples:\n  prunella logs parse app.log\n  prunella logs parse /var/log/*.log --output json\n  zcat old.gz | prunella logs parse -") { files, output, year };
        command.SetAction(parse => LogInputs.Guard(() => Run(parse.GetRequiredValue(files), parse.GetRequiredValue(output), parse.GetValue(year))));
        return command;
    }

    private static int Run(string[] names, string output, int? year)
    {
        using var inputs = LogInputs.Open(names);
        var options = new LogParserOptions();
        if (year is { } given)
        {
            options.Year = given;
        }

        var parser = new LogParser(options);
        inputs.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));

        // The first pass learns; the second names every line by what was known at the end, so that a line's template does not
        // depend on how early it came.
        inputs.ForEachLine(long.MaxValue, (line, _) => parser.Parse(line));
        parser.Refine();
        using var stdout = Console.OpenStandardOutput();
        using var writer = new StreamWriter(stdout, new UTF8Encoding(false), 1 << 16);
        var json = output == "json";
        if (!json)
        {
            writer.Write("LineId,Time,Level,Service,EventId,EventTemplate,Class\n");
        }

        inputs.ForEachLine(long.MaxValue, (line, number) =>
        {
            var parsed = parser.Parse(line);
            if (json)
            {
                ParseRow.WriteJson(writer, number, parsed);
            }
            else
            {
                ParseRow.WriteCsv(writer, number, parsed);
            }
        });
        inputs.Report(Console.Error);
        return 0;
    }
}
