using System.Buffers;
using ZstdSharp;

namespace Prunella.Logs.Archive;

/// <summary>How a part of a block is compressed.</summary>
internal enum Packing : byte
{
    /// <summary>As it is.</summary>
    None,

    /// <summary>zstd frames.</summary>
    Zstd,

    /// <summary>One arithmetic code under an adaptive model.</summary>
    Adaptive,

    /// <summary>A description as a zstd frame, and its filter behind it as it is: hashes do not get smaller, and few questions ask it.</summary>
    Filtered,
}

/// <summary>Compresses the parts of a block.</summary>
internal sealed class BlockPacker(ArchiveOptions options) : IDisposable
{
    private readonly Compressor compressor = new(options.Level);
    private readonly Compressor primed = new(options.Level);
    private readonly Compressor columns = new(options.ColumnsLevel);

    /// <summary>The description of a block.</summary>
    internal byte[] PackMeta(ReadOnlySpan<byte> meta, bool adaptive, ValueFilter? filter = null)
    {
        var to = new ByteSink(meta.Length);
        to.Byte((byte)(adaptive ? Packing.Adaptive : filter is null ? Packing.Zstd : Packing.Filtered));
        to.Number(meta.Length);
        if (adaptive)
        {
            AdaptiveCoder.Encode([], [(StreamKind.Directory, meta.ToArray())], to);
        }
        else if (filter is null)
        {
            Wrap(compressor, meta, to);
        }
        else
        {
            var packed = new ByteSink(meta.Length);
            Wrap(compressor, meta, packed);
            to.Sized(packed.Written);
            filter.Write(to);
        }

        return to.ToArray();
    }

    internal bool IsSmall(BlockStreams streams, int metaBytes) => streams.Bytes + streams.Directory.Length + metaBytes <= options.AdaptiveBytesMax;

    /// <summary>Directory and streams of a columnar block.</summary>
    internal byte[] PackColumns(BlockStreams streams, ReadOnlySpan<byte> meta, bool adaptive)
    {
        var directory = streams.Directory.Written;
        var to = new ByteSink(streams.Bytes / 2);
        to.Byte((byte)(adaptive ? Packing.Adaptive : Packing.Zstd));
        to.Number(directory.Length);
        if (adaptive)
        {
            to.Number(streams.Bytes);
            var all = new List<(StreamKind, ReadOnlyMemory<byte>)> { (StreamKind.Directory, directory.ToArray()) };
            for (var n = 0; n < streams.Count; n++)
            {
                all.Add(streams[n]);
            }

            AdaptiveCoder.Encode(meta, all, to);
            return to.ToArray();
        }

        // The directory repeats much of what the templates say.
        primed.LoadDictionary(meta);
        var packed = new ByteSink(directory.Length);
        Wrap(primed, directory, packed);
        to.Sized(packed.Written);
        packed.Clear();
        var lengths = new ByteSink();
        foreach (var section in Sections(streams))
        {
            var before = packed.Length;
            Wrap(columns, section.Written, packed);
            if (packed.Length - before >= section.Length)
            {
                packed.Truncate(before);
                packed.Bytes(section.Written);
                lengths.Signed(-section.Length);
            }
            else
            {
                lengths.Signed(packed.Length - before);
            }
        }

        to.Bytes(lengths.Written);
        to.Bytes(packed.Written);
        return to.ToArray();
    }

    /// <summary>The lines as they are.</summary>
    internal byte[] PackPlain(ReadOnlySpan<byte> raw)
    {
        var bound = Compressor.GetCompressBound(raw.Length) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(bound);
        rented[0] = (byte)Packing.Zstd;
        var packed = rented[..(compressor.Wrap(raw, rented.AsSpan(1, bound - 1)) + 1)];
        ArrayPool<byte>.Shared.Return(rented);
        return packed;
    }

    public void Dispose()
    {
        compressor.Dispose();
        primed.Dispose();
        columns.Dispose();
    }

    private static List<ByteSink> Sections(BlockStreams streams)
    {
        var placement = new StreamPlacement();
        var sections = new List<ByteSink>();
        for (var n = 0; n < streams.Count; n++)
        {
            var (kind, bytes) = streams[n];
            var (section, _) = placement.Place(kind, bytes.Length);
            if (section == sections.Count)
            {
                sections.Add(new ByteSink(bytes.Length));
            }

            sections[section].Bytes(bytes.Span);
        }

        return sections;
    }

    private static void Wrap(Compressor compressor, ReadOnlySpan<byte> bytes, ByteSink to)
    {
        var room = to.Room(Compressor.GetCompressBound(bytes.Length));
        to.Advance(compressor.Wrap(bytes, room));
    }
}
