using System.IO.Hashing;
using System.Text;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Parsing;

/// <summary>Writes what a parser learned, and reads it back: layouts, skeletons and what their values share. Templates follow from these, so ids do too.</summary>
internal static class ParserSnapshot
{
    private static ReadOnlySpan<byte> Magic => "PRUNLOG1"u8;

    internal static void Write(Stream stream, LayoutLearner layouts, TemplateMiner miner, long lines)
    {
        var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(lines);
            layouts.Write(writer);
            miner.Write(writer);
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        stream.Write(Magic);
        Span<byte> check = stackalloc byte[16];
        BitConverter.TryWriteBytes(check, (long)bytes.Length);
        BitConverter.TryWriteBytes(check[8..], XxHash64.HashToUInt64(bytes));
        stream.Write(check);
        stream.Write(bytes);
    }

    /// <exception cref="InvalidDataException">Not a snapshot, torn, or damaged.</exception>
    internal static long Read(Stream stream, LayoutLearner layouts, TemplateMiner miner)
    {
        Span<byte> head = stackalloc byte[24];
        if (stream.ReadAtLeast(head, 24, throwOnEndOfStream: false) < 24 || !head[..8].SequenceEqual(Magic))
        {
            throw new InvalidDataException("Not a snapshot of a log parser.");
        }

        var length = BitConverter.ToInt64(head[8..]);
        if (length is < 0 or > int.MaxValue)
        {
            throw new InvalidDataException("The snapshot of the log parser is damaged: its length cannot be.");
        }

        // Read as it comes, so that a false length allocates no more than the stream has.
        var body = new MemoryStream();
        stream.CopyTo(body);
        var bytes = body.GetBuffer().AsSpan(0, (int)Math.Min(length, body.Length));
        if (bytes.Length != length || XxHash64.HashToUInt64(bytes) != BitConverter.ToUInt64(head[16..]))
        {
            throw new InvalidDataException("The snapshot of the log parser is torn or damaged.");
        }

        body.Position = 0;
        using var reader = new BinaryReader(body, Encoding.UTF8);
        var lines = reader.ReadInt64();
        layouts.Read(reader);
        miner.Read(reader);
        return lines;
    }
}
