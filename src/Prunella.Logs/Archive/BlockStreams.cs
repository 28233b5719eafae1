namespace Prunella.Logs.Archive;

/// <summary>Collects the streams of a block, and what the directory says of them.</summary>
internal sealed class BlockStreams
{
    internal const int ConstantFlag = 0x10, LengthFlag = 0x20;

    private readonly ByteSink bytes = new(1 << 16);
    private readonly List<(StreamKind Kind, int Start, int Length)> streams = [];

    /// <summary>Numbers of the directory.</summary>
    internal ByteSink Directory { get; } = new(1 << 12);

    internal int Count => streams.Count;

    internal int Bytes => bytes.Length;

    internal void Clear()
    {
        bytes.Clear();
        streams.Clear();
        Directory.Clear();
    }

    internal (StreamKind Kind, ReadOnlyMemory<byte> Bytes) this[int n]
    {
        get
        {
            var (kind, start, length) = streams[n];
            return (kind, bytes.ToMemory(start, length));
        }
    }

    /// <summary>Adds a stream. One byte repeated needs no stream.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="stream">Its bytes.</param>
    /// <param name="expected">The length that the reader will assume; another is written down.</param>
    internal void Add(StreamKind kind, ReadOnlySpan<byte> stream, int expected)
    {
        var tag = (int)kind | (stream.Length == expected ? 0 : LengthFlag);
        var constant = stream.Length > 0 && !stream.ContainsAnyExcept(stream[0]);
        Directory.Byte((byte)(tag | (constant ? ConstantFlag : 0)));
        if (stream.Length != expected)
        {
            Directory.Number(stream.Length);
        }

        if (constant)
        {
            Directory.Byte(stream[0]);
        }
        else if (stream.Length > 0)
        {
            streams.Add((kind, bytes.Length, stream.Length));
            bytes.Bytes(stream);
        }
    }
}
