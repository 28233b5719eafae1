using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.IO.Compression;

namespace Prunella.Traces.Sources;

/// <summary>Bounds of the store of recent traces.</summary>
public sealed class TraceStoreOptions
{
    /// <summary>Where blocks are kept; made when missing.</summary>
    [Required] public string Directory { get; set; } = "traces";

    /// <summary>Bytes of all blocks together; the oldest are deleted beyond it.</summary>
    /// <value>Bytes. Default 1 073 741 824.</value>
    [Range(1 << 20, long.MaxValue)] public long BytesMax { get; set; } = 1L << 30;

    /// <summary>How long blocks are kept.</summary>
    /// <value>Default 72 h.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(72);

    /// <summary>Bytes of one block, unpacked; a full block is closed and packed.</summary>
    /// <value>Bytes. Default 16 777 216.</value>
    [Range(1 << 16, 1 << 30)] public int BlockBytesMax { get; set; } = 16 << 20;

    /// <summary>The age at which a block is closed even when not full.</summary>
    /// <value>Default 5 min.</value>
    public TimeSpan BlockAge { get; set; } = TimeSpan.FromMinutes(5);
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
    private long _sequence;

    /// <param name="options">Where and how much.</param>
    /// <param name="time">The clock.</param>
    public TraceStore(TraceStoreOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(options.Directory);
    }

    /// <summary>Appends an export request that was found to be valid.</summary>
    /// <param name="request">ExportTraceServiceRequest, protobuf.</param>
    public void Append(ReadOnlySpan<byte> request)
    {
        if (request.IsEmpty)
            return;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (_open is not null && (_open.Length + request.Length > _options.BlockBytesMax || now - _opened >= _options.BlockAge))
                Close();
            if (_open is null)
            {
                _opened = now;
                _open = new FileStream(Path.Combine(_options.Directory, Name(now)), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
                Trim(now);
            }

            _open.Write(request);
            _open.Flush();
        }
    }

    /// <summary>The blocks that may hold traces of a time, oldest first, for <see cref="TraceReader"/>.</summary>
    public IReadOnlyList<(string Path, DateTimeOffset Opened)> Blocks(DateTimeOffset since)
    {
        lock (_lock)
        {
            _open?.Flush();
            return [.. Files().Where(file => file.Opened >= since - _options.BlockAge - TimeSpan.FromMinutes(1))];
        }
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return Files().Sum(file => new FileInfo(file.Path).Length);
        }
    }

    /// <summary>Closes and packs the open block.</summary>
    public void Dispose()
    {
        lock (_lock)
            Close();
    }

    private void Close()
    {
        if (_open is null)
            return;
        var path = _open.Name;
        _open.Dispose();
        _open = null;
        // Packed beside it and renamed: a crash leaves the plain block, the packed one, or for a moment both under one name.
        var packed = path + ".gz.part";
        using (var from = File.OpenRead(path))
        using (var to = File.Create(packed))
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
            from.CopyTo(gzip);
        File.Move(packed, path + ".gz", overwrite: true);
        File.Delete(path);
    }

    private string Name(DateTimeOffset now)
    {
        string name;
        do
            name = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{_sequence++:0000}.pb");
        while (File.Exists(Path.Combine(_options.Directory, name)) || File.Exists(Path.Combine(_options.Directory, name + ".gz")));
        return name;
    }

    private void Trim(DateTimeOffset now)
    {
        var files = Files();
        var bytes = files.Sum(file => new FileInfo(file.Path).Length);
        foreach (var (path, opened) in files)
        {
            if (path == _open!.Name || (bytes + _options.BlockBytesMax <= _options.BytesMax && now - opened <= _options.Retention))
                continue;
            bytes -= new FileInfo(path).Length;
            File.Delete(path);
        }
    }

    private List<(string Path, DateTimeOffset Opened)> Files()
    {
        var files = new List<(string Path, DateTimeOffset Opened)>();
        foreach (var path in Directory.EnumerateFiles(_options.Directory).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (!name.EndsWith(".pb", StringComparison.Ordinal) && !name.EndsWith(".pb.gz", StringComparison.Ordinal))
                continue;
            if (name.Length > 18 && DateTime.TryParseExact(name[..18], "yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var opened))
                files.Add((path, new DateTimeOffset(opened, TimeSpan.Zero)));
        }

        return files;
    }
}
