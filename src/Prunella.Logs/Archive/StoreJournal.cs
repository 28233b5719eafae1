using System.Text.Json;

namespace Prunella.Logs.Archive;

/// <summary>How long a segment and its summaries were before a batch; both 0 for a segment that the batch began.</summary>
/// <param name="Name">File name in the store's folder.</param>
/// <param name="Bytes">Length of the segment.</param>
/// <param name="SummaryBytes">Length of the summaries beside it.</param>
internal sealed record SegmentMark(string Name, long Bytes, long SummaryBytes);

/// <summary>A batch being written to a store.</summary>
/// <param name="Batch">Its name.</param>
/// <param name="Segments">The segments it may have touched, as they were.</param>
internal sealed record PendingBatch(string Batch, IReadOnlyList<SegmentMark> Segments);

/// <summary>
/// What a store is in the middle of, on disk: how long its segments were before the batch that is being written. Segments only grow, so
/// cutting them back undoes a batch that a kill or a full disk left half written, whatever of it had come to be whole blocks.
/// </summary>
internal sealed class StoreJournal(string folder)
{
    private const string FileName = "pending.json";

    private string Path => System.IO.Path.Combine(folder, FileName);

    /// <summary>The batch being written; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The journal cannot be read.</exception>
    internal PendingBatch? Read()
    {
        try
        {
            return File.Exists(Path) ? JsonSerializer.Deserialize<PendingBatch>(File.ReadAllBytes(Path)) : null;
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"{Path} cannot be read: {damaged.Message}", damaged);
        }
    }

    /// <summary>Puts a batch in place of the one before, whole or not at all.</summary>
    internal void Write(PendingBatch pending)
    {
        var next = Path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, pending);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, Path, overwrite: true);
    }

    /// <summary>Nothing is being written any more.</summary>
    internal void Clear() => File.Delete(Path);

    /// <summary>A segment as it is.</summary>
    internal static SegmentMark MarkOf(string path)
    {
        var summary = new FileInfo(BlockSummary.PathOf(path));
        return new SegmentMark(System.IO.Path.GetFileName(path), new FileInfo(path).Length, summary.Exists ? summary.Length : 0);
    }

    /// <summary>Cuts segments back to what they were.</summary>
    /// <exception cref="IOException">The disk is away; to be done again.</exception>
    internal void Undo(PendingBatch pending)
    {
        foreach (var mark in pending.Segments)
        {
            var path = System.IO.Path.Combine(folder, System.IO.Path.GetFileName(mark.Name));
            Cut(path, mark.Bytes);
            Cut(BlockSummary.PathOf(path), mark.SummaryBytes);
        }

        Clear();
    }

    private static void Cut(string path, long length)
    {
        if (length == 0)
        {
            File.Delete(path);
        }
        else if (File.Exists(path))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
            file.SetLength(Math.Min(file.Length, length));
            file.Flush(flushToDisk: true);
        }
    }
}
