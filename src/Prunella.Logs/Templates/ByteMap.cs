using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prunella.Logs.Templates;

// Two shuffles, an and, and a few compares classify 32 bytes (16 without AVX2); a line of 140 B takes five rounds. Tokens of fewer than
// 64 bytes, nearly all of any log, are then found and counted in a few words of bits, without a look at their bytes.

/// <summary>Bits for each byte of a line: gaps, bytes that make a token more than a word of letters, figures, and what decides a token's kind.</summary>
internal sealed class ByteMap
{
    // Bits 0–2: letters and bytes of multi-byte characters; 3–7: figures and colon, joints, @, \ and _, ~. A byte is of a class
    // when both its nibbles are.
    private static readonly Vector128<byte> LowNibbles = Vector128.Create(
        (byte)(2 | 4 | 8 | 32), 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8 | 16, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8,
        1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 4 | 16, 1 | 4 | 64, 1 | 4 | 16, 1 | 4 | 16 | 128, 1 | 4 | 16 | 64);

    private static readonly Vector128<byte> HighNibbles = Vector128.Create(
        (byte)0, 0, 16, 8, 1 | 32, 2 | 64, 1, 2 | 128, 4, 4, 4, 4, 4, 4, 4, 4);

    // Rows of bits, one a 64 bytes of line: all that is asked of a token lies in one or two cache lines.
    private const int Row = 8;
    private const int Gaps = 0, Specials = 1, Figures = 2, Stops = 3, NotHex = 4, Dots = 5;

    private ulong[] bits = new ulong[64 * Row];

    /// <summary>Classifies a line.</summary>
    internal void Build(ReadOnlySpan<byte> line)
    {
        var full = line.Length >> 6;
        if (bits.Length < (full + 2) * Row)
        {
            bits = new ulong[(full + 2 + (full >> 1)) * Row];
        }

        ref var p = ref MemoryMarshal.GetReference(line);
        ref var row = ref MemoryMarshal.GetArrayDataReference(bits);
        for (var w = 0; w < full; w++)
        {
            Classify64(ref Unsafe.Add(ref p, w << 6), ref Unsafe.Add(ref row, w * Row));
        }

        // The rest of the line, then gaps: NUL is one. So a search always ends.
        Span<byte> tail = stackalloc byte[64];
        tail.Clear();
        line[(full << 6)..].CopyTo(tail);
        Classify64(ref MemoryMarshal.GetReference(tail), ref Unsafe.Add(ref row, full * Row));
        var end = bits.AsSpan((full + 1) * Row, Row);
        end.Clear();
        end[Gaps] = ulong.MaxValue;
    }

    private static void Classify64(ref byte p, ref ulong row)
    {
        if (Avx2.IsSupported)
        {
            Classify32(Vector256.LoadUnsafe(ref p), ref row, 0);
            Classify32(Vector256.LoadUnsafe(ref p, 32), ref row, 32);
            return;
        }

        for (var shift = 0; shift < 64; shift += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref p, (nuint)shift);
            var low = Vector128.ShuffleNative(LowNibbles, bytes & Vector128.Create((byte)0x0F));
            var high = Vector128.ShuffleNative(HighNibbles, Vector128.ShiftRightLogical(bytes, 4));
            var classes = low & high;
            var digits = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
            var hex = digits | Vector128.LessThanOrEqual((bytes | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)5))
                | Vector128.Equals(bytes, Vector128.Create((byte)'-'));
            Put(ref row, shift,
                Vector128.Equals(classes, Vector128<byte>.Zero).ExtractMostSignificantBits(),
                ~Vector128.Equals(classes & Vector128.Create((byte)0xF8), Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF,
                digits.ExtractMostSignificantBits(),
                (Vector128.Equals(bytes, Vector128.Create((byte)':')) | Vector128.Equals(bytes, Vector128.Create((byte)'@'))).ExtractMostSignificantBits(),
                ~hex.ExtractMostSignificantBits() & 0xFFFF,
                Vector128.Equals(bytes, Vector128.Create((byte)'.')).ExtractMostSignificantBits());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Classify32(Vector256<byte> bytes, ref ulong row, int shift)
    {
        var low = Avx2.Shuffle(Vector256.Create(LowNibbles, LowNibbles), bytes & Vector256.Create((byte)0x0F));
        var high = Avx2.Shuffle(Vector256.Create(HighNibbles, HighNibbles), Vector256.ShiftRightLogical(bytes, 4));
        var classes = low & high;
        var digits = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        var hex = digits | Vector256.LessThanOrEqual((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)5))
            | Vector256.Equals(bytes, Vector256.Create((byte)'-'));
        Put(ref row, shift,
            Vector256.Equals(classes, Vector256<byte>.Zero).ExtractMostSignificantBits(),
            ~Vector256.Equals(classes & Vector256.Create((byte)0xF8), Vector256<byte>.Zero).ExtractMostSignificantBits(),
            digits.ExtractMostSignificantBits(),
            (Vector256.Equals(bytes, Vector256.Create((byte)':')) | Vector256.Equals(bytes, Vector256.Create((byte)'@'))).ExtractMostSignificantBits(),
            ~hex.ExtractMostSignificantBits(),
            Vector256.Equals(bytes, Vector256.Create((byte)'.')).ExtractMostSignificantBits());
    }

    // The first bits of a row replace what an earlier line left there, the later ones join them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref ulong row, int shift, uint gaps, uint specials, uint figures, uint stops, uint notHex, uint dots)
    {
        var kept = (1UL << shift) - 1;
        row = (row & kept) | ((ulong)gaps << shift);
        Join(ref Unsafe.Add(ref row, Specials), kept, specials, shift);
        Join(ref Unsafe.Add(ref row, Figures), kept, figures, shift);
        Join(ref Unsafe.Add(ref row, Stops), kept, stops, shift);
        Join(ref Unsafe.Add(ref row, NotHex), kept, notHex, shift);
        Join(ref Unsafe.Add(ref row, Dots), kept, dots, shift);

        static void Join(ref ulong word, ulong kept, uint bits, int shift) => word = (word & kept) | ((ulong)bits << shift);
    }

    /// <summary>The figures from <paramref name="i"/> on, 64 at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int FiguresAt(int i) => BitOperations.TrailingZeroCount(~Window(Figures, i));

    /// <summary>What the bytes from <paramref name="i"/> to the next gap, or to <paramref name="to"/>, are.</summary>
    /// <returns>False when they are 64 or more: then they have to be read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryToken(int i, int to, out int length, out ulong specials)
    {
        length = Math.Min(BitOperations.TrailingZeroCount(Window(Gaps, i)), to - i);
        specials = Window(Specials, i) & ((1UL << length) - 1);
        return length < 64;
    }

    /// <summary>Counts what is in a token of fewer than 64 bytes, up to its first colon or at sign.</summary>
    internal TokenBits Count(int i, int length, ulong specials)
    {
        var stops = Window(Stops, i) & ((1UL << length) - 1);
        length = stops != 0 ? BitOperations.TrailingZeroCount(stops) : length;
        var mask = (1UL << length) - 1;
        specials &= mask;
        var figures = Window(Figures, i) & mask;
        var joints = specials & ~figures;

        // A run of figures stands alone when a joint or the token's end is on both sides: adding a run's lowest bit to it
        // carries into the bit behind it.
        var starts = figures & ~(figures << 1);
        var behind = ((starts & ((joints << 1) | 1)) + figures) & ~figures;
        return new TokenBits(
            length,
            Stopped: stops != 0,
            Digits: BitOperations.PopCount(figures),
            Letters: length - BitOperations.PopCount(specials),
            Runs: BitOperations.PopCount(starts),
            Dots: BitOperations.PopCount(Window(Dots, i) & mask),
            Hex: (Window(NotHex, i) & mask) == 0,
            Isolated: (behind & (joints | (1UL << length))) != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Window(int kind, int i)
    {
        // A row of gaps follows the line's last, so the next row is always there.
        var at = ((i >> 6) * Row) + kind;
        return (bits[at] >> (i & 63)) | (bits[at + Row] << 1 << (~i & 63));
    }

    /// <summary>The first byte from <paramref name="i"/> on that is no gap, or <paramref name="to"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int SkipGap(int i, int to)
    {
        var w = i >> 6;
        var open = ~bits[(w * Row) + Gaps] & (ulong.MaxValue << (i & 63));
        while (open == 0)
        {
            if (++w << 6 >= to)
            {
                return to;
            }

            open = ~bits[(w * Row) + Gaps];
        }

        return Math.Min((w << 6) + BitOperations.TrailingZeroCount(open), to);
    }
}
