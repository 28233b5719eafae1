using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Archive;

// Budget: 1.4 µs a line of 140 B is 100 MB/s a core. Parse ~0.75, literals compared and slots noted ~0.1, columns ~0.2, zstd ~0.15.

/// <summary>
/// Writes bytes losslessly into an archive: cut into blocks of lines, each parsed into templates and columns, or kept as text where
/// that is smaller. Reading an archive gives exactly the bytes that were written, whatever they were. Not thread-safe.
/// </summary>
/// <remarks>
/// A block is appended in one write with checksums, after which it survives the process's death (and, with
/// <see cref="ArchiveOptions.Durable"/>, the machine's). Bytes not yet in a block are in memory only: <see cref="Flush"/> writes them.
/// </remarks>
public sealed class ArchiveWriter : IDisposable
{
    private const double PlainAhead = 0.98;
    private const double FarAhead = 0.7;

    // Twice the window of zstd's level 3: what repeats farther away it does not see, so that the whole is packed about as well.
    private const int PieceBytes = 4 << 20;

    private const int BlocksUncheckedMax = 31;

    // The description of a block kept as text may be one 64th of it.
    private const int IndexShare = 64;

    private readonly FileStream file;
    private readonly ArchiveOptions options;
    private readonly byte[] fileHeader;
    private readonly LineTable lines;
    private readonly LineClassifier classifier;
    private readonly BlockEncoder encoder = new();
    private readonly BlockPacker packer;
    private readonly ByteSink meta = new(1 << 12);
    private readonly List<(long At, string Name)> sources = [];
    private List<BlockSummary> summaries = [];
    private byte[] block;
    private int filled;
    private long sequence, taken;
    private int plainChecks, untilPlainCheck;

    // The filter of a block's values may be one 16th of its data.
    private const int FilterShare = 16;

    private ArchiveWriter(FileStream file, ArchiveOptions options, byte[] fileHeader, long sequence, ClassOverrides? overrides)
    {
        this.file = file;
        this.options = options;
        this.fileHeader = fileHeader;
        this.sequence = sequence;
        lines = new LineTable(new LogParser(new LogParserOptions { Year = options.Year, Clock = options.Clock }));
        classifier = new LineClassifier(overrides: overrides);
        packer = new BlockPacker(options);
        block = new byte[Math.Min(options.BlockBytes, 1 << 16)];
    }

    /// <summary>The file.</summary>
    public string Path => file.Name;

    /// <summary>Bytes written so far by this writer, blocks not yet complete included.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Length of the file.</summary>
    public long BytesOut => file.Length;

    /// <summary>Blocks that this writer appended.</summary>
    public long Blocks { get; private set; }

    /// <summary>Blocks that were kept as text because columns were larger.</summary>
    public long PlainBlocks { get; private set; }

    /// <summary>Makes a new archive.</summary>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static ArchiveWriter Create(string path, ArchiveOptions? options = null, ClassOverrides? overrides = null)
    {
        options ??= new ArchiveOptions();
        options.Validate();
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        File.Delete(BlockSummary.PathOf(path)); // of an archive that is gone
        var header = SegmentFile.FileHeader(options.Key is not null, options.Tier == ArchiveTier.Cold);
        file.Write(header);
        return new ArchiveWriter(file, options, header, 0, overrides);
    }

    /// <summary>Opens an archive to append to it. A torn tail, what a crash left of a block, is cut off.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Bounds; the key must be that of the archive.</param>
    /// <param name="overrides">Classes given to templates.</param>
    /// <param name="cut">Bytes that were cut off the end, 0 when it was whole.</param>
    /// <exception cref="InvalidDataException">The file is no archive, or encrypted with another key, or a block before the last is damaged.</exception>
    public static ArchiveWriter Append(string path, ArchiveOptions? options, ClassOverrides? overrides, out long cut)
    {
        options ??= new ArchiveOptions();
        options.Validate();
        byte[] header;
        long end, next;
        using (var reader = ArchiveReader.Open(path, options.Key))
        {
            if (reader.Damage.Count > 0)
            {
                throw new InvalidDataException(reader.Damage[0].What + " Nothing is appended to a damaged archive.");
            }

            header = reader.FileHeader;
            end = reader.WholeBytes;
            next = reader.Blocks.Count;
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        cut = file.Length - end;
        file.SetLength(end);
        file.Seek(0, SeekOrigin.End);
        return new ArchiveWriter(file, options, header, next, overrides);
    }

    /// <summary>Says that the bytes to come are of another source.</summary>
    public void BeginSource(string name) => sources.Add((BytesIn, name));

    /// <summary>Appends bytes; lines may lie across calls.</summary>
    /// <exception cref="IOException">The disk is full or away. What <see cref="BytesIn"/> had before stays whole.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (filled == block.Length)
            {
                if (block.Length < options.BlockBytes)
                {
                    Array.Resize(ref block, (int)Math.Min(options.BlockBytes, block.Length * 4L));
                }
                else
                {
                    WriteBlock(last: false);
                }
            }

            var count = Math.Min(bytes.Length, block.Length - filled);
            bytes[..count].CopyTo(block.AsSpan(filled));
            filled += count;
            BytesIn += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Writes everything that is in memory as a block, a last line without its line feed included.</summary>
    public void Flush()
    {
        while (filled > 0)
        {
            WriteBlock(last: true);
        }
    }

    /// <summary>Flushes and closes.</summary>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        finally
        {
            packer.Dispose();
            file.Dispose();
        }
    }

    /// <summary>Closes without writing what is in memory.</summary>
    internal void Abandon()
    {
        packer.Dispose();
        file.Dispose();
    }

    private void WriteBlock(bool last)
    {
        var length = filled;
        if (!last)
        {
            // A block ends with a line; a line longer than a block is cut.
            var end = block.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            length = end == 0 ? filled : end;
        }

        length = lines.Parse(block, length, twice: Blocks == 0);
        var (packedMeta, data) = Pack();
        Append(SegmentFile.Record(fileHeader, options.Key, sequence, packedMeta, data));
        if (options.Summaries)
        {
            File.AppendAllLines(BlockSummary.PathOf(file.Name), summaries.Select(s => (options.SummaryText is { } safe ? s.Shown(safe) : s).ToJson()));
        }

        sequence++;
        Blocks++;
        block.AsSpan(length, filled - length).CopyTo(block);
        filled -= length;
        taken += length;
    }

    // All of a record or nothing: where a write fails in its middle, the file is cut back.
    private void Append(byte[] record)
    {
        var end = file.Length;
        try
        {
            file.Write(record);
            if (options.Durable)
            {
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            file.SetLength(end);
            file.Seek(end, SeekOrigin.Begin);
            throw;
        }
    }

    private (byte[] Meta, byte[] Data) Pack()
    {
        var columns = PackColumns();
        if (untilPlainCheck-- > 0)
        {
            return columns;
        }

        // What zstd makes of the text; asked ever more rarely while columns are far ahead, and of a piece first.
        var size = columns.Meta.Length + columns.Data.Length;
        var piece = Math.Min(lines.Bytes, PieceBytes);
        if (piece * 2 < lines.Bytes && size < packer.PackPlain(lines.Raw.AsSpan((lines.Bytes - piece) / 2, piece)).Length * (double)lines.Bytes / piece * FarAhead)
        {
            FarAheadOnceMore();
            return columns;
        }

        var plain = packer.PackPlain(lines.Raw.AsSpan(0, lines.Bytes));
        if (size <= plain.Length * PlainAhead)
        {
            plainChecks = size < plain.Length * FarAhead ? plainChecks : -1;
            FarAheadOnceMore();
            return columns;
        }

        plainChecks = 0;
        PlainBlocks++;
        var described = PackMeta(plain: true, indexed: true);
        return (described.Length <= plain.Length / IndexShare ? described : PackMeta(plain: true, indexed: false), plain);
    }

    private void FarAheadOnceMore()
    {
        plainChecks = Math.Min(plainChecks + 1, 3);
        untilPlainCheck = Math.Min((1 << (2 * plainChecks)) - 1, BlocksUncheckedMax);
    }

    private (byte[] Meta, byte[] Data) PackColumns()
    {
        meta.Clear();
        var described = MetaBuilder.Build(lines, classifier, SourcesOfBlock(), plain: false, out var templateOfShape);
        described.Write(meta);
        encoder.Encode(lines, templateOfShape);
        summaries = options.Summaries ? [.. BlockSummary.Of(sequence, described, lines.Shapes, templateOfShape, encoder.Planned)] : [];
        var adaptive = packer.IsSmall(encoder.Streams, meta.Length);
        var data = packer.PackColumns(encoder.Streams, meta.Written, adaptive);
        return (packer.PackMeta(meta.Written, adaptive, adaptive ? null : encoder.Filter(data.Length / FilterShare)), data);
    }

    private byte[] PackMeta(bool plain, bool indexed)
    {
        meta.Clear();
        var described = MetaBuilder.Build(lines, classifier, SourcesOfBlock(), plain, out _);
        (indexed ? described : described.WithoutIndex()).Write(meta);
        return packer.PackMeta(meta.Written, adaptive: meta.Length < 1 << 16);
    }

    private List<BlockSource> SourcesOfBlock()
    {
        var found = new List<BlockSource>();
        foreach (var (at, name) in sources)
        {
            if (at >= taken && at < taken + lines.Bytes)
            {
                found.Add(new BlockSource(lines.Raw.AsSpan(0, (int)(at - taken)).Count((byte)'\n'), name));
            }
        }

        return found;
    }
}
