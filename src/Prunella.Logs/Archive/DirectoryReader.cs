namespace Prunella.Logs.Archive;

/// <summary>Reads a block's directory, and works out where each stream is as it comes by.</summary>
internal sealed class DirectoryReader(byte[] directory)
{
    /// <summary>Most bytes of a stream: a block has no more.</summary>
    internal const int StreamBytesMax = 1 << 28;

    private int at;

    internal StreamPlacement Placement { get; } = new();

    /// <summary>The kind and length of each stored stream.</summary>
    internal List<(StreamKind Kind, int Length)> Stored { get; } = [];

    /// <summary>Bytes of all stored streams so far.</summary>
    internal int StoredBytes { get; private set; }

    internal byte Byte() => at < directory.Length ? directory[at++] : throw ByteSource.Damaged();

    internal ulong Number()
    {
        var source = new ByteSource(directory.AsSpan(at));
        var left = source.Left;
        var value = source.Number();
        at += left - source.Left;
        return value;
    }

    internal int Count(int max)
    {
        var value = Number();
        return value <= (ulong)max ? (int)value : throw ByteSource.Damaged();
    }

    internal long Signed() => ByteSource.Unzigzag(Number());

    internal byte[] Sized() => Take(Count(directory.Length)).ToArray();

    internal ReadOnlySpan<byte> Take(int length)
    {
        if (length > directory.Length - at)
        {
            throw ByteSource.Damaged();
        }

        at += length;
        return directory.AsSpan(at - length, length);
    }

    /// <summary>The next stream.</summary>
    /// <param name="expected">Its length, unless the directory says another.</param>
    internal StreamRef Stream(int expected)
    {
        var tag = Byte();
        var kind = (StreamKind)(tag & 0x0F);
        if (kind > StreamKind.Dense)
        {
            throw ByteSource.Damaged();
        }

        var length = (tag & BlockStreams.LengthFlag) != 0 ? Count(StreamBytesMax) : expected;
        if ((tag & BlockStreams.ConstantFlag) != 0)
        {
            return new StreamRef(length, Byte(), -1, 0, 0);
        }

        if (length == 0)
        {
            return new StreamRef(0, 0, -1, 0, 0);
        }

        var (section, offset) = Placement.Place(kind, length);
        Stored.Add((kind, length));
        StoredBytes = checked(StoredBytes + length);
        return new StreamRef(length, -1, section, offset, StoredBytes - length);
    }
}
