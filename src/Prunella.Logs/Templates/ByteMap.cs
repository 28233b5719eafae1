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
    private static Vector128<byte> LowNibbles => Vector128.Create(
        (byte)(2 | 4 | 8 | 32), 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8 | 16, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8,
        1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 4 | 16, 1 | 4 | 64, 1 | 4 | 16, 1 | 4 | 16 | 128, 1 | 4 | 16 | 64);

    private static Vector128<byte> HighNibbles => Vector128.Create(
        (byte)0, 0, 16, 8, 1 | 32, 2 | 64, 1, 2 | 128, 4, 4, 4, 4, 4, 4, 4, 4);

    // Which first letters a word of letters can have and still be a value: bits 0 and 1 those of true, false, null, root and admin
    // in either case, bits 2 and 3 the capitals of weekdays and months.
    private static Vector128<byte> LowInitials => Vector128.Create(
        (byte)0, 1 | 4, 2, 8, 2 | 4 | 8, 0, 1 | 4, 8, 0, 0, 4, 0, 0, 4, 1 | 4, 4);

    private static Vector128<byte> HighInitials => Vector128.Create((byte)0, 0, 0, 0, 1 | 4, 2 | 8, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0);

    // One run of bits a plane, all of them one behind the other: what is asked of a token is one unaligned load of its plane.
    private const int Planes = 8;
    private const int Gaps = 0, Specials = 1, Figures = 2, Stops = 3, NotHex = 4, Dots = 5, MarkPlane = 6, Spaces = 7;

    /// <summary>Rows of 64 bytes in which spaces are counted.</summary>
    internal const int SpaceRows = 3;

    /// <summary>Bits that a window holds: eight bytes less the seven bits before its first.</summary>
    private const int WindowBits = 57;

    private int planeBytes = 66 * 8;
    private byte[] bits = new byte[66 * 8 * Planes];
    private readonly byte[] shortLine = new byte[64];

    /// <summary>Classifies a line.</summary>
    internal void Build(ReadOnlySpan<byte> line)
    {
        var full = line.Length >> 6;
        if (planeBytes < (full + 2) * 8)
        {
            planeBytes = (full + 2 + (full >> 1)) * 8;
            bits = new byte[planeBytes * Planes];
        }

        ref var p = ref MemoryMarshal.GetReference(line);
        ref var to = ref MemoryMarshal.GetArrayDataReference(bits);
        ulong inToken = 0, lettersOnly = 0;
        for (var w = 0; w < full; w++)
        {
            Classify(ref Unsafe.Add(ref p, w << 6), 0, ref Unsafe.Add(ref to, w * 8), ref inToken, ref lettersOnly);
        }

        // The rest of the line, then gaps, so that a search always ends.
        var rest = line.Length & 63;
        if (rest > 0)
        {
            if (full > 0)
            {
                p = ref Unsafe.Add(ref p, line.Length - 64);
            }
            else
            {
                line.CopyTo(shortLine.AsSpan(64 - rest));
                p = ref MemoryMarshal.GetArrayDataReference(shortLine);
            }

            Classify(ref p, 64 - rest, ref Unsafe.Add(ref to, full * 8), ref inToken, ref lettersOnly);
            full++;
        }

        for (var plane = 0; plane < Planes; plane++)
        {
            Store(ref to, full * 8, plane, plane == Gaps ? ulong.MaxValue : 0);
        }
    }

    // Sixty-four bytes, of which the first `skip` were looked at before: a bit each, the others at the front and gaps behind them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Classify(ref byte p, int skip, ref byte to, ref ulong inToken, ref ulong lettersOnly)
    {
        var a = Vector256.LoadUnsafe(ref p);
        var b = Vector256.LoadUnsafe(ref p, 32);
        var classesA = Shuffle(LowNibbles, Low(a)) & Shuffle(HighNibbles, High(a));
        var classesB = Shuffle(LowNibbles, Low(b)) & Shuffle(HighNibbles, High(b));
        var inside = Set(classesA, classesB) >> skip;
        var specials = Set(classesA & Vector256.Create((byte)0xF8), classesB & Vector256.Create((byte)0xF8)) >> skip;
        var figuresA = Figure(a);
        var figuresB = Figure(b);
        var hex = Bits(figuresA | Hexadecimal(a), figuresB | Hexadecimal(b)) >> skip;
        Store(ref to, 0, Gaps, ~inside);
        Store(ref to, 0, Specials, specials);
        Store(ref to, 0, Figures, Bits(figuresA, figuresB) >> skip);
        Store(ref to, 0, Stops, Bits(Is(a, ':') | Is(a, '@'), Is(b, ':') | Is(b, '@')) >> skip);
        Store(ref to, 0, NotHex, ~hex);
        Store(ref to, 0, Dots, Bits(Is(a, '.'), Is(b, '.')) >> skip);
        Store(ref to, 0, Spaces, Bits(Is(a, ' '), Is(b, ' ')) >> skip);

        // A mark for each run between gaps that may hold more than a word, at its first byte that is no letter. Adding a run's first
        // letter to its letters carries into the byte behind them.
        var starts = inside & ~((inside << 1) | inToken);
        var letters = inside & ~specials;
        var sum = letters + (starts & letters);
        var carry = sum < letters ? 1UL : 0;
        sum += lettersOnly;
        carry |= sum < lettersOnly ? 1UL : 0;

        // And one at the first letter of words that may be values by what they say: true, Jun, deadbeefdeadbeef. Those that the 64 bytes cut may.
        var initialsA = Shuffle(LowInitials, Low(a)) & Shuffle(HighInitials, High(a));
        var initialsB = Shuffle(LowInitials, Low(b)) & Shuffle(HighInitials, High(b));
        var flags = Set(initialsA & Vector256.Create((byte)3), initialsB & Vector256.Create((byte)3)) >> skip;
        var names = Set(initialsA & Vector256.Create((byte)12), initialsB & Vector256.Create((byte)12)) >> skip;
        var words = (flags & ~((inside >> 4) & (inside >> 5))) | (names & ~(inside >> 3)) | (hex & (hex >> 1) & (hex >> 2) & (hex >> 3)) | (hex & (ulong.MaxValue << 61));
        Store(ref to, 0, MarkPlane, ((starts | sum) & specials) | (starts & words));
        inToken = inside >> 63;
        lettersOnly = carry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(ref byte to, int at, int plane, ulong value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, (plane * planeBytes) + at), value);

    private static Vector256<byte> Low(Vector256<byte> bytes) => bytes & Vector256.Create((byte)0x0F);

    private static Vector256<byte> High(Vector256<byte> bytes) => Vector256.ShiftRightLogical(bytes, 4);

    private static Vector256<byte> Is(Vector256<byte> bytes, char b) => Vector256.Equals(bytes, Vector256.Create((byte)b));

    private static Vector256<byte> Figure(Vector256<byte> bytes) => Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));

    private static Vector256<byte> Hexadecimal(Vector256<byte> bytes) =>
        Vector256.LessThanOrEqual((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)5)) | Is(bytes, '-');

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Shuffle(Vector128<byte> table, Vector256<byte> nibbles) => Avx2.IsSupported
        ? Avx2.Shuffle(Vector256.Create(table, table), nibbles)
        : Vector256.Create(Vector128.Shuffle(table, nibbles.GetLower()), Vector128.Shuffle(table, nibbles.GetUpper()));

    // A bit for each byte of all ones, and for each byte that is not zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(Vector256<byte> a, Vector256<byte> b) => a.ExtractMostSignificantBits() | ((ulong)b.ExtractMostSignificantBits() << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Set(Vector256<byte> a, Vector256<byte> b) => ~Bits(Vector256.Equals(a, Vector256<byte>.Zero), Vector256.Equals(b, Vector256<byte>.Zero));

    /// <summary>The figures from <paramref name="i"/> on, as far as a window reaches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int FiguresAt(int i) => Math.Min(BitOperations.TrailingZeroCount(~Window(Figures, i)), WindowBits);

    /// <summary>Whether a byte is a gap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsGap(int i) => (Window(Gaps, i) & 1) != 0;

    /// <summary>Where the space of a number, from 1, stands; -1 when it is not in the first <see cref="SpaceRows"/> rows of 64 bytes.</summary>
    internal int Space(int number)
    {
        for (var row = 0; row < SpaceRows; row++)
        {
            var open = Row(Spaces, row);
            var count = BitOperations.PopCount(open);
            if (number <= count)
            {
                while (--number > 0)
                {
                    open &= open - 1;
                }

                return (row << 6) + BitOperations.TrailingZeroCount(open);
            }

            number -= count;
        }

        return -1;
    }

    /// <summary>What the bytes from <paramref name="i"/> to the next gap, or to <paramref name="to"/>, are.</summary>
    /// <returns>False when they are too many: then they have to be read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryToken(int i, int to, out int length, out ulong specials)
    {
        length = Math.Min(BitOperations.TrailingZeroCount(Window(Gaps, i)), to - i);
        specials = Window(Specials, i) & ((1UL << length) - 1);
        return length < WindowBits;
    }

    /// <summary>Counts what is in a token for which <see cref="TryToken"/> was true, up to its first colon or at sign.</summary>
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

    // A word of gaps follows the line's last, so the eight bytes are always there; the top seven bits may say nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Window(int plane, int i) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bits), (plane * planeBytes) + (i >> 3))) >> (i & 7);

    /// <summary>The first byte from <paramref name="i"/> on that is no gap, or <paramref name="to"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int SkipGap(int i, int to)
    {
        while (i < to)
        {
            var open = ~Window(Gaps, i) & ((1UL << WindowBits) - 1);
            if (open != 0)
            {
                return Math.Min(i + BitOperations.TrailingZeroCount(open), to);
            }

            i += WindowBits;
        }

        return to;
    }

    /// <summary>
    /// Marks among 64 bytes: every run between gaps that may be or hold a value has one, at its first byte or the first that is no letter.
    /// A run without is a word of letters and nothing else.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Marks(int row) => Row(MarkPlane, row);

    /// <summary>The first byte of the run between gaps that a byte belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RunStart(int i)
    {
        var row = i >> 6;
        var before = Row(Gaps, row) & ((1UL << (i & 63)) - 1);
        return before != 0 ? (row << 6) + 64 - BitOperations.LeadingZeroCount(before) : StartBefore(row);
    }

    /// <summary>A run of letters alone from <paramref name="i"/> to the next gap, or to <paramref name="to"/>.</summary>
    internal bool TryWord(int i, int to, out int length) => TryToken(i, to, out length, out var specials) && specials == 0 && length > 0;

    private ulong Row(int plane, int row) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bits), (plane * planeBytes) + (row << 3)));

    // The run came from the rows before.
    private int StartBefore(int row)
    {
        while (row > 0)
        {
            var gaps = Row(Gaps, --row);
            if (gaps != 0)
            {
                return (row << 6) + 64 - BitOperations.LeadingZeroCount(gaps);
            }
        }

        return 0;
    }
}
