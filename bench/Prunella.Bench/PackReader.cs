using System.Buffers.Binary;
using System.Text;

namespace Prunella.Bench;

/// <summary>Reads the few kinds of MessagePack values that a Blazor server sends.</summary>
internal struct PackReader(ReadOnlyMemory<byte> bytes)
{
    private int at;

    internal int ReadArray() => Next() switch
    {
        var small and >= 0x90 and <= 0x9f => small & 0x0f,
        0xdc => (int)Unsigned(2),
        0xdd => (int)Unsigned(4),
        var other => throw Unexpected(other, "an array"),
    };

    internal long ReadInteger() => Next() switch
    {
        var small and <= 0x7f => small,
        var negative and >= 0xe0 => (sbyte)negative,
        0xcc => (long)Unsigned(1), 0xcd => (long)Unsigned(2), 0xce => (long)Unsigned(4), 0xcf => (long)Unsigned(8),
        0xd0 => (sbyte)Unsigned(1), 0xd1 => (short)Unsigned(2), 0xd2 => (int)Unsigned(4), 0xd3 => (long)Unsigned(8),
        var other => throw Unexpected(other, "a number"),
    };

    internal string ReadText() => Encoding.UTF8.GetString(Take(TextLength(Next())).Span);

    internal ReadOnlyMemory<byte> ReadBytes() => Next() switch
    {
        0xc4 => Take((int)Unsigned(1)),
        0xc5 => Take((int)Unsigned(2)),
        0xc6 => Take((int)Unsigned(4)),
        var other => throw Unexpected(other, "bytes"),
    };

    internal void Skip()
    {
        switch (Next())
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3: break;
            case var map and >= 0x80 and <= 0x8f:
                for (var entry = 0; entry < 2 * (map & 0x0f); entry++) Skip();
                break;
            case var text: Take(TextLength(text)); break;
        }
    }

    private int TextLength(int head) => head switch
    {
        >= 0xa0 and <= 0xbf => head & 0x1f,
        0xd9 => (int)Unsigned(1),
        0xda => (int)Unsigned(2),
        0xdb => (int)Unsigned(4),
        _ => throw Unexpected(head, "a text"),
    };

    private int Next() => bytes.Span[at++];

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = bytes.Slice(at, length);
        at += length;
        return taken;
    }

    private ulong Unsigned(int size)
    {
        var span = Take(size).Span;
        return size switch { 1 => span[0], 2 => BinaryPrimitives.ReadUInt16BigEndian(span), 4 => BinaryPrimitives.ReadUInt32BigEndian(span), _ => BinaryPrimitives.ReadUInt64BigEndian(span) };
    }

    private static InvalidDataException Unexpected(int head, string wanted) => new($"Expected {wanted}, found 0x{head:x2}.");
}
