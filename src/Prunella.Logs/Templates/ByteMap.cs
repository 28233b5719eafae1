using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prunella.Logs.Templates;

// Two shuffles and an and classify 16 bytes; a line of 140 B takes nine rounds. Words of letters, most of any log, are then found and
// skipped by counting zeros, without a look at their bytes.

/// <summary>One bit a byte of a line: where gaps are, and where bytes are that make a token more than a word of letters.</summary>
internal sealed class ByteMap
{
    // Bits 0–2: letters and bytes of multi-byte characters; 3–7: figures and colon, joints, @, \ and _, ~. A byte is of a class
    // when both its nibbles are.
    private static readonly Vector128<byte> LowNibbles = Vector128.Create(
        (byte)(2 | 4 | 8 | 32), 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8 | 16, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8,
        1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 4 | 16, 1 | 4 | 64, 1 | 4 | 16, 1 | 4 | 16 | 128, 1 | 4 | 16 | 64);

    private static readonly Vector128<byte> HighNibbles = Vector128.Create(
        (byte)0, 0, 16, 8, 1 | 32, 2 | 64, 1, 2 | 128, 4, 4, 4, 4, 4, 4, 4, 4);

    private ulong[] gaps = new ulong[64];
    private ulong[] specials = new ulong[64];

    /// <summary>Classifies a line.</summary>
    internal void Build(ReadOnlySpan<byte> line)
    {
        var full = line.Length >> 6;
        if (gaps.Length < full + 2)
        {
            gaps = new ulong[full + 2 + (full >> 1)];
            specials = new ulong[gaps.Length];
        }

        ref var p = ref MemoryMarshal.GetReference(line);
        for (var w = 0; w < full; w++)
        {
            Classify64(ref Unsafe.Add(ref p, w << 6), out gaps[w], out specials[w]);
        }

        // The rest of the line, then gaps: NUL is one. So a search always ends.
        Span<byte> tail = stackalloc byte[64];
        tail.Clear();
        line[(full << 6)..].CopyTo(tail);
        Classify64(ref MemoryMarshal.GetReference(tail), out gaps[full], out specials[full]);
        gaps[full + 1] = ulong.MaxValue;
        specials[full + 1] = 0;
    }

    private static void Classify64(ref byte p, out ulong gap, out ulong special)
    {
        var (g0, s0) = Classify(Vector128.LoadUnsafe(ref p));
        var (g1, s1) = Classify(Vector128.LoadUnsafe(ref p, 16));
        var (g2, s2) = Classify(Vector128.LoadUnsafe(ref p, 32));
        var (g3, s3) = Classify(Vector128.LoadUnsafe(ref p, 48));
        gap = g0 | ((ulong)g1 << 16) | ((ulong)g2 << 32) | ((ulong)g3 << 48);
        special = s0 | ((ulong)s1 << 16) | ((ulong)s2 << 32) | ((ulong)s3 << 48);
    }

    /// <summary>The first byte from <paramref name="i"/> on that is no gap, or <paramref name="to"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int SkipGap(int i, int to)
    {
        var w = i >> 6;
        var bits = ~gaps[w] & (ulong.MaxValue << (i & 63));
        while (bits == 0)
        {
            if (++w << 6 >= to)
            {
                return to;
            }

            bits = ~gaps[w];
        }

        return Math.Min((w << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits), to);
    }

    /// <summary>The first gap from <paramref name="i"/> on, or <paramref name="to"/>; and whether all bytes before it are letters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int SkipWord(int i, int to, out bool plain)
    {
        var w = i >> 6;
        var from = ulong.MaxValue << (i & 63);
        var bits = gaps[w] & from;
        if (bits != 0)
        {
            var bit = System.Numerics.BitOperations.TrailingZeroCount(bits);
            plain = (specials[w] & from & ((1UL << bit) - 1)) == 0;
            return Math.Min((w << 6) + bit, to);
        }

        var special = specials[w] & from;
        while (++w << 6 < to)
        {
            bits = gaps[w];
            if (bits != 0)
            {
                var bit = System.Numerics.BitOperations.TrailingZeroCount(bits);
                special |= specials[w] & ((1UL << bit) - 1);
                plain = special == 0;
                return Math.Min((w << 6) + bit, to);
            }

            special |= specials[w];
        }

        plain = special == 0;
        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (uint Gap, uint Special) Classify(Vector128<byte> bytes)
    {
        var low = Vector128.ShuffleNative(LowNibbles, bytes & Vector128.Create((byte)0x0F));
        var high = Vector128.ShuffleNative(HighNibbles, Vector128.ShiftRightLogical(bytes, 4));
        var classes = low & high;
        var gap = Vector128.Equals(classes, Vector128<byte>.Zero).ExtractMostSignificantBits();
        var letters = Vector128.Equals(classes & Vector128.Create((byte)0xF8), Vector128<byte>.Zero).ExtractMostSignificantBits();
        return (gap, ~letters & 0xFFFF);
    }
}
