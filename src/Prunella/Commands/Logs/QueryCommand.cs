using System.CommandLine;
using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;
using Spectre.Console;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs query</c>: a question in English, or written, over files and archives.</summary>
internal static class QueryCommand
{
    private const int ServicesMax = 2_000;
    private static readonly Argument<string> Question = new("question") { Description = "The question, in English." };
    private static readonly Argument<string[]> Files = new("files") { Description = "Files, folders, patterns, archives of 'logs archive', or a server's folder of them. Standard input where none is given.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Written = new("--written", "-w") { Description = "The question is written, as a question in English shows it." };
    private static readonly Option<bool> Explain = new("--explain") { Description = "Only show the written question." };
    private static readonly Option<string?> Now = new("--now") { Description = "What 'now' is, e.g. 2026-03-05T10:00. The newest line's time if not said.", HelpName = "TIME" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "The time zone of times of day in the question, e.g. Europe/Berlin. UTC if not said.", HelpName = "ZONE" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "Most lines or groups shown." };
    private static readonly Option<string?> Key = ArchiveKey.Option();

    internal static Command Create()
    {
        var command = new VerbCommand("query", "Answer a question about logs. No model: a grammar over the words of the logs themselves. Exit code 1 when no line fits.") { Question, Files, Written, Explain, Now, Zone, Limit, Output.FormatOption, Key }
            .Such("prunella logs query \"how many errors in the last hour\" app.log", "counted, with what they are made of")
            .Such("prunella logs query \"which services had timeouts since yesterday at 3pm\" /var/lib/prunella/logs/archive", "over a server's archives")
            .Such("prunella logs query \"what caused the spike at 14:30\" app.log", "what is new or grew against the time before")
            .Such("prunella logs query -w 'level>=error \"timeout\"|\"timed out\" | count by service top 5' app.log", "a written question, as the others show it")
            .Such("prunella logs query --explain \"requests slower than 2s with status 5xx\"", "the written question only");
        command.SetAction(parsed => LogArchiveCommands.Reading(parsed, () => Run(parsed)));
        return command;
    }

    private static ExitCode Run(ParseResult parsed)
    {
        var names = parsed.GetValue(Files) ?? [];
        if (names.Length == 0 && Console.IsInputRedirected && !parsed.GetValue(Explain)) names = ["-"];
        if (names.Length == 0 && !parsed.GetValue(Explain)) throw new FormatException("Name files or archives to look at, or pipe lines in.");
        var archives = names.Where(IsArchive).SelectMany(LogArchiveCommands.Archives).ToList();
        var plain = names.Where(name => !IsArchive(name)).ToArray();
        using var inputs = plain.Length > 0 ? LogInputs.Open(plain) : null;
        var parser = new LogParser(new LogParserOptions());
        var vocabulary = Vocabulary(parsed, parser, inputs, archives);
        var (question, now, ignored) = Translate(parsed, vocabulary, () => Newest(parsed, parser, inputs, archives));
        if (parsed.GetValue(Limit) is > 0 and var limit) question = question with { Top = limit };
        if (parsed.GetValue(Explain))
        {
            parsed.InvocationConfiguration.Output.WriteLine(question.ToString());
            Ignored(parsed, ignored);
            return ExitCode.Ok;
        }
        var tally = new QuestionTally(question, now);
        inputs?.ForEachEvent(long.MaxValue, (line, number) => tally.Add(parser.Parse(line), number));
        foreach (var path in archives) Search(parsed, path, tally, parser);
        var answer = tally.Answer();
        if (parsed.GetValue(Output.FormatOption) == OutputFormat.Json) parsed.InvocationConfiguration.Output.WriteLine(ServerConnection.Write(answer));
        else Show(parsed.InvocationConfiguration.Output, question, answer);
        Ignored(parsed, ignored);
        inputs?.Report(parsed.InvocationConfiguration.Error);
        return answer.Total > 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static (LogQuestion Question, DateTimeOffset Now, IReadOnlyList<string> Ignored) Translate(ParseResult parsed, QuestionVocabulary vocabulary, Func<DateTimeOffset> newest)
    {
        var text = parsed.GetRequiredValue(Question);
        var now = parsed.GetValue(Now) is { } said
            ? DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw new FormatException($"--now {said}: expected a time such as 2026-03-05T10:00.")
            : TimeProvider.System.GetUtcNow();
        if (parsed.GetValue(Written))
        {
            var written = QuestionText.Parse(text);
            return (written, written.AgainstBefore && parsed.GetValue(Now) is null ? newest() : now, []);
        }
        var english = new EnglishQuestion(vocabulary);
        var translated = english.Translate(text, now);
        if (parsed.GetValue(Now) is null && translated.Question is { Since: not null } or { Until: not null })
        {
            // "The last hour" of logs of another day is the last hour that they tell of.
            now = newest();
            translated = english.Translate(text, now);
        }
        return (translated.Question, now, translated.Ignored);
    }

    private static QuestionVocabulary Vocabulary(ParseResult parsed, LogParser parser, LogInputs? inputs, List<string> archives)
    {
        inputs?.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));
        IReadOnlySet<string> services = parsed.GetValue(Written) ? new HashSet<string>() : Services(parsed, parser, inputs, archives);
        var zone = TimeZoneInfo.Utc;
        if (parsed.GetValue(Zone) is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone!)) throw new FormatException($"--zone {id}: no such time zone here.");
        return new QuestionVocabulary { Services = services, Zone = zone };
    }

    private static HashSet<string> Services(ParseResult parsed, LogParser parser, LogInputs? inputs, List<string> archives)
    {
        var services = new HashSet<string>(StringComparer.Ordinal);
        inputs?.ForEachLine(LogInputs.LookAheadLines, (line, _) =>
        {
            if (parser.Parse(line).Service is { IsEmpty: false } service && services.Count < ServicesMax) services.Add(Encoding.UTF8.GetString(service));
        });
        foreach (var path in archives)
        {
            using var reader = Open(parsed, path);
            foreach (var service in reader.Metas.SelectMany(meta => meta.Services)) if (services.Count < ServicesMax) services.Add(service.Name);
        }
        return services;
    }

    private static DateTimeOffset Newest(ParseResult parsed, LogParser parser, LogInputs? inputs, List<string> archives)
    {
        long newest = 0;
        inputs?.ForEachLine(long.MaxValue, (line, _) => newest = Math.Max(newest, parser.TimeOf(line)));
        foreach (var path in archives)
        {
            using var reader = Open(parsed, path);
            newest = Math.Max(newest, reader.Metas.Select(meta => meta.LastTicks).DefaultIfEmpty().Max());
        }
        return newest > 0 ? new DateTimeOffset(newest, TimeSpan.Zero) : TimeProvider.System.GetUtcNow();
    }

    private static void Search(ParseResult parsed, string path, QuestionTally tally, LogParser parser)
    {
        using var reader = Open(parsed, path);
        ArchiveQuestion.Add(reader, tally, parser);
        LogArchiveCommands.Incomplete(parsed, reader);
    }

    private static ArchiveReader Open(ParseResult parsed, string path) => ArchiveReader.Open(path, ArchiveKey.Of(path, parsed.GetValue(Key)));

    private static bool IsArchive(string name) => name.EndsWith(".parc", StringComparison.Ordinal) || (Directory.Exists(name) && Directory.EnumerateFiles(name, "*.parc").Any());

    private static void Show(TextWriter writer, LogQuestion question, QuestionAnswer answer)
    {
        Output.Render(writer, Output.Cell("Query: " + answer.Query, new Style(decoration: Decoration.Dim)));
        writer.WriteLine();
        Output.Render(writer, Output.Cell(answer.Summary, new Style(decoration: Decoration.Bold)));
        writer.WriteLine();
        if (answer.Groups.Count > 0) Groups(writer, question.By, answer.Groups);
        else if (question.Result is QuestionResult.Lines or QuestionResult.Count or QuestionResult.OverTime && answer.Patterns.Count > 0) Groups(writer, "pattern", answer.Patterns);
        if (answer.Course.Count > 1 && question.Result is not (QuestionResult.First or QuestionResult.Last)) Chart(writer, question, answer);
        if (answer.Lines.Count > 0)
        {
            writer.WriteLine();
            foreach (var line in answer.Lines) writer.WriteLine(Terminal.InertText.Line(line.Text));
            if (question.Result == QuestionResult.Lines && answer.Total > answer.Lines.Count) writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({answer.Total - answer.Lines.Count:N0} earlier ones not shown; --limit shows more)"));
        }
        if (answer.Next.Length > 0) writer.WriteLine("\n" + answer.Next);
    }

    private static void Groups(TextWriter writer, string by, IReadOnlyList<AnswerGroup> groups)
    {
        var compared = groups[0].Before is not null;
        var table = compared ? Output.Table("lines", "share", "before", "", by) : Output.Table("lines", "share", by);
        foreach (var group in groups)
        {
            var (count, share) = (group.Count.ToString("N0", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{group.Share * 100:0.0} %"));
            if (compared) table.Row(count, share, group.Before!.Value.ToString("N0", CultureInfo.InvariantCulture), group.IsNew ? "new" : group.IsSpiking ? "spiking" : "", group.Value);
            else table.Row(count, share, group.Value);
        }
        Output.Render(writer, table);
    }

    // Asked for a course: a row each. Otherwise one line of bars.
    private static void Chart(TextWriter writer, LogQuestion question, QuestionAnswer answer)
    {
        const string Bars = " ▁▂▃▄▅▆▇█";
        const int RowsMax = 60;
        var most = answer.Course.Max(interval => interval.Count);
        writer.WriteLine();
        if (question.Result == QuestionResult.OverTime && answer.Course.Count <= RowsMax)
        {
            foreach (var interval in answer.Course)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{interval.At:yyyy-MM-dd HH:mm:ss}  {interval.Count,9:N0}  {new string('█', (int)(interval.Count * 40 / most))}"));
            return;
        }
        var cells = answer.Course.Count <= RowsMax ? [.. answer.Course.Select(interval => interval.Count)] : answer.Course.Chunk((answer.Course.Count + RowsMax - 1) / RowsMax).Select(chunk => chunk.Sum(interval => interval.Count)).ToList();
        most = cells.Max();
        var line = string.Concat(cells.Select(count => Bars[count == 0 ? 0 : 1 + (int)(count * 7 / most)]));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.FirstAt:yyyy-MM-dd HH:mm} |{line}| {answer.LastAt:yyyy-MM-dd HH:mm}"));
    }

    private static void Ignored(ParseResult parsed, IReadOnlyList<string> ignored)
    {
        if (ignored.Count > 0) parsed.Say($"Not understood, and left out: {string.Join(", ", ignored)}");
    }
}
