using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prunella.Logs.Templates;

/// <summary>The 64-bit mixing that shapes, words and layouts are keyed by. Never leaves the process: ids use <see cref="TemplateId"/>.</summary>
internal static class Mix
{
    internal const ulong Seed = 0x9E3779B97F4A7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Add(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }

    /// <summary>Hash of a few bytes: eight at a time, the length mixed in.</summary>
    internal static ulong Bytes(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Add(hash, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }

        if (bytes.Length >= 4)
        {
            hash = Add(hash, MemoryMarshal.Read<uint>(bytes) | ((ulong)MemoryMarshal.Read<uint>(bytes[^4..]) << 32));
        }
        else if (bytes.Length > 0)
        {
            hash = Add(hash, bytes[0] | ((ulong)bytes[bytes.Length >> 1] << 8) | ((ulong)bytes[^1] << 16));
        }

        return BitOperations.RotateLeft(hash, 17) * 0xA0761D6478BD642F;
    }

    /// <summary>Hash of two words and a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Pair(ulong a, ulong b, int length) => Fold(a ^ Seed, b ^ (Odd + ((ulong)length << 56)));

    private const ulong Odd = 0xA0761D6478BD642F;

    // 16 bytes of ones, then 16 of zeros: a load at 16 - n keeps n bytes.
    private static ReadOnlySpan<byte> Kept =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    // A load at n moves n bytes down; 128 gives zero.
    private static ReadOnlySpan<byte> Moved =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
    ];

    /// <summary>
    /// Mixes a piece of a line into a hash: sixteen bytes at a time, and for the short pieces between the values of a line, most of
    /// all, without a branch on the length.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Piece(ulong hash, ReadOnlySpan<byte> line, int start, int length)
    {
        ref var p = ref MemoryMarshal.GetReference(line);
        while (length > 16)
        {
            hash = Block(hash, Vector128.LoadUnsafe(ref p, (nuint)start));
            start += 16;
            length -= 16;
        }

        var rest = start + 16 <= line.Length ? Vector128.LoadUnsafe(ref p, (nuint)start) : LastOf(line, start);
        var kept = (rest & Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Kept), (nuint)(16 - length))).AsUInt64();
        return Fold(hash ^ kept.GetElement(0), kept.GetElement(1) ^ (Odd + ((ulong)length << 56)));
    }

    /// <summary>Mixes sixteen bytes into a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Block(ulong hash, Vector128<byte> bytes)
    {
        var words = bytes.AsUInt64();
        return Fold(hash ^ words.GetElement(0), words.GetElement(1) ^ Seed);
    }

    /// <summary>Whether at most sixteen bytes are the same, of two places where sixteen may be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Same(ref readonly byte a, ref readonly byte b, int length)
    {
        var differing = Vector128.LoadUnsafe(in a) ^ Vector128.LoadUnsafe(in b);
        return (differing & Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Kept), (nuint)(16 - length))) == Vector128<byte>.Zero;
    }

    private static Vector128<byte> LastOf(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length < 16)
        {
            Span<byte> room = stackalloc byte[16];
            room.Clear();
            line[start..].CopyTo(room);
            return Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(room));
        }

        var last = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(line), (nuint)(line.Length - 16));
        return Vector128.Shuffle(last, Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Moved), (nuint)(start - (line.Length - 16))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
