using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Questions;

namespace Prunella.Logs;

/// <summary>What a segment of the archive holds.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Class">The class of its lines.</param>
/// <param name="StoredBytes">Its length.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="FirstTicks">Its earliest time; 0 when no line has one.</param>
/// <param name="LastTicks">Its latest time.</param>
/// <param name="Services">The services that it names, some hundred at most.</param>
/// <param name="Keys">Keys that stand before values in it.</param>
internal sealed record LogSegment(string Path, LineClass Class, long StoredBytes, long Lines, long Bytes, long FirstTicks, long LastTicks, IReadOnlyList<string> Services, IReadOnlyCollection<string> Keys);

// A segment of a day may have thousands of blocks: what it holds is read once for each length that it has.
/// <summary>Opens the server's archive for reading, beside the pipeline that writes it. Thread-safe.</summary>
internal sealed class LogShelf(string folder, byte[]? key)
{
    private const int ServicesMax = 500;
    private readonly Lock gate = new();
    private Dictionary<string, LogSegment> known = new(StringComparer.Ordinal);

    /// <summary>Files that the last survey could not read, and why.</summary>
    internal IReadOnlyList<string> Unreadable { get; private set; } = [];

    /// <summary>What there is, newest first. One that is gone meanwhile is left out, as is one that cannot be read, which <see cref="Unreadable"/> tells.</summary>
    internal IReadOnlyList<LogSegment> Survey(CancellationToken cancellation)
    {
        Dictionary<string, LogSegment> before;
        lock (gate) before = known;
        var found = new Dictionary<string, LogSegment>(StringComparer.Ordinal);
        var unreadable = new List<string>();
        foreach (var file in Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*.parc") : [])
        {
            cancellation.ThrowIfCancellationRequested();
            if (before.TryGetValue(file.FullName, out var segment) && segment.StoredBytes == file.Length) found[file.FullName] = segment;
            else if (TryOpen(file.FullName, unreadable) is { } reader)
            {
                using (reader) found[file.FullName] = Describe(file.FullName, reader);
            }
        }
        lock (gate) (known, Unreadable) = (found, unreadable);
        return [.. found.Values.OrderByDescending(segment => segment.LastTicks)];
    }

    /// <summary>Opens a segment as part of a log; null when it is gone or cannot be read.</summary>
    internal LogPart? Open(LogSegment segment) => TryOpen(segment.Path, []) is { } reader ? new LogPart(Path.GetFileNameWithoutExtension(segment.Path), segment.Class, reader) : null;

    private ArchiveReader? TryOpen(string path, List<string> unreadable)
    {
        try
        {
            return ArchiveReader.Open(path, key);
        }
        catch (FileNotFoundException)
        {
            // Its age was up.
            return null;
        }
        catch (Exception away) when (away is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            unreadable.Add($"{Path.GetFileName(path)}: {away.Message}");
            return null;
        }
    }

    private static LogSegment Describe(string path, ArchiveReader reader)
    {
        var metas = reader.Metas.ToList();
        return new LogSegment(
            path, ClassOf(Path.GetFileName(path)), reader.Length, metas.Sum(meta => (long)meta.Lines), metas.Sum(meta => meta.Bytes),
            metas.Select(meta => meta.FirstTicks).Where(ticks => ticks > 0).DefaultIfEmpty().Min(), metas.Select(meta => meta.LastTicks).DefaultIfEmpty().Max(),
            [.. metas.SelectMany(meta => meta.Services).Select(service => service.Name).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Take(ServicesMax)],
            FieldKeys.Of(metas.SelectMany(meta => meta.Templates).Select(template => template.Text).Distinct(StringComparer.Ordinal)));
    }

    private static LineClass ClassOf(string name) =>
        Enum.GetValues<LineClass>().FirstOrDefault(lineClass => name.StartsWith(lineClass + "-", StringComparison.OrdinalIgnoreCase));
}
