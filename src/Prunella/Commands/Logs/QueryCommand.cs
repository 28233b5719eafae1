using System.CommandLine;
using System.Globalization;
using System.Text;
using Prunella.Commands.Reasoning;
using Prunella.Integrations.Search;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Translating;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs query</c>: a question in English, or written, over files, archives and search platforms.</summary>
internal static class QueryCommand
{
    private const int ServicesMax = 2_000;
    private static readonly Argument<string> Question = new("question") { Description = "The question, in English." };
    private static readonly Argument<string[]> Files = new("files") { Description = "Files, folders, patterns, archives of 'logs archive', or a server's folder of them. Standard input where none is given.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Written = new("--written", "-w") { Description = "The question is written, as a question in English shows it." };
    private static readonly Option<bool> Explain = new("--explain") { Description = "Only show the written question." };
    private static readonly Option<string?> Now = new("--now") { Description = "What 'now' is, e.g. 2026-03-05T10:00. The newest line's time if not said.", HelpName = "TIME" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "The time zone of times of day in the question, e.g. Europe/Berlin. UTC if not said.", HelpName = "ZONE" };
    private static readonly Option<string?> Since = new("--since") { Description = "From this time on, whatever the question says: 2026-03-17T08:00, or 30m, 6h, 2d before now.", HelpName = "TIME" };
    private static readonly Option<string?> Until = new("--until") { Description = "Before this time: as --since.", HelpName = "TIME" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "Most lines or groups shown." };
    private static readonly Option<string?> Key = ArchiveKey.Option();
    private static readonly Option<bool> InWords = new("--tell") { Description = "Answer in words, by a configured model where one answers; its numbers are the query's." };
    private static readonly ModelOptions Model = new();

    internal static Command Create()
    {
        var command = new VerbCommand("query", "Answer a question about logs, by a grammar over the words of the logs themselves; a configured model is asked for what that does not understand. Exit code 1 when no line fits.") { Question, Files, Written, Explain, Now, Zone, Since, Until, Limit, InWords, Output.FormatOption, Key, ServerConnection.ServerOption, ServerConnection.TokenOption }
            .Such("prunella logs query \"how many errors in the last hour\" app.log", "counted, with what they are made of")
            .Such("prunella logs query \"which services had timeouts since yesterday at 3pm\" /var/lib/prunella/logs/archive", "over a server's archives")
            .Such("prunella logs query \"what caused the spike at 14:30\" app.log", "what is new or grew against the time before")
            .Such("prunella logs query --source elasticsearch --url https://search:9200 --index 'logs-*' \"errors by service in the last hour\"", "asks an Elasticsearch or OpenSearch; the key comes from ELASTICSEARCH_API_KEY")
            .Such("prunella logs query \"errors in the last hour\" app.log --server http://prunella:8780 --tell", "with what was rolled out, done and alerted at the same time, and the answer in words")
            .Such("prunella logs query -w 'level>=error \"timeout\"|\"timed out\" | count by service top 5' app.log", "a written question, as the others show it")
            .Such("prunella logs query --explain \"requests slower than 2s with status 5xx\"", "the written question only");
        SearchPlatform.AddTo(command);
        Model.AddTo(command);
        command.Does(async (parsed, cancellation) =>
        {
            try
            {
                using var platform = SearchPlatform.Of(parsed);
                return platform is null ? await ReadAsync(parsed, cancellation) : await AskAsync(parsed, platform, cancellation);
            }
            catch (InvalidDataException damaged)
            {
                throw new CommandFailedException(ExitCode.No, damaged.Message);
            }
            catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(ExitCode.Configuration, wrong.Message);
            }
            catch (LogSearchException failure)
            {
                throw new CommandFailedException(ExitCode.Unreachable, failure.Message);
            }
        });
        return command;
    }

    private static async Task<ExitCode> AskAsync(ParseResult parsed, ILogSearch platform, CancellationToken cancellation)
    {
        if (parsed.GetValue(Files) is { Length: > 0 }) throw new CommandFailedException(ExitCode.Usage, "Files are for --source archive; leave them out to ask a search platform.");
        var services = parsed.GetValue(Written) ? [] : await platform.ServicesAsync(cancellation);
        var hosts = AsksForHosts(parsed) ? await platform.HostsAsync(cancellation) : [];
        var (question, now, ignored) = await TranslateAsync(parsed, Vocabulary(parsed, services) with { Hosts = hosts }, TimeProvider.System.GetUtcNow, cancellation);
        if (parsed.GetValue(Explain)) return Explained(parsed, question, ignored);
        return await TellAsync(parsed, question, await platform.AskAsync(question, now, cancellation), ignored, cancellation);
    }

    private static async Task<ExitCode> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var names = parsed.GetValue(Files) ?? [];
        if (names.Length == 0 && System.Console.IsInputRedirected && !parsed.GetValue(Explain)) names = ["-"];
        if (names.Length == 0 && !parsed.GetValue(Explain)) throw new FormatException("Name files or archives to look at, or pipe lines in.");
        var archives = names.Where(ArchiveNames.IsArchive).SelectMany(ArchiveNames.All).ToList();
        var plain = names.Where(name => !ArchiveNames.IsArchive(name)).ToArray();
        using var inputs = plain.Length > 0 ? LogInputs.Open(plain) : null;
        var parser = new LogParser(new LogParserOptions());
        inputs?.ForEachLine(LogInputs.LookAheadLines, (line, _) => parser.Learn(line));
        var (services, keys, hosts) = parsed.GetValue(Written) ? ([], [], []) : Known(parsed, parser, inputs, archives, cancellation);
        var (question, now, ignored) = await TranslateAsync(parsed, Vocabulary(parsed, services) with { Keys = keys, Hosts = hosts }, () => Newest(parsed, parser, inputs, archives), cancellation);
        if (parsed.GetValue(Explain)) return Explained(parsed, question, ignored);
        var tally = new QuestionTally(question, now);
        inputs?.ForEachEvent(long.MaxValue, (line, number) => tally.Add(parser.Parse(line), number));
        foreach (var path in archives) Search(parsed, path, tally, parser);
        inputs?.Report(parsed.InvocationConfiguration.Error);
        return await TellAsync(parsed, question, tally.Answer(), ignored, cancellation);
    }

    private static async Task<ExitCode> TellAsync(ParseResult parsed, LogQuestion question, QuestionAnswer counted, IReadOnlyList<string> ignored, CancellationToken cancellation)
    {
        var answer = await AnswerSurroundings.AddAsync(parsed, question, counted, cancellation);
        if (parsed.GetValue(InWords))
        {
            await using var local = Model.Open(parsed);
            var told = await new AnswerTeller(local.Reasoner).TellAsync(parsed.GetRequiredValue(Question), question, answer, cancellation);
            answer = answer with { Summary = told.Value.Answer, Next = told.Value.Next };
            Model.SayWho(parsed, told);
        }
        if (parsed.GetValue(Output.FormatOption) == OutputFormat.Json) parsed.InvocationConfiguration.Output.WriteLine(ServerConnection.Write(answer));
        else QuestionOutput.Show(parsed.InvocationConfiguration.Output, question, answer);
        Ignored(parsed, ignored);
        return answer.Total > 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static ExitCode Explained(ParseResult parsed, LogQuestion question, IReadOnlyList<string> ignored)
    {
        parsed.InvocationConfiguration.Output.WriteLine(question.ToString());
        Ignored(parsed, ignored);
        return ExitCode.Ok;
    }

    private static async Task<(LogQuestion Question, DateTimeOffset Now, IReadOnlyList<string> Ignored)> TranslateAsync(ParseResult parsed, QuestionVocabulary vocabulary, Func<DateTimeOffset> newest, CancellationToken cancellation)
    {
        if (!parsed.GetValue(Written)) vocabulary = await AnswerSurroundings.EventsAsync(parsed, vocabulary, parsed.GetRequiredValue(Question), newest, cancellation);
        var (translated, now) = Understand(parsed, vocabulary, newest);
        var (question, ignored) = parsed.GetValue(Written) ? (translated.Question, translated.Ignored) : await SecondAsync(parsed, translated, vocabulary, now, cancellation);
        // An age is one before the newest line too.
        DateTimeOffset? Time(string name, string? text) => LogTime.Ticks(name, text, () => (parsed.GetValue(Now) is null ? newest() : now).UtcTicks) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        question = question with { Since = Time("--since", parsed.GetValue(Since)) ?? question.Since, Until = Time("--until", parsed.GetValue(Until)) ?? question.Until };
        if (parsed.GetValue(Limit) is > 0 and var limit) question = question with { Top = limit };
        return (question, now, ignored);
    }

    private static (TranslatedQuestion Translated, DateTimeOffset Now) Understand(ParseResult parsed, QuestionVocabulary vocabulary, Func<DateTimeOffset> newest)
    {
        var text = parsed.GetRequiredValue(Question);
        var now = parsed.GetValue(Now) is { } said
            ? DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw new FormatException($"--now {said}: expected a time such as 2026-03-05T10:00.")
            : TimeProvider.System.GetUtcNow();
        if (parsed.GetValue(Written))
        {
            var written = QuestionText.Parse(text);
            return (new TranslatedQuestion(written, []), written.AgainstBefore && parsed.GetValue(Now) is null ? newest() : now);
        }
        var english = new EnglishQuestion(vocabulary);
        var translated = english.Translate(text, now);
        if (parsed.GetValue(Now) is null && translated.Question is { Since: not null } or { Until: not null })
        {
            // "The last hour" of logs of another day is the last hour that they tell of.
            now = newest();
            translated = english.Translate(text, now);
        }
        return (translated, now);
    }

    // A configured model reads again what the grammar had to take literally or to leave out; without one the grammar's query stands.
    private static async Task<(LogQuestion Question, IReadOnlyList<string> Ignored)> SecondAsync(ParseResult parsed, TranslatedQuestion translated, QuestionVocabulary vocabulary, DateTimeOffset now, CancellationToken cancellation)
    {
        if (translated.Unknown.Count + translated.Ignored.Count < QuestionTranslator.UnknownWordsMin) return (translated.Question, translated.Ignored);
        await using var local = Model.Open(parsed);
        var second = await new QuestionTranslator(local.Reasoner).TranslateAsync(parsed.GetRequiredValue(Question), translated, vocabulary, now, cancellation);
        if (second.Model.Length + second.Note.Length > 0) parsed.Say(second.Model.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"Translated by {second.Model} for ${second.Dollars:0.0000}.") : second.Note);
        return second.Model.Length > 0 ? (second.Question, []) : (translated.Question, translated.Ignored);
    }

    private static QuestionVocabulary Vocabulary(ParseResult parsed, IReadOnlyCollection<string> services)
    {
        var zone = TimeZoneInfo.Utc;
        if (parsed.GetValue(Zone) is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone!)) throw new FormatException($"--zone {id}: no such time zone here.");
        return new QuestionVocabulary { Services = services, Zone = zone };
    }

    // Keys of a longer line begin before.
    private const int KeyedBytesMax = 4_096;

    // Of an archive the newest lines tell which hosts there are; a question that names another by the word before it is understood too.
    private const int HostLines = 2_000;

    private static bool AsksForHosts(ParseResult parsed) => !parsed.GetValue(Written) && EnglishQuestion.MayNameHost(parsed.GetRequiredValue(Question));

    private static (HashSet<string> Services, IReadOnlyCollection<string> Keys, IReadOnlyCollection<string> Hosts) Known(ParseResult parsed, LogParser parser, LogInputs? inputs, List<string> archives, CancellationToken cancellation)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var withHosts = AsksForHosts(parsed);
        var services = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        inputs?.ForEachLine(LogInputs.LookAheadLines, (line, _) =>
        {
            var read = parser.Parse(line);
            if (read.Service is { IsEmpty: false } service && services.Count < ServicesMax) services.Add(Encoding.UTF8.GetString(service));
            FieldKeys.Collect(Encoding.UTF8.GetString(line[..Math.Min(line.Length, KeyedBytesMax)]), keys);
            if (withHosts) LineHost.Collect(line, hosts, ServicesMax);
        });
        foreach (var path in archives)
        {
            using var reader = Open(parsed, path);
            foreach (var service in reader.Metas.SelectMany(meta => meta.Services)) if (services.Count < ServicesMax) services.Add(service.Name);
            foreach (var template in reader.Metas.SelectMany(meta => meta.Templates)) FieldKeys.Collect(template.Text, keys);
            if (!withHosts) continue;
            var log = new ArchiveLog([new LogPart(path, default, reader)]);
            foreach (var line in log.Newest(new LogQuestion(), pattern: null, before: null, HostLines, static () => false, cancellation)) LineHost.Collect(line.Text.Span, hosts, ServicesMax);
        }
        return (services, keys, hosts);
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

    private static ArchiveReader Open(ParseResult parsed, string path) => ArchiveNames.Open(path, parsed.GetValue(Key));

    private static void Ignored(ParseResult parsed, IReadOnlyList<string> ignored)
    {
        if (ignored.Count > 0) parsed.Say($"Not understood, and left out: {string.Join(", ", ignored)}");
    }
}
