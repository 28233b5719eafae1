using System.Numerics;
using System.Text;

namespace Prunella.Logs.Archive;

/// <summary>A growing buffer with the number forms of the archive: LEB128 and zigzag.</summary>
internal sealed class ByteSink(int capacity = 256)
{
    private byte[] buffer = new byte[capacity];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> ToMemory(int start, int length) => buffer.AsMemory(start, length);

    internal void Clear() => Length = 0;

    internal void Truncate(int length) => Length = Math.Min(Length, length);

    internal void Byte(byte value)
    {
        if (Length == buffer.Length)
        {
            Grow(1);
        }

        buffer[Length++] = value;
    }

    /// <summary>Seven bits a byte, the low ones first, the high bit set where more follows.</summary>
    internal void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    internal void Number(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Number((ulong)value);
    }

    /// <summary>0, -1, 1, -2 … as 0, 1, 2, 3 …</summary>
    internal void Signed(long value) => Number(Zigzag(value));

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Length and bytes.</summary>
    internal void Sized(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        Bytes(bytes);
    }

    internal void Text(string text) => Sized(Encoding.UTF8.GetBytes(text));

    /// <summary>Room for that many bytes after what was written; <see cref="Advance"/> says how many were used.</summary>
    internal Span<byte> Room(int bytes)
    {
        if (buffer.Length - Length < bytes)
        {
            Grow(bytes);
        }

        return buffer.AsSpan(Length);
    }

    internal void Advance(int bytes) => Length += bytes;

    internal byte[] ToArray() => Written.ToArray();

    internal static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void Grow(int bytes) =>
        Array.Resize(ref buffer, (int)Math.Min(Array.MaxLength, (long)BitOperations.RoundUpToPowerOf2((uint)(Length + bytes))));
}
