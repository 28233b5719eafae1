using System.ComponentModel.DataAnnotations;
using System.IO.Compression;

namespace Prunella.Traces.Sources;

/// <summary>Bounds of the store of recent traces.</summary>
public sealed class TraceStoreOptions
{
    /// <summary>The folder of the blocks; made when the first traces come. <c>prunella traces analyze FOLDER</c> reads it.</summary>
    /// <value>A path. Default <c>prunella/traces</c> in the working directory.</value>
    [Required] public string Directory { get; set; } = "prunella/traces";

    /// <summary>Bytes of all blocks together; the oldest are deleted beyond it.</summary>
    /// <value>Bytes. Default 1 073 741 824.</value>
    [Range(1_048_576, 1_099_511_627_776)] public long BytesMax { get; set; } = 1L << 30;

    /// <summary>How long blocks are kept.</summary>
    /// <value>Default 72 h.</value>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")] public TimeSpan Retention { get; set; } = TimeSpan.FromHours(72);

    /// <summary>Bytes of one block, unpacked; a full block is closed and packed.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(65_536, 1_073_741_824)] public int BlockBytesMax { get; set; } = 16 << 20;

    /// <summary>The age at which a block is closed even when not full.</summary>
    /// <value>Default 5 min.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan BlockAge { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>
/// Recent traces on disk as OTLP protobuf: export requests one after another are one valid TracesData message, so a block
/// is a file any OTLP reader takes. Thread-safe. What was accepted before a crash is read again up to a torn last request.
/// </summary>
public sealed class TraceStore : IDisposable
{
    private readonly TraceStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private FileStream? _open;
    private DateTimeOffset _opened;
    private readonly long _blockBytesMax;
    private long _sequence;

    /// <param name="options">Where and how much.</param>
    /// <param name="time">The clock.</param>
    public TraceStore(TraceStoreOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        // The open block is never deleted, so it may be no more than a part of the whole.
        _blockBytesMax = Math.Min(options.BlockBytesMax, options.BytesMax / 2);
    }

    /// <summary>Appends an export request that was found to be valid; it is in the file when this returns.</summary>
    /// <param name="request">ResourceSpans messages, protobuf, as <see cref="OtlpTranscoder"/> gives them.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is kept.</exception>
    public void Append(ReadOnlySpan<byte> request)
    {
        if (request.IsEmpty)
            return;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_open is not null && (_open.Length + request.Length > _blockBytesMax || IsOld(now)))
                Close();
            if (_open is null)
            {
                Directory.CreateDirectory(_options.Directory);
                Trim(now, _blockBytesMax);
                _opened = now;
                // No buffer: what a request leaves in one would be written by the next, which may fail.
                _open = new FileStream(Path.Combine(_options.Directory, Name(now)), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }

            var length = _open.Length;
            try
            {
                _open.Write(request);
            }
            catch (IOException)
            {
                // Half a request in the middle of a block would hide every later one.
                var torn = _open;
                _open = null;
                using (torn)
                    torn.SetLength(length);
                throw;
            }
        }
    }

    /// <summary>Closes the open block when it is old enough and deletes what is past its time.</summary>
    /// <exception cref="IOException">A file cannot be written or deleted.</exception>
    public void Upkeep()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_open is not null && IsOld(now))
                Close();
            if (Directory.Exists(_options.Directory))
                Trim(now, 0);
        }
    }

    /// <summary>Whether a folder holds blocks of a store.</summary>
    public static bool IsStore(string directory) => TraceBlocks.In(directory).Count > 0;

    /// <summary>The blocks that may hold traces of a time, oldest first, as one OTLP protobuf stream; a store that is being written may be read.</summary>
    /// <param name="directory">The store's folder.</param>
    /// <param name="since">Blocks closed before it are left out; null for all.</param>
    /// <param name="bytesMax">Bytes on disk that are read at most; beyond it the oldest blocks are left out.</param>
    /// <exception cref="IOException">A block cannot be read.</exception>
    public static Stream OpenAll(string directory, DateTimeOffset? since = null, long bytesMax = long.MaxValue) => new TraceBlockStream(Newest(directory, since, bytesMax, out _));

    /// <summary>Bytes on disk that <see cref="OpenAll"/> would leave out because there are more than <paramref name="bytesMax"/>.</summary>
    public static long BytesLeftOut(string directory, DateTimeOffset? since, long bytesMax)
    {
        Newest(directory, since, bytesMax, out var leftOut);
        return leftOut;
    }

    private static List<TraceBlock> Newest(string directory, DateTimeOffset? since, long bytesMax, out long leftOut)
    {
        var blocks = TraceBlocks.In(directory);
        // A block ends where the next one begins.
        var first = since is { } from ? Math.Max(0, blocks.FindLastIndex(block => block.Opened <= from)) : 0;
        leftOut = 0;
        if (bytesMax == long.MaxValue)
            return blocks[first..];
        var (bytes, read) = (0L, blocks.Count);
        for (var index = blocks.Count - 1; index >= first; index--)
        {
            var file = new FileInfo(blocks[index].Path);
            var length = file.Exists ? file.Length : 0;
            // The newest block is read whatever its size.
            if (leftOut > 0 || (bytes > 0 && bytes + length > bytesMax))
                leftOut += length;
            else
                (bytes, read) = (bytes + length, index);
        }

        return blocks[read..];
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return TraceBlocks.In(_options.Directory).Sum(block => new FileInfo(block.Path).Length);
        }
    }

    /// <summary>Closes and packs the open block.</summary>
    public void Dispose()
    {
        lock (_lock)
            Close();
    }

    private bool IsOld(DateTimeOffset now) => now - _opened >= _options.BlockAge || now < _opened;

    private void Close()
    {
        if (_open is null)
            return;
        var path = _open.Name;
        _open.Dispose();
        _open = null;
        // Packed beside it and renamed: a crash leaves the plain block, the packed one, or for a moment both under one name.
        var packed = path + ".gz.part";
        try
        {
            using (var from = File.OpenRead(path))
            using (var to = File.Create(packed))
            using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
                from.CopyTo(gzip);
            File.Move(packed, path + ".gz", overwrite: true);
            File.Delete(path);
        }
        catch (IOException)
        {
            // A full disk: the plain block is as good, only larger.
            File.Delete(packed);
        }
    }

    private string Name(DateTimeOffset now)
    {
        string name;
        do
            name = TraceBlocks.Name(now, _sequence++);
        while (File.Exists(Path.Combine(_options.Directory, name)) || File.Exists(Path.Combine(_options.Directory, name + ".gz")));
        return name;
    }

    // Leaves room for a block that is about to grow.
    private void Trim(DateTimeOffset now, long room)
    {
        var blocks = TraceBlocks.In(_options.Directory);
        var bytes = blocks.Sum(block => new FileInfo(block.Path).Length);
        foreach (var (path, opened) in blocks)
        {
            if (path == _open?.Name || (bytes + room <= _options.BytesMax && now - opened <= _options.Retention))
                continue;
            bytes -= new FileInfo(path).Length;
            File.Delete(path);
        }
    }
}
