namespace Prunella.Logs.Archive;

/// <summary>Turns blocks back into the bytes that they were made of.</summary>
internal static class BlockText
{
    private const int MetaBytesMax = 1 << 27;

    /// <summary>A description, and its filter where that stands behind it; in packings of one piece it is the description's end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no packed description.</exception>
    internal static byte[] UnpackMeta(byte[] packed, ZstdFrames frames, out ReadOnlyMemory<byte> filter)
    {
        filter = default;
        var source = new ByteSource(packed);
        var packing = (Packing)source.Byte();
        var length = source.Count(MetaBytesMax);
        return packing switch
        {
            Packing.Zstd => frames.Decompress(source.Take(source.Left), length),
            Packing.Filtered => Filtered(packed, ref source, length, frames, out filter),
            Packing.Adaptive when length <= BlockData.AdaptiveBytesMax => new AdaptiveCoder.Decoder(packed, packed.Length - source.Left, [], length).Decode(StreamKind.Directory, length),
            _ => throw ByteSource.Damaged(),
        };
    }

    private static byte[] Filtered(byte[] packed, ref ByteSource source, int length, ZstdFrames frames, out ReadOnlyMemory<byte> filter)
    {
        var description = frames.Decompress(source.Sized(), length);
        filter = packed.AsMemory(packed.Length - source.Left);
        return description;
    }

    internal static void CopyTo(ArchiveReader reader, ArchiveBlock block, Stream output)
    {
        var data = reader.ReadData(block);
        if (block.Meta.IsPlain)
        {
            output.Write(Plain(block.Meta, data, reader.Frames));
            return;
        }

        output.Write(Render(new BlockData(block.Meta, block.MetaBytes, data, reader.Frames)));
    }

    /// <summary>The text of a plain block.</summary>
    internal static byte[] Plain(BlockMeta meta, byte[] data, ZstdFrames frames)
    {
        var source = new ByteSource(data);
        return (Packing)source.Byte() == Packing.Zstd ? frames.Decompress(source.Take(source.Left), checked((int)meta.Bytes)) : throw ByteSource.Damaged();
    }

    /// <summary>All lines of a columnar block.</summary>
    internal static ReadOnlySpan<byte> Render(BlockData block)
    {
        var text = GC.AllocateUninitializedArray<byte>(checked((int)block.Meta.Bytes));
        var columns = new ColumnValues[block.Columns.Length];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = block.Values(c);
        }

        var row = new int[columns.Length];
        var ends = block.Ends;
        var at = 0;
        var shapes = block.ShapeOfLine;
        try
        {
            for (var n = 0; n < shapes.Length; n++)
            {
                var shape = block.Shapes[shapes[n]];
                for (var s = 0; s < shape.Columns.Length; s++)
                {
                    at += Copy(shape.Literals[s], text.AsSpan(at));
                    var c = shape.Columns[s];
                    at += Copy(columns[c][row[c]++], text.AsSpan(at));
                }

                at += Copy(shape.Literals[^1], text.AsSpan(at));
                at += Copy(EndOf(ends[n]), text.AsSpan(at));
            }
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("A block of the archive holds more than its description says.", e);
        }

        return at == text.Length ? text : throw new InvalidDataException("A block of the archive holds less than its description says.");
    }

    internal static ReadOnlySpan<byte> EndOf(byte end) => (LineEnd)end switch
    {
        LineEnd.LineFeed => "\n"u8,
        LineEnd.CarriageReturnLineFeed => "\r\n"u8,
        LineEnd.None => default,
        _ => throw ByteSource.Damaged(),
    };

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
