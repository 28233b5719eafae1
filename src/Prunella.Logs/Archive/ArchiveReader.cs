using Microsoft.Win32.SafeHandles;

namespace Prunella.Logs.Archive;

/// <summary>A block of an open archive.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="Meta">What it holds.</param>
/// <param name="MetaBytes">The description as written, without the filter.</param>
/// <param name="FirstLine">Lines of the blocks before it.</param>
internal sealed record ArchiveBlock(RecordPlace Place, BlockMeta Meta, byte[] MetaBytes, long FirstLine);

/// <summary>
/// Reads an archive. Opening reads the descriptions of its blocks (some kB each) and nothing else. Safe beside a writer: sees the
/// blocks that were whole when it was opened. One thread at a time.
/// </summary>
public sealed class ArchiveReader : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly byte[]? key;
    private readonly List<ArchiveDamage> damage = [];
    private readonly NamePool names = new();

    private ArchiveReader(SafeFileHandle handle, byte[]? key, byte[] fileHeader)
    {
        this.handle = handle;
        this.key = key;
        FileHeader = fileHeader;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes up to the end of the last whole block; what follows is torn.</summary>
    public long WholeBytes { get; private set; }

    /// <summary>Descriptions of all blocks.</summary>
    public IEnumerable<BlockMeta> Metas => Blocks.Select(static b => b.Meta);

    /// <summary>True when the blocks are encrypted.</summary>
    public bool IsEncrypted { get; private init; }

    /// <summary>Bytes between whole blocks that are none: the archive was damaged, not torn.</summary>
    public IReadOnlyList<ArchiveDamage> Damage => damage;

    /// <summary>True when the archive was begun in the cold tier.</summary>
    public bool IsCold { get; private init; }

    internal List<ArchiveBlock> Blocks { get; } = [];

    internal byte[] FileHeader { get; }

    internal ZstdFrames Frames { get; } = new();

    /// <summary>Opens an archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">32 bytes where it is encrypted; ignored where not.</param>
    /// <exception cref="InvalidDataException">The file is no archive, a block's description is damaged, or the key is missing or wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ArchiveReader Open(string path, byte[]? key = null)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var header = new byte[SegmentFile.FileHeaderBytes];
            var read = RandomAccess.Read(handle, header, 0);
            var flags = SegmentFile.ReadFileHeader(header.AsSpan(0, read));
            var encrypted = (flags & SegmentFile.Encrypted) != 0;
            if (encrypted && key is null)
            {
                throw new InvalidDataException("The archive is encrypted; give its key.");
            }

            var reader = new ArchiveReader(handle, encrypted ? key : null, header) { IsEncrypted = encrypted, IsCold = (flags & SegmentFile.Cold) != 0 };
            reader.ReadBlocks();
            return reader;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes the archived bytes, exactly as they came.</summary>
    /// <exception cref="InvalidDataException">A block is damaged; everything before it was written.</exception>
    public void CopyTo(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (var block in Blocks)
        {
            BlockText.CopyTo(this, block, output);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
        Frames.Dispose();
    }

    /// <summary>The data of a block, checked and decrypted.</summary>
    internal byte[] ReadData(ArchiveBlock block)
    {
        var header = ReadExactly(block.Place.Offset, SegmentFile.RecordHeaderBytes);
        var stored = ReadExactly(block.Place.Offset + SegmentFile.RecordHeaderBytes + block.Place.MetaBytes, block.Place.DataBytes);
        return SegmentFile.Open(FileHeader, header, 1, stored, key);
    }

    private void ReadBlocks()
    {
        var at = (long)SegmentFile.FileHeaderBytes;
        long lines = 0;
        WholeBytes = at;
        var header = new byte[SegmentFile.RecordHeaderBytes];
        while (at < Length)
        {
            var read = RandomAccess.Read(handle, header, at);
            if (!SegmentFile.TryReadHeader(header.AsSpan(0, read), at, out var place) || place.End > Length || ReadMeta(place, header, out var filter) is not { } metaBytes)
            {
                // A tear has nothing behind it; a whole block behind it makes it damage.
                var next = FindRecord(at + 1);
                if (next < 0)
                {
                    return;
                }

                damage.Add(new ArchiveDamage(at, next - at, $"{next - at} bytes between block {Blocks.Count} and the next whole one cannot be read."));
                at = next;
                continue;
            }

            var meta = BlockMeta.Read(metaBytes, filter, names);
            Blocks.Add(new ArchiveBlock(place, meta, meta.DescriptionBytes == metaBytes.Length ? metaBytes : metaBytes[..meta.DescriptionBytes], lines));
            lines += meta.Lines;
            at = WholeBytes = place.End;
        }

        CutTornData();
    }

    private byte[]? ReadMeta(RecordPlace place, byte[] header, out ReadOnlyMemory<byte> filter)
    {
        filter = default;
        var stored = ReadExactly(place.Offset + SegmentFile.RecordHeaderBytes, place.MetaBytes);
        if (!SegmentFile.Matches(header, 0, stored))
        {
            return null;
        }

        return BlockText.UnpackMeta(SegmentFile.Open(FileHeader, header, 0, stored, key), Frames, out filter);
    }

    // A file can have its length before it has its bytes: the last block counts only when its data are there too.
    private void CutTornData()
    {
        if (Blocks.Count > 0 && WholeBytes == Length)
        {
            var last = Blocks[^1].Place;
            var header = ReadExactly(last.Offset, SegmentFile.RecordHeaderBytes);
            if (!SegmentFile.Matches(header, 1, ReadExactly(last.Offset + SegmentFile.RecordHeaderBytes + last.MetaBytes, last.DataBytes)))
            {
                WholeBytes = last.Offset;
                Blocks.RemoveAt(Blocks.Count - 1);
            }
        }
    }

    private long FindRecord(long from)
    {
        var window = new byte[1 << 20];
        while (from + SegmentFile.RecordHeaderBytes <= Length)
        {
            var read = RandomAccess.Read(handle, window, from);
            for (var i = 0; i + SegmentFile.RecordHeaderBytes <= read; i++)
            {
                var skip = window.AsSpan(i, read - i).IndexOf(SegmentFile.RecordMagic);
                if (skip < 0)
                {
                    break;
                }

                i += skip;
                if (SegmentFile.TryReadHeader(window.AsSpan(i, read - i), from + i, out var place) && place.End <= Length)
                {
                    return from + i;
                }
            }

            if (read < window.Length)
            {
                break;
            }

            from += read - SegmentFile.RecordHeaderBytes;
        }

        return -1;
    }

    private byte[] ReadExactly(long offset, int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        var done = 0;
        while (done < count)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(done), offset + done);
            if (read == 0)
            {
                throw new InvalidDataException("The archive ends within a block.");
            }

            done += read;
        }

        return bytes;
    }
}
