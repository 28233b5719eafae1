using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Questions;
using Prunella.Logs.Redaction;
using Prunella.Reasoning.Translating;

namespace Prunella.Logs;

/// <summary>A question as people ask it.</summary>
/// <param name="Text">In English, or written.</param>
/// <param name="IsWritten">Whether it is written.</param>
/// <param name="Pattern">The only pattern that counts, by <see cref="PatternCount.Key"/>; null for all.</param>
internal sealed record LogAsked(string Text, bool IsWritten, ulong? Pattern);

/// <summary>What came of a question.</summary>
/// <param name="Question">The question as data.</param>
/// <param name="Ignored">Words that nothing could be made of.</param>
/// <param name="Literal">Words that mean nothing to the grammar, and that lines must hold.</param>
/// <param name="Count">What fits, without sensitive values.</param>
/// <param name="IsCompared">Whether patterns are marked that are new or grew: there are lines of the time before.</param>
public sealed record LogReading(LogQuestion Question, IReadOnlyList<string> Ignored, IReadOnlyList<string> Literal, LogCount Count, bool IsCompared)
{
    /// <summary>The model that translated the question; empty for the grammar.</summary>
    public string Model { get; init; } = "";

    /// <summary>Why no model did, where one was asked; empty otherwise.</summary>
    public string Note { get; init; } = "";
}

/// <summary>What is kept of a class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Lines">Lines in the archive.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="StoredBytes">The bytes that they take.</param>
/// <param name="Oldest">The earliest time; null when there is none.</param>
/// <param name="Days">Days after which they go; 0 for never.</param>
public sealed record KeptLogs(LineClass Class, long Lines, long Bytes, long StoredBytes, DateTimeOffset? Oldest, int Days);

/// <summary>What the pipeline says of itself.</summary>
/// <param name="Kept">What is in the archive, the gravest class first.</param>
/// <param name="WaitingBytes">Accepted and not archived yet.</param>
/// <param name="Bytes">Bytes of lines archived since the start, and of those that an index by class holds.</param>
/// <param name="Patterns">Patterns known.</param>
/// <param name="Unreadable">Files of the archive that cannot be read, and why.</param>
public sealed record LogFigures(IReadOnlyList<KeptLogs> Kept, long WaitingBytes, (long All, long Indexed) Bytes, int Patterns, IReadOnlyList<string> Unreadable);

/// <summary>
/// Answers people who ask the server's own archive, by the same classes as <c>prunella logs query</c>, and shows lines as they come. Reads
/// on threads of its own, two questions at a time, and stops where a question takes too long. A configured model is asked for what the grammar
/// does not understand. Nothing leaves it with sensitive values, unless redaction is turned off. Thread-safe.
/// </summary>
internal sealed class LogDesk(
    LogPipeline pipeline, LogSpool spool, LogTail tail, LogShelf shelf, LineRedactor? redactor, QuestionTranslator translator, RetentionOptions retention, TimeProvider time) : IDisposable
{
    /// <summary>Lines of a page.</summary>
    internal const int PageLines = 100;

    /// <summary>Patterns shown.</summary>
    internal const int PatternsMax = 50;

    private const int LinesPerSecondShown = 100;
    private const int ReadingsKept = 8;

    // The newest lines tell which hosts there are.
    private const int HostLines = 2_000;
    private const int HostsMax = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim places = new(2);
    private readonly LineShower shower = new(redactor);
    private readonly Lock gate = new();
    private readonly Queue<(string Key, LogReading Reading)> readings = new();

    /// <summary>Whether anything is archived yet.</summary>
    internal Task<bool> HasLinesAsync(CancellationToken cancellation) => RunAsync(() => shelf.Survey(cancellation).Any(segment => segment.Lines > 0), cancellation);

    /// <summary>Counts what fits a question; of an empty one, the last hour that the lines tell of.</summary>
    /// <exception cref="FormatException">The written question cannot be read; the message names the word and what was expected.</exception>
    internal async Task<LogReading> AskAsync(LogAsked asked, CancellationToken cancellation)
    {
        if (asked.IsWritten || string.IsNullOrWhiteSpace(asked.Text))
        {
            return await RunAsync(
                () =>
                {
                    var segments = shelf.Survey(cancellation);
                    var now = Newest(segments);
                    var question = asked.IsWritten ? QuestionText.Parse(asked.Text) : new LogQuestion { Since = now - Usual };
                    return Count(new TranslatedQuestion(question, []), asked.Pattern, segments, now, cancellation);
                },
                cancellation);
        }
        var (vocabulary, moment) = await RunAsync(() => Known(asked.Text, cancellation), cancellation);
        var translated = new EnglishQuestion(vocabulary).Translate(asked.Text, moment);
        // Waited for outside of the places, so that a slow model holds up nobody who asks the archive.
        var second = await translator.TranslateAsync(asked.Text, translated, vocabulary, moment, cancellation);
        if (second.Model.Length > 0) translated = new TranslatedQuestion(second.Question, []);
        var reading = await RunAsync(() => Count(translated, asked.Pattern, shelf.Survey(cancellation), moment, cancellation), cancellation);
        return reading with { Model = second.Model, Note = second.Note };
    }

    /// <summary>The newest lines that fit, oldest first.</summary>
    internal Task<IReadOnlyList<ShownLine>> LinesAsync(LogQuestion question, ulong? pattern, LinePlace? before, CancellationToken cancellation) => RunAsync(() =>
    {
        var until = TimeProvider.System.GetTimestamp();
        return Read(shelf.Survey(cancellation), question, DateTimeOffset.MaxValue, log => shower.Show(log.Newest(question, pattern, before, PageLines, () => IsUp(until), cancellation)));
    }, cancellation);

    /// <summary>Begins to show lines as they come; null when too many watch.</summary>
    internal LogTail.Reader? Watch(LogQuestion question) => tail.TryOpen(question, LinesPerSecondShown);

    /// <summary>Makes lines that came fit to be shown.</summary>
    internal IReadOnlyList<ShownLine> Show(IReadOnlyList<TailLine> lines) => shower.Show(lines);

    /// <summary>What is kept, and what that takes.</summary>
    internal Task<LogFigures> FiguresAsync(CancellationToken cancellation) => RunAsync(() =>
    {
        var segments = shelf.Survey(cancellation).ToLookup(segment => segment.Class);
        return new LogFigures([.. Enum.GetValues<LineClass>().OrderDescending().Select(of => Kept(of, [.. segments[of]]))], spool.Bytes, pipeline.Bytes, pipeline.Templates, shelf.Unreadable);
    }, cancellation);

    private KeptLogs Kept(LineClass of, List<LogSegment> segments) => new(
        of, segments.Sum(segment => segment.Lines), segments.Sum(segment => segment.Bytes), segments.Sum(segment => segment.StoredBytes),
        segments.Select(segment => segment.FirstTicks).Where(ticks => ticks > 0).DefaultIfEmpty().Min() is > 0 and var first ? new DateTimeOffset(first, TimeSpan.Zero) : null,
        of switch { LineClass.Critical => retention.CriticalDays, LineClass.Interesting => retention.InterestingDays, _ => retention.RoutineDays });

    private LogReading Count(TranslatedQuestion translated, ulong? pattern, IReadOnlyList<LogSegment> segments, DateTimeOffset now, CancellationToken cancellation)
    {
        var question = translated.Question;
        var key = $"{pattern:x16} {question} {segments.Count} {segments.Sum(segment => segment.StoredBytes)}";
        lock (gate)
            foreach (var kept in readings) if (kept.Key == key) return kept.Reading with { Ignored = translated.Ignored, Literal = translated.Unknown };
        var before = question.Since is { } since && segments.Any(segment => segment.FirstTicks > 0 && segment.FirstTicks < since.UtcTicks);
        var run = question with { AgainstBefore = question.AgainstBefore || before };
        var began = TimeProvider.System.GetTimestamp();
        var count = Read(segments, run, now, log => log.Count(run, pattern, now, PatternsMax, () => IsUp(began), cancellation));
        var reading = new LogReading(question, translated.Ignored, translated.Unknown, Safe(question, count), before);
        lock (gate)
        {
            readings.Enqueue((key, reading));
            if (readings.Count > ReadingsKept) readings.Dequeue();
        }
        return reading;
    }

    // What the archive knows of the words that a question may name, and its now.
    private (QuestionVocabulary Vocabulary, DateTimeOffset Now) Known(string text, CancellationToken cancellation)
    {
        var segments = shelf.Survey(cancellation);
        var now = Newest(segments);
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (EnglishQuestion.MayNameHost(text))
        {
            var began = TimeProvider.System.GetTimestamp();
            foreach (var line in Read(segments, new LogQuestion(), now, log => log.Newest(new LogQuestion(), pattern: null, before: null, HostLines, () => IsUp(began), cancellation)))
                LineHost.Collect(line.Text.Span, hosts, HostsMax);
        }
        return (new QuestionVocabulary
        {
            Services = segments.SelectMany(segment => segment.Services).ToHashSet(StringComparer.Ordinal),
            Keys = segments.SelectMany(segment => segment.Keys).ToHashSet(StringComparer.Ordinal),
            Hosts = hosts,
        }, now);
    }

    // "The last hour" is the last that the lines tell of; lines that claim to be of tomorrow do not move it.
    private DateTimeOffset Newest(IReadOnlyList<LogSegment> segments)
    {
        var now = time.GetUtcNow();
        var newest = segments.Select(segment => segment.LastTicks).Where(ticks => ticks <= now.UtcTicks).DefaultIfEmpty().Max();
        // Behind the newest line, so that it is within.
        return newest > 0 ? new DateTimeOffset(newest - newest % TimeSpan.TicksPerSecond + TimeSpan.TicksPerSecond, TimeSpan.Zero) : now;
    }

    // Segments that end before the question begins are not opened.
    private T Read<T>(IReadOnlyList<LogSegment> segments, LogQuestion question, DateTimeOffset now, Func<ArchiveLog, T> read)
    {
        var since = question.IsCompared ? question.SpanBefore(now).Since.UtcTicks : question.Since?.UtcTicks ?? 0;
        var parts = segments.Where(segment => question.Since is null || segment.LastTicks >= since).Select(shelf.Open).OfType<LogPart>().ToList();
        try
        {
            return read(new ArchiveLog(parts));
        }
        finally
        {
            foreach (var part in parts) part.Reader.Dispose();
        }
    }

    private LogCount Safe(LogQuestion question, LogCount count)
    {
        AnswerGroup Pattern(AnswerGroup group) => group with { Value = shower.Safe(group.Value) };
        var answer = count.Answer with
        {
            Patterns = [.. count.Answer.Patterns.Select(Pattern)],
            Groups = [.. count.Answer.Groups.Select(group => question.By == "pattern" ? Pattern(group) : group with { Value = shower.Safe(question.By, group.Value) })],
        };
        return count with { Answer = answer.InWords(question), Patterns = [.. count.Patterns.Select(pattern => pattern with { Group = Pattern(pattern.Group) })] };
    }

    private static bool IsUp(long began) => TimeProvider.System.GetElapsedTime(began) > Patience;

    private async Task<T> RunAsync<T>(Func<T> read, CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        try
        {
            return await Task.Run(read, cancellation);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();
}
