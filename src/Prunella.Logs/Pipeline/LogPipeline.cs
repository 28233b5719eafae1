using System.IO.Hashing;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Accepted lines → parsed, classified, watched at once, and redacted to the sinks; a little later, many together, to the archive of
/// their class. What is accepted is in the spool until archive and sinks' feeds have it durably, so it survives a kill at any point. A
/// file of the spool is archived whole or not at all: what a kill left of one half done is taken back before it is done again, so every
/// line stands in the archive once. What was only looked at is looked at again. <see cref="TryAccept"/> is thread-safe;
/// <see cref="Drain"/> and <see cref="TryTakeSignal"/> are one caller's.
/// </summary>
public sealed class LogPipeline : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = LogMeter.Name;

    // Of the lines that follow an event's first, as many bytes are read for words of trouble.
    private const int TraceBytesRead = 4_096;

    private readonly LogSpool spool;
    private readonly ArchiveStore store;
    private readonly LogPipelineParts parts;
    private readonly TimeProvider time;
    private readonly LogParser parser = new();
    private readonly LineClassifier classifier;
    private readonly PatternWatcher watcher;
    private readonly LogDocument document = new();
    private readonly EventCutter events = new();

    // A file is archived later than it is looked at: keys that are archived redacted are followed again.
    private readonly EventCutter archived = new();
    private readonly Dictionary<string, FileWork> works = new(StringComparer.Ordinal);
    private readonly LogMeter meter;

    /// <summary>Makes a pipeline over a spool and a store, which stay the caller's, as do the feeds.</summary>
    public LogPipeline(LogSpool spool, ArchiveStore store, TimeProvider time, LogPipelineParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(spool);
        ArgumentNullException.ThrowIfNull(store);
        (this.spool, this.store, this.time, this.parts) = (spool, store, time, parts ?? new LogPipelineParts());
        classifier = new LineClassifier(overrides: this.parts.Overrides);
        var watching = this.parts.Watching ?? new PatternWatcherOptions();
        watching.TextOf = SafeText;
        watcher = new PatternWatcher(watching);
        meter = new LogMeter(spool, this.parts.Feeds, () => parser.Templates.Count);
        StateTrouble = LoadState();
        store.Recover(spool.Holds);
    }

    /// <summary>Lines archived since the start.</summary>
    public long Archived { get; private set; }

    /// <summary>Lines that went to the sinks since the start; to each of them.</summary>
    public long Indexed { get; private set; }

    /// <summary>Bytes of lines archived, and of those that went to the sinks: what indexing by class saves is the difference.</summary>
    public (long All, long Indexed) Bytes { get; private set; }

    /// <summary>Templates known.</summary>
    public int Templates => parser.Templates.Count;

    /// <summary>Why what was learned before the restart is lost; null when it is not.</summary>
    public string? StateTrouble { get; }

    /// <summary>True when nothing more is accepted for now, so that what can wait is not read.</summary>
    public bool IsFull => spool.IsFull;

    /// <summary>Accepts a batch of lines, each ended by a line feed.</summary>
    /// <param name="batch">The lines.</param>
    /// <param name="source">Where they came from; see <see cref="LogSource"/>.</param>
    /// <returns>False when the spool is full; the sender keeps the batch and comes back.</returns>
    /// <exception cref="IOException">The disk is full or away; nothing was taken.</exception>
    public bool TryAccept(ReadOnlySpan<byte> batch, string source = "")
    {
        var taken = spool.TryAccept(batch, source);
        meter.Accepted(taken, batch, source);
        return taken;
    }

    /// <summary>
    /// Looks at everything accepted: parses, classifies, watches, and gives the sinks' feeds what is for the index; and archives what is
    /// ready. Stops early while a sink's feed is full, which fills the spool and refuses senders.
    /// </summary>
    /// <param name="all">True archives everything accepted so far, false only files of the spool that are large or old enough.</param>
    /// <returns>Lines archived.</returns>
    /// <exception cref="IOException">The disk is full or away; what was not archived stays in the spool.</exception>
    public long Drain(bool all = false)
    {
        long lines = 0;
        foreach (var file in spool.Files(all))
        {
            if (parts.Feeds.Any(static f => f.IsFull))
            {
                break;
            }

            var began = time.GetTimestamp();
            if (!works.TryGetValue(file.Path, out var work))
            {
                works[file.Path] = work = new FileWork();
            }

            Look(file, work);
            if (!file.IsReady)
            {
                continue;
            }

            // Only what archive and feeds hold durably leaves the spool.
            store.Begin(Path.GetFileName(file.Path));
            Archive(file.Path, work);
            store.Flush();
            spool.Remove(file.Path);
            store.Complete();
            works.Remove(file.Path);
            var counts = work.Counts;
            Archived += counts.Lines;
            Indexed += counts.Indexed;
            Bytes = (Bytes.All + counts.Bytes, Bytes.Indexed + counts.IndexedBytes);
            lines += counts.Lines;
            meter.Drained(counts, time.GetElapsedTime(began));
        }

        if (lines > 0)
        {
            SaveState();
        }

        return lines;
    }

    /// <summary>The next thing that the watcher noticed, if there is one.</summary>
    public bool TryTakeSignal(out PatternSignal? signal)
    {
        if (!watcher.TryTake(out signal))
        {
            return false;
        }

        parts.Book?.Note(signal!);
        meter.Signalled(signal!);
        return true;
    }

    /// <summary>The template's text as it may be shown.</summary>
    public string SafeText(Template template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var state = template.State ??= new TemplateState();
        return state.SafeText ??= parts.Redactor?.Redact(template.Text) ?? template.Text;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        meter.Dispose();
        document.Dispose();
    }

    private void Look(SpoolFile file, FileWork work)
    {
        var origin = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(Path.GetFileName(file.Path)));
        var known = work.Events;
        try
        {
            foreach (var batch in LogSpool.Read(file.Path, work.Looked, file.Length))
            {
                known = work.Events;
                Look(batch, origin, work);
                foreach (var feed in parts.Feeds)
                {
                    feed.Flush();
                }

                work.Looked = batch.End;
            }
        }
        catch (IOException)
        {
            // The batch is looked at again; its documents keep their ids.
            work.Cut(known);
            foreach (var feed in parts.Feeds)
            {
                feed.Forget();
            }

            throw;
        }
    }

    private void Look(SpoolBatch batch, ulong origin, FileWork work)
    {
        var rest = batch.Lines.Span;
        var now = time.GetUtcNow();
        var evidence = events.Of(batch.Source);
        bool? firstBelongs = null;
        while (rest.Length > 0)
        {
            var continues = EventCutter.Take(evidence, ref rest, ref firstBelongs, out var text, out var lines);
            var lineClass = text.IsEmpty ? LineClass.Routine : Look(text, lines, continues ? evidence.Class : LineClass.Routine, evidence, batch.Source, origin, now, work);
            work.Add(text.Length, lineClass);
        }
    }

    // By the classes that were given when the lines were looked at, so that nothing is parsed twice here.
    private void Archive(string path, FileWork work)
    {
        var number = 0;
        foreach (var batch in LogSpool.Read(path))
        {
            var rest = batch.Lines.Span;
            while (rest.Length > 0 && number < work.Events)
            {
                var (length, lineClass) = work[number++];
                var text = rest[..length];
                rest = length + 1 < rest.Length ? rest[(length + 1)..] : default;
                if (length > 0)
                {
                    store.Append(lineClass, parts.RedactArchive && parts.Redactor is { } redactor ? Redacted(redactor, text, archived.Of(batch.Source)) : text);
                }
            }
        }
    }

    private static ReadOnlySpan<byte> Redacted(LineRedactor redactor, ReadOnlySpan<byte> text, Continuation evidence)
    {
        var safe = redactor.RedactKey(text, evidence.Key, out var inKey);
        return inKey ? safe : redactor.Redact(text);
    }

    // An event is named and classified by its first line; what follows can only make it graver.
    private LineClass Look(ReadOnlySpan<byte> text, int lines, LineClass least, Continuation evidence, string source, ulong origin, DateTimeOffset now, FileWork work)
    {
        var end = lines == 1 ? text.Length : text.IndexOf((byte)'\n');
        var parsed = parser.Parse(text[..end]);
        var (lineClass, keep) = classifier.Classify(parsed);
        if (lines > 1 && lineClass == LineClass.Routine && ClassVocabulary.Of(Encoding.UTF8.GetString(text[end..Math.Min(text.Length, end + TraceBytesRead)]), Severity.None) != LineClass.Routine)
        {
            lineClass = LineClass.Interesting;
        }

        lineClass = least > lineClass ? least : lineClass;
        keep |= lineClass != LineClass.Routine;
        evidence.Class = lineClass;
        watcher.Observe(parsed, source);
        var indexed = keep && parts.Feeds.Count > 0;
        var noted = lineClass != LineClass.Routine && parts.Book is not null;
        var shown = parts.Tail is { } tail && tail.Wants(parsed);
        // Before the line: what is redacted holds until the next is.
        var form = indexed || noted ? SafeText(parsed.Template) : "";
        var inKey = false;
        scoped var safe = parts.Redactor is { } keys ? keys.RedactKey(text, evidence.Key, out inKey) : text;
        safe = inKey || parts.Redactor is not { } redactor || !(indexed || noted || shown) ? safe : lines == 1 ? redactor.Redact(parsed) : redactor.Redact(text);
        work.Counts.Add(lineClass, keep, text.Length, lines, changed: !safe.Overlaps(text));

        var named = parts.Names is null && parsed.Format != LineFormat.Json ? default : Message(text, safe, parsed);

        // A runtime's prefix is no part of what the program said; its time is the document's.
        safe = safe[CriPrefix.Length(safe, out _, out _)..];
        if (indexed)
        {
            var (id, json) = document.Write(origin, work.Events, parsed, safe, form, lineClass, source, now, parts.Names, named);
            foreach (var feed in parts.Feeds)
            {
                feed.Add(id.Span, json.Span);
            }
        }

        if (shown)
        {
            parts.Tail!.Take(lineClass, source, safe);
        }

        if (noted)
        {
            parts.Book!.Note(source, parsed.Template, form, lineClass, safe);
        }

        return lineClass;
    }

    // The message as it may be shown: what stands between the header and the end of the line, where neither held anything sensitive.
    private static ReadOnlySpan<byte> Message(ReadOnlySpan<byte> text, ReadOnlySpan<byte> safe, in ParsedLine line)
    {
        var (start, rest) = (line.MessageStart, text.Length - line.MessageEnd);
        return safe.Length >= start + rest && safe[..start].SequenceEqual(text[..start]) && safe[^rest..].SequenceEqual(text[line.MessageEnd..]) ? safe[start..^rest] : default;
    }

    private string? LoadState()
    {
        if (parts.StatePath is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            parser.Load(file);
            return null;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            return $"{path}: {lost.Message}";
        }
    }

    // Whole or not at all: a restart reads the one before or this one.
    private void SaveState()
    {
        if (parts.StatePath is not { } path)
        {
            return;
        }

        var next = path + ".new";
        File.Delete(next);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // It holds lines as they came.
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(next, creation))
        {
            parser.Save(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
