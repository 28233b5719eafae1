using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Accepted lines on disk until they are archived. A batch is accepted when it is on the disk whole, with its checksum; a batch that a
/// crash tore was never accepted. Thread-safe.
/// </summary>
/// <remarks>
/// A file is batches: length of what follows the header (four bytes, little-endian; bit 30 says that a source stands before the lines,
/// as two bytes of length and UTF-8), XxHash64 of it (eight bytes), and it.
/// </remarks>
public sealed class LogSpool : IDisposable
{
    private const int HeaderBytes = 12;
    private const int BatchBytesMax = 1 << 28;
    private const int HasSource = 1 << 30;
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
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // Lines stand here as they came.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // Numbers never come again, so that what is named after them stays one of a kind when the spool was empty.
        next = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            bytes += new FileInfo(path).Length;
            next = Math.Max(next, NumberOf(path) + 1);
        }
    }

    /// <summary>Bytes accepted and not archived.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>True when nothing more is accepted for now.</summary>
    public bool IsFull => Bytes >= options.SpoolBytesMax;

    /// <summary>Accepts a batch of lines, each ended by a line feed.</summary>
    /// <returns>False when the spool is full: nothing of the batch was taken. True: the batch is on the disk.</returns>
    /// <exception cref="IOException">The disk is full or away; nothing of the batch was taken.</exception>
    /// <exception cref="ArgumentException">The batch is larger than 256 MiB.</exception>
    public bool TryAccept(ReadOnlySpan<byte> batch, string source = "")
    {
        ArgumentNullException.ThrowIfNull(source);
        if (batch.Length > BatchBytesMax)
        {
            throw new ArgumentException("A batch has at most 256 MiB.", nameof(batch));
        }

        if (batch.IsEmpty)
        {
            return true;
        }

        Span<byte> header = stackalloc byte[HeaderBytes + sizeof(ushort) + LogSource.BytesMax];
        var named = 0;
        if (source.Length > 0)
        {
            Encoding.UTF8.TryGetBytes(source.AsSpan(0, Math.Min(source.Length, LogSource.BytesMax / 3)), header[(HeaderBytes + sizeof(ushort))..], out named);
            BinaryPrimitives.WriteUInt16LittleEndian(header[HeaderBytes..], (ushort)named);
            named += sizeof(ushort);
        }

        header = header[..(HeaderBytes + named)];
        var hash = new XxHash64();
        hash.Append(header[HeaderBytes..]);
        hash.Append(batch);
        BinaryPrimitives.WriteInt32LittleEndian(header, (named + batch.Length) | (named > 0 ? HasSource : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], hash.GetCurrentHashAsUInt64());
        lock (gate)
        {
            if (bytes + batch.Length + header.Length > options.SpoolBytesMax)
            {
                return false;
            }

            current ??= Begin();
            var end = current.Length;
            try
            {
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

            bytes += batch.Length + header.Length;
            return true;
        }
    }

    private FileStream Begin()
    {
        begun = time.GetUtcNow();
        return new FileStream(Path.Combine(folder, Prefix + next++.ToString("d16", CultureInfo.InvariantCulture)), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>
    /// Files with what is accepted of them, oldest first. Those that are ready get no more: all but the current one, and that too once
    /// it is large or old enough, or when all are asked for.
    /// </summary>
    internal IReadOnlyList<SpoolFile> Files(bool all)
    {
        string? open = null;
        long length = 0;
        lock (gate)
        {
            if (current is not null && (all || current.Length >= options.SpoolFileBytes || time.GetUtcNow() - begun >= TimeSpan.FromSeconds(options.ArchiveAfterSeconds)))
            {
                current.Dispose();
                current = null;
            }

            if (current is not null)
            {
                (open, length) = (current.Name, current.Length);
            }
        }

        return [.. Directory.EnumerateFiles(folder, Prefix + "*").Order(StringComparer.Ordinal)
            .Select(path => Path.GetFullPath(path) == open ? new SpoolFile(path, length, false) : new SpoolFile(path, new FileInfo(path).Length, true))];
    }

    /// <summary>The batches of a file; ends before one that was torn.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Where to begin: 0, or the end of a batch.</param>
    /// <param name="to">Where to end; what is behind it may not be accepted yet.</param>
    internal static IEnumerable<SpoolBatch> Read(string path, long from = 0, long to = long.MaxValue)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(from, SeekOrigin.Begin);
        var header = new byte[HeaderBytes];
        while (file.Position < to && file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
        {
            var word = BinaryPrimitives.ReadInt32LittleEndian(header);
            var length = word & ~HasSource;
            if (word < 0 || length is <= 0 or > BatchBytesMax + LogSource.BytesMax + sizeof(ushort) || length > file.Length - file.Position)
            {
                yield break;
            }

            var batch = new byte[length];
            file.ReadExactly(batch);
            if (XxHash64.HashToUInt64(batch) != BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(4)))
            {
                yield break;
            }

            var named = (word & HasSource) == 0 || length < sizeof(ushort) ? 0 : Math.Min(sizeof(ushort) + BinaryPrimitives.ReadUInt16LittleEndian(batch), length);
            yield return new SpoolBatch(named == 0 ? "" : Encoding.UTF8.GetString(batch.AsSpan(sizeof(ushort)..named)), batch.AsMemory(named), file.Position);
        }
    }

    /// <summary>Whether a file, by its name, is still to be archived.</summary>
    internal bool Holds(string name) => File.Exists(Path.Combine(folder, Path.GetFileName(name)));

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
