using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Accepted lines on disk until they are archived. A batch is accepted when it is on the disk whole, with its checksum; a batch that a
/// crash tore was never accepted. Thread-safe.
/// </summary>
public sealed class LogSpool : IDisposable
{
    private const int HeaderBytes = 12;
    private const int BatchBytesMax = 1 << 28;
    private const string Prefix = "spool-";

    private readonly Lock gate = new();
    private readonly string folder;
    private readonly LogPipelineOptions options;
    private readonly TimeProvider time;
    private FileStream? current;
    private DateTimeOffset begun;
    private long next, bytes;

    /// <summary>Opens a spool, making its folder; what is in it from before is to be archived.</summary>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    public LogSpool(string folder, LogPipelineOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.folder, this.options, this.time) = (folder, options, time);
        Directory.CreateDirectory(folder);
        foreach (var path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            bytes += new FileInfo(path).Length;
            next = Math.Max(next, NumberOf(path) + 1);
        }
    }

    /// <summary>Bytes accepted and not archived.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Accepts a batch of lines, each ended by a line feed.</summary>
    /// <returns>False when the spool is full: nothing of the batch was taken. True: the batch is on the disk.</returns>
    /// <exception cref="IOException">The disk is full or away; nothing of the batch was taken.</exception>
    /// <exception cref="ArgumentException">The batch is larger than 256 MiB.</exception>
    public bool TryAccept(ReadOnlySpan<byte> batch)
    {
        if (batch.Length > BatchBytesMax)
        {
            throw new ArgumentException("A batch has at most 256 MiB.", nameof(batch));
        }

        if (batch.IsEmpty)
        {
            return true;
        }

        lock (gate)
        {
            if (bytes + batch.Length + HeaderBytes > options.SpoolBytesMax)
            {
                return false;
            }

            if (current is null)
            {
                current = new FileStream(Path.Combine(folder, Prefix + next.ToString("d12", CultureInfo.InvariantCulture)), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                begun = time.GetUtcNow();
                next++;
            }

            var end = current.Length;
            try
            {
                Span<byte> header = stackalloc byte[HeaderBytes];
                BinaryPrimitives.WriteInt32LittleEndian(header, batch.Length);
                BinaryPrimitives.WriteUInt64LittleEndian(header[4..], XxHash64.HashToUInt64(batch));
                current.Write(header);
                current.Write(batch);
                current.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                current.SetLength(end);
                current.Seek(end, SeekOrigin.Begin);
                throw;
            }

            bytes += batch.Length + HeaderBytes;
            return true;
        }
    }

    /// <summary>Files that are to be archived, oldest first; the current one among them once it is large or old enough, or when all are asked for.</summary>
    internal IReadOnlyList<string> Ready(bool all)
    {
        string? open;
        lock (gate)
        {
            if (current is not null && (all || current.Length >= options.SpoolFileBytes || time.GetUtcNow() - begun >= TimeSpan.FromSeconds(options.ArchiveAfterSeconds)))
            {
                current.Dispose();
                current = null;
            }

            open = current?.Name;
        }

        return [.. Directory.EnumerateFiles(folder, Prefix + "*").Where(p => Path.GetFullPath(p) != open).Order(StringComparer.Ordinal)];
    }

    /// <summary>The batches of a file; ends before one that was torn.</summary>
    internal static IEnumerable<byte[]> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[HeaderBytes];
        while (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is <= 0 or > BatchBytesMax || length > file.Length - file.Position)
            {
                yield break;
            }

            var batch = new byte[length];
            file.ReadExactly(batch);
            if (XxHash64.HashToUInt64(batch) != BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(4)))
            {
                yield break;
            }

            yield return batch;
        }
    }

    /// <summary>Forgets a file whose lines are archived.</summary>
    internal void Remove(string path)
    {
        var length = new FileInfo(path).Length;
        File.Delete(path);
        Interlocked.Add(ref bytes, -length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            current?.Dispose();
            current = null;
        }
    }

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
