namespace Prunella.Logs.Archive;

/// <summary>The streams of a block, decompressed section by section as they are asked for.</summary>
internal sealed class BlockSections
{
    private readonly byte[] data;
    private readonly int[] starts, packedLengths, lengths;
    private readonly byte[]?[] open;
    private readonly byte[]? whole;
    private readonly ZstdFrames? frames;

    /// <summary>A block of sections.</summary>
    /// <param name="data">Compressed sections one after another.</param>
    /// <param name="start">Where the first begins.</param>
    /// <param name="packedLengths">Compressed bytes of each, negative for one that is stored as it is.</param>
    /// <param name="lengths">Bytes of each.</param>
    /// <param name="frames">What decompresses them; it must live as long as this.</param>
    internal BlockSections(byte[] data, int start, int[] packedLengths, IReadOnlyList<int> lengths, ZstdFrames frames)
    {
        this.frames = frames;
        this.data = data;
        this.packedLengths = packedLengths;
        this.lengths = [.. lengths];
        open = new byte[lengths.Count][];
        starts = new int[lengths.Count];
        for (var n = 0; n < starts.Length; n++)
        {
            starts[n] = start;
            start = checked(start + Math.Abs(packedLengths[n]));
        }

        if (start != data.Length)
        {
            throw ByteSource.Damaged();
        }
    }

    /// <summary>A block whose streams are one sequence, already decoded.</summary>
    internal BlockSections(byte[] whole)
    {
        this.whole = whole;
        data = [];
        starts = packedLengths = lengths = [];
        open = [];
    }

    /// <summary>Bytes decompressed so far.</summary>
    internal long Decompressed { get; private set; }

    /// <summary>A stream's bytes.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="length">Bytes that it must have, or -1 for any number.</param>
    internal ReadOnlySpan<byte> Get(in StreamRef stream, int length)
    {
        if (length >= 0 && stream.Length != length)
        {
            throw ByteSource.Damaged();
        }

        if (stream.Section < 0)
        {
            var same = new byte[stream.Length];
            same.AsSpan().Fill((byte)stream.Constant);
            return same;
        }

        if (whole is not null)
        {
            return whole.AsSpan(stream.Sequence, stream.Length);
        }

        var section = open[stream.Section] ??= Open(stream.Section);
        return section.AsSpan(stream.Offset, stream.Length);
    }

    private byte[] Open(int n)
    {
        Decompressed += lengths[n];
        var packed = data.AsSpan(starts[n], Math.Abs(packedLengths[n]));
        return packedLengths[n] < 0 ? packed.ToArray() : frames!.Decompress(packed, lengths[n]);
    }
}
