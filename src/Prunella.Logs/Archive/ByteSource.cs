using System.Text;

namespace Prunella.Logs.Archive;

/// <summary>Reads what <see cref="ByteSink"/> wrote; anything that cannot be is an <see cref="InvalidDataException"/>.</summary>
internal ref struct ByteSource(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at;

    internal readonly int Left => bytes.Length - at;

    internal byte Byte() => at < bytes.Length ? bytes[at++] : throw Damaged();

    internal ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    /// <summary>A number that must not be over <paramref name="max"/>.</summary>
    internal int Count(int max)
    {
        var value = Number();
        return value <= (ulong)max ? (int)value : throw Damaged();
    }

    internal long Signed()
    {
        var value = Number();
        return Unzigzag(value);
    }

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left)
        {
            throw Damaged();
        }

        at += count;
        return bytes.Slice(at - count, count);
    }

    internal ReadOnlySpan<byte> Sized() => Take(Count(Left));

    internal string Text() => Encoding.UTF8.GetString(Sized());

    internal static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    internal static InvalidDataException Damaged() => new("The archive's block cannot be: a number in it is out of its bounds.");
}
