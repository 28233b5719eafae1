using System.Globalization;
using System.Text.Json;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Archive;

/// <summary>What <see cref="ArchiveStore.Retain"/> did or would do with a segment.</summary>
/// <param name="Path">The segment.</param>
/// <param name="Action">deleted, held, or made cold.</param>
/// <param name="Why">The class and age, or the hold.</param>
public sealed record RetentionStep(string Path, string Action, string Why);

/// <summary>
/// A folder of archives by class and time, so that lines of a class can go when they are old enough. Lines of one class stay in order.
/// One process at a time writes to a store. Not thread-safe, but for <see cref="ClosedSegments"/>.
/// </summary>
public sealed class ArchiveStore : IDisposable
{
    private const string Extension = ".parc";
    private const string HoldsFile = "holds.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly string folder;
    private readonly ArchiveOptions archive;
    private readonly RetentionOptions retention;
    private readonly TimeProvider time;
    private readonly ClassOverrides? overrides;
    private readonly StoreJournal journal;
    private PendingBatch? pending;
    private volatile string[] writingTo = [];
    private readonly (ArchiveWriter Writer, DateTime Opened)?[] open = new (ArchiveWriter, DateTime)?[3];

    /// <summary>Opens a store, making its folder.</summary>
    /// <param name="folder">Where the segments are.</param>
    /// <param name="archive">How segments are written.</param>
    /// <param name="retention">How long they stay.</param>
    /// <param name="time">The clock.</param>
    /// <param name="overrides">Classes given to templates.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public ArchiveStore(string folder, ArchiveOptions archive, RetentionOptions retention, TimeProvider time, ClassOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(retention);
        archive.Validate();
        retention.Validate();
        (this.folder, this.archive, this.retention, this.time, this.overrides) = (Path.GetFullPath(folder), archive, retention, time, overrides);
        Directory.CreateDirectory(folder);
        journal = new StoreJournal(this.folder);
    }

    /// <summary>Segments, oldest first.</summary>
    public IReadOnlyList<string> Segments => [.. Directory.EnumerateFiles(folder, "*" + Extension).OrderBy(static p => Path.GetFileName(p)[(Path.GetFileName(p).IndexOf('-', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal)];

    /// <summary>Segments that get no more lines, oldest first. May be asked while another thread appends.</summary>
    public IReadOnlyList<string> ClosedSegments
    {
        get
        {
            var writing = writingTo;
            return [.. Segments.Where(path => !writing.Contains(path))];
        }
    }

    /// <summary>Holds that stand.</summary>
    /// <exception cref="InvalidDataException">The file of holds cannot be read; nothing is deleted then.</exception>
    public IReadOnlyList<LegalHold> Holds
    {
        get
        {
            var path = Path.Combine(folder, HoldsFile);
            try
            {
                return File.Exists(path) ? JsonSerializer.Deserialize<List<LegalHold>>(File.ReadAllBytes(path), Json) ?? [] : [];
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path} cannot be read, so nothing may be deleted: {e.Message}", e);
            }
        }
    }

    /// <summary>
    /// Ends what a process before was in the middle of: a batch that is still to come again is taken out of the segments, so that it
    /// stands there once; one that is not is left.
    /// </summary>
    /// <param name="comesAgain">Whether a batch of this name will be appended again.</param>
    /// <returns>The batch that was undone; null when there was none.</returns>
    /// <exception cref="IOException">The disk is away.</exception>
    public string? Recover(Func<string, bool> comesAgain)
    {
        ArgumentNullException.ThrowIfNull(comesAgain);
        var left = journal.Read();
        if (left is null || !comesAgain(left.Batch))
        {
            journal.Clear();
            return null;
        }

        journal.Undo(left);
        return left.Batch;
    }

    /// <summary>
    /// Says that the lines up to <see cref="Complete"/> are one batch: a kill or a failure before that leaves none of them, after
    /// <see cref="Recover"/> or when the batch is begun again.
    /// </summary>
    /// <param name="batch">Its name.</param>
    /// <exception cref="IOException">The disk is full or away; nothing was begun.</exception>
    public void Begin(string batch)
    {
        Undo();
        Flush();
        var next = new PendingBatch(batch, [.. open.Where(static o => o is not null).Select(static o => StoreJournal.MarkOf(o!.Value.Writer.Path))]);
        journal.Write(next);
        pending = next;
    }

    /// <summary>The batch is flushed and will not come again.</summary>
    public void Complete()
    {
        pending = null;
        journal.Clear();
    }

    // What a failure left half written goes, with what is in memory of it; the segments get no more lines.
    private void Undo()
    {
        if (pending is null)
        {
            return;
        }

        for (var n = 0; n < open.Length; n++)
        {
            open[n]?.Writer.Abandon();
            open[n] = null;
        }

        journal.Undo(pending);
        pending = null;
    }

    /// <summary>Appends a line to the segment of its class. Durable after <see cref="Flush"/>.</summary>
    public void Append(LineClass lineClass, ReadOnlySpan<byte> line)
    {
        var writer = WriterOf(lineClass);
        writer.Write(line);
        writer.Write("\n"u8);
    }

    /// <summary>Makes everything appended so far durable.</summary>
    public void Flush()
    {
        foreach (var segment in open)
        {
            segment?.Writer.Flush();
        }
    }

    /// <summary>Puts a hold on a time; one of the same name is replaced.</summary>
    public void Hold(LegalHold hold)
    {
        ArgumentNullException.ThrowIfNull(hold);
        Save([.. Holds.Where(h => h.Name != hold.Name), hold]);
    }

    /// <summary>Lifts a hold.</summary>
    /// <returns>False when there is none of the name.</returns>
    public bool Release(string name)
    {
        var holds = Holds;
        Save([.. holds.Where(h => h.Name != name)]);
        return holds.Any(h => h.Name == name);
    }

    /// <summary>
    /// Deletes closed segments that are older than their class allows and not held, and makes old ones cold. The age of a segment is that
    /// of its newest line, or of its last write where that is younger.
    /// </summary>
    /// <param name="dryRun">True only says what would be done.</param>
    public IReadOnlyList<RetentionStep> Retain(bool dryRun = false)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var holds = Holds;
        var steps = new List<RetentionStep>();
        foreach (var path in Segments)
        {
            if (!TryClass(path, out var lineClass) || open.Any(o => o is { } w && w.Writer.Path == path))
            {
                continue;
            }

            var (first, last, cold) = Describe(path, now);
            var age = (now - last).TotalDays;
            var days = retention.DaysOf(lineClass);
            if (days > 0 && age > days)
            {
                var why = string.Create(CultureInfo.InvariantCulture, $"{lineClass}, {age:F0} days old, kept {days}");
                if (holds.FirstOrDefault(h => h.Covers(first, last)) is { } hold)
                {
                    steps.Add(new RetentionStep(path, "held", $"{hold.Name}: {hold.Reason} ({why})"));
                    continue;
                }

                if (!dryRun)
                {
                    File.Delete(path);
                    File.Delete(BlockSummary.PathOf(path));
                }

                steps.Add(new RetentionStep(path, "deleted", why));
            }
            else if (retention.ColdAfterDays > 0 && age > retention.ColdAfterDays && !cold)
            {
                if (!dryRun)
                {
                    ColdCopy.Replace(path, archive, overrides);
                }

                steps.Add(new RetentionStep(path, "made cold", string.Create(CultureInfo.InvariantCulture, $"{age:F0} days old")));
            }
        }

        return steps;
    }

    /// <summary>Flushes and closes the open segments; a batch that was begun and not completed is left to <see cref="Recover"/>.</summary>
    public void Dispose()
    {
        foreach (var segment in open)
        {
            if (pending is null)
            {
                segment?.Writer.Dispose();
            }
            else
            {
                segment?.Writer.Abandon();
            }
        }
    }

    private ArchiveWriter WriterOf(LineClass lineClass)
    {
        ref var segment = ref open[(int)lineClass];
        var now = time.GetUtcNow().UtcDateTime;
        if (segment is { } current)
        {
            if (current.Writer.BytesIn < retention.SegmentBytes && now - current.Opened < TimeSpan.FromHours(retention.SegmentHours))
            {
                return current.Writer;
            }

            current.Writer.Dispose();
            segment = null;
        }

        var stem = Path.Combine(folder, $"{Prefix(lineClass)}-{now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        var path = stem + Extension;
        for (var n = 1; File.Exists(path); n++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{stem}.{n:0000}{Extension}");
        }

        if (pending is not null)
        {
            // Known as the batch's before it is there.
            var more = pending with { Segments = [.. pending.Segments, new SegmentMark(Path.GetFileName(path), 0, 0)] };
            journal.Write(more);
            pending = more;
        }

        // Known as written to before it is there, so that nobody takes it for closed.
        writingTo = [.. open.Where(static o => o is not null).Select(static o => o!.Value.Writer.Path), path];
        segment = (ArchiveWriter.Create(path, archive, overrides), now);
        return segment.Value.Writer;
    }

    private static string Prefix(LineClass lineClass) => lineClass switch { LineClass.Critical => "critical", LineClass.Interesting => "interesting", _ => "routine" };

    private static bool TryClass(string path, out LineClass lineClass)
    {
        var name = Path.GetFileName(path);
        foreach (var candidate in Enum.GetValues<LineClass>())
        {
            if (name.StartsWith(Prefix(candidate) + "-", StringComparison.Ordinal))
            {
                lineClass = candidate;
                return true;
            }
        }

        lineClass = default;
        return false;
    }

    private (DateTime First, DateTime Last, bool Cold) Describe(string path, DateTime now)
    {
        using var reader = ArchiveReader.Open(path, archive.Key);
        var written = File.GetLastWriteTimeUtc(path);
        var first = reader.Metas.Select(static m => m.FirstTicks).Where(static t => t > 0).DefaultIfEmpty(written.Ticks).Min();
        var last = reader.Metas.Select(static m => m.LastTicks).Where(t => t <= now.Ticks).DefaultIfEmpty().Max();
        return (new DateTime(Math.Min(first, written.Ticks)), new DateTime(Math.Max(last, written.Ticks)), reader.IsCold);
    }

    private void Save(List<LegalHold> holds)
    {
        var path = Path.Combine(folder, HoldsFile);
        var next = path + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(holds, Json));
        File.Move(next, path, overwrite: true);
    }
}
