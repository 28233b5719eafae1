using System.CommandLine;
using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;
using Prunella.Logs.Templates;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs search</c>: lines of an archive, without decompressing the rest.</summary>
internal static class LogSearchCommand
{
    private static readonly Argument<string> Archive = new("archive") { Description = "An archive that 'logs archive' wrote, or a folder of a server's archives." };
    private static readonly Argument<string?> Text = new("text") { Description = "Text that the line contains, case and all.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Template = new("--template") { Description = "Lines of this template.", HelpName = "ID" };
    private static readonly Option<Severity?> Level = new("--level") { Description = "Least severity: Trace, Debug, Info, Notice, Warning, Error or Fatal." };
    private static readonly Option<string?> Service = new("--service") { Description = "Lines of this service, logger or component.", HelpName = "NAME" };
    private static readonly Option<string?> Since = new("--since") { Description = "Lines from this time on: 2026-03-17T08:00, or 30m, 6h, 2d before the last line." };
    private static readonly Option<string?> Until = new("--until") { Description = "Lines before this time." };
    private static readonly Option<string[]> Where = new("--where") { Description = "A value that the line has: uid=0 (by the key before it), address=10.1.2.3:80 (by what it is), *=0x7f (any).", HelpName = "NAME=VALUE", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Count = new("--count") { Description = "Print how many lines match." };
    private static readonly Option<bool> Number = new("--number", "-n") { Description = "Print each line's number before it." };
    private static readonly Option<long> Limit = new("--limit") { Description = "Most lines printed; 0 for all." };
    private static readonly Option<string?> Key = ArchiveKey.Option();

    internal static Command Create()
    {
        var command = new VerbCommand("search", "Find lines in an archive. All conditions must hold. Exit code 1 when no line matches.") { Archive, Text, Template, Level, Service, Since, Until, Where, Count, Number, Limit, Key }
            .Such("prunella logs search app.parc \"connection refused\"", "lines with the text")
            .Such("prunella logs search app.parc --level Error --since 1h", "errors of the last hour")
            .Such("prunella logs search app.parc --where uid=0 --count", "how many lines have the value")
            .Such("prunella logs search /var/lib/prunella/logs/archive timeout --level Error", "errors in all archives of a server")
            .Such("prunella logs search app.parc --template 477d79d1e45dea2d --limit 20", "lines of a template, which 'logs stats' lists");
        command.SetAction(parsed => LogArchiveCommands.Reading(parsed, () => Run(parsed)));
        return command;
    }

    private static ExitCode Run(ParseResult parsed)
    {
        long found = 0;
        var limit = parsed.GetValue(Limit) is > 0 and var n ? n : long.MaxValue;
        var paths = ArchiveNames.All(parsed.GetRequiredValue(Archive));
        using (var stdout = ByteOutput.Open(parsed))
        {
            foreach (var path in paths)
            {
                using var reader = ArchiveNames.Open(path, parsed.GetValue(Key));
                found += Search(parsed, reader, stdout, limit - found);
                LogArchiveCommands.Incomplete(parsed, reader);
                if (found >= limit)
                {
                    break;
                }
            }

            if (parsed.GetValue(Count))
            {
                stdout.Write(Encoding.ASCII.GetBytes(found.ToString(CultureInfo.InvariantCulture) + "\n"));
            }
        }

        return found > 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static long Search(ParseResult parsed, ArchiveReader reader, Stream stdout, long limit)
    {
        var query = Query(parsed, reader);
        var search = new ArchiveSearch(reader);
        if (parsed.GetValue(Count))
        {
            return search.Count(query);
        }

        long found = 0;
        var numbered = parsed.GetValue(Number);
        return search.Find(query, (number, line) =>
        {
            if (numbered)
            {
                stdout.Write(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + ":"));
            }

            stdout.Write(line);
            stdout.WriteByte((byte)'\n');
            return ++found < limit;
        });
    }

    private static ArchiveQuery Query(ParseResult parsed, ArchiveReader reader)
    {
        TemplateId? template = null;
        if (parsed.GetValue(Template) is { } id)
        {
            template = TemplateId.TryParse(id, out var known) ? known : throw new FormatException($"--template {id}: expected 16 hexadecimal digits, as 'logs stats' prints them.");
        }

        var fields = new List<FieldCondition>();
        foreach (var text in parsed.GetValue(Where) ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new FormatException($"--where {text}: expected NAME=VALUE.");
            }

            fields.Add(new FieldCondition(text[..at], Encoding.UTF8.GetBytes(text[(at + 1)..])));
        }

        long Latest() => reader.Metas.Select(static m => m.LastTicks).DefaultIfEmpty().Max();
        return new ArchiveQuery
        {
            Text = Encoding.UTF8.GetBytes(parsed.GetValue(Text) ?? ""),
            Template = template,
            LevelMin = parsed.GetValue(Level),
            Service = parsed.GetValue(Service),
            SinceTicks = LogTime.Ticks("--since", parsed.GetValue(Since), Latest),
            UntilTicks = LogTime.Ticks("--until", parsed.GetValue(Until), Latest),
            Fields = fields,
        };
    }
}
