using System.Runtime.CompilerServices;

namespace Prunella.Logs.Archive;

/// <summary>Decimal numbers whose text follows from their value: without leading zeros, or of one width.</summary>
internal static class DecimalText
{
    private const int DigitsMax = 18;
    private const int WordDigits = 8;

    /// <summary>All values as numbers, or false when one is none.</summary>
    /// <param name="values">At least one value.</param>
    /// <param name="scratch">Where the numbers go.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="width">Digits of every value where some have leading zeros, else 0.</param>
    internal static bool TryParse(Values values, Scratch<long> scratch, out ArraySegment<long> numbers, out int width)
    {
        numbers = [];
        width = 0;
        if (!TryParse(values[0], out _))
        {
            return false;
        }

        var parsed = scratch.Take(values.Count);
        int zeros = 0, length = values[0].Length;
        var signed = false;
        var room = parsed.AsSpan();
        var pieces = values.Pieces;
        for (var n = 0; n < room.Length; n++)
        {
            Values.Fetch(values.Raw, pieces, n);
            var piece = pieces[n];
            if (!TryParse(values.Raw, piece, out room[n]))
            {
                scratch.Return(parsed);
                return false;
            }

            var first = values.Raw[piece.Start];
            length = length == piece.Length ? length : -1;
            zeros |= first == '0' && piece.Length > 1 ? 1 : 0;
            signed |= first == '-';
        }

        if (zeros != 0 && (length < 0 || signed))
        {
            scratch.Return(parsed);
            return false;
        }

        numbers = parsed;
        width = zeros != 0 ? length : 0;
        return true;
    }

    // At most sixteen figures: two words of eight, which overlap, and no branch on how many.
    private static bool TryParse(byte[] raw, Piece piece, out long number)
    {
        var (start, length) = (piece.Start, piece.Length);
        if (length is 0 or > 2 * WordDigits || start + WordDigits > raw.Length || raw[start] == '-')
        {
            return TryParse(piece.Of(raw), out number);
        }

        var first = Unsafe.ReadUnaligned<ulong>(ref raw[start]);
        if (length <= WordDigits)
        {
            return TryWord(first, length, out number);
        }

        var isNumber = TryWord(first, length - WordDigits, out var high) & TryWord(Unsafe.ReadUnaligned<ulong>(ref raw[start + length - WordDigits]), WordDigits, out var low);
        number = (high * 100_000_000) + low;
        return isNumber;
    }

    // The first figures of a word, one to eight, moved behind zeros; then pairs, fours and eights of them are summed.
    private static bool TryWord(ulong word, int length, out long number)
    {
        const ulong Zeros = 0x3030303030303030, High = 0xF0F0F0F0F0F0F0F0;
        word = (word << (8 * (WordDigits - length))) | (Zeros >> 8 >> (8 * (length - 1)));
        var isNumber = (word & High) == Zeros && ((word + 0x0606060606060606) & High) == Zeros;
        word = ((word & 0x0F0F0F0F0F0F0F0F) * ((10 << 8) + 1)) >> 8;
        word = ((word & 0x00FF00FF00FF00FF) * ((100 << 16) + 1)) >> 16;
        number = (long)(((word & 0x0000FFFF0000FFFF) * ((10_000UL << 32) + 1)) >> 32);
        return isNumber;
    }

    private static bool TryParse(ReadOnlySpan<byte> value, out long number)
    {
        number = 0;
        var negative = value.Length > 1 && value[0] == '-';
        var digits = negative ? value[1..] : value;
        if (digits.Length is 0 or > DigitsMax || (negative && digits[0] == '0'))
        {
            return false;
        }

        foreach (var b in digits)
        {
            var digit = b - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        number = negative ? -number : number;
        return true;
    }

    /// <summary>Splits every value into what stands before its last number, the number, and an ending that all values share.</summary>
    internal static bool TrySplit(Values values, Scratch<long> scratch, Scratch<Piece> pieces, out Values heads, out ArraySegment<long> numbers, out int width, out byte[] tail)
    {
        heads = values;
        numbers = [];
        width = 0;
        var first = values[0];
        var end = first.LastIndexOfAnyInRange((byte)'0', (byte)'9') + 1;
        tail = first[end..].ToArray();
        if (end == 0)
        {
            return false;
        }

        var (headsTaken, digitsTaken) = (pieces.Take(values.Count), pieces.Take(values.Count));
        if (TrySplit(values, tail, headsTaken, digitsTaken) && TryParse(new Values(values.Raw, digitsTaken), scratch, out numbers, out width))
        {
            pieces.Return(digitsTaken);
            heads = new Values(values.Raw, headsTaken);
            return true;
        }

        pieces.Return(digitsTaken);
        pieces.Return(headsTaken);
        return false;
    }

    private static bool TrySplit(Values values, byte[] tail, Span<Piece> heads, Span<Piece> digits)
    {
        for (var n = 0; n < heads.Length; n++)
        {
            var value = values[n];
            var end = value.Length - tail.Length;
            if (end <= 0 || !value.EndsWith(tail))
            {
                return false;
            }

            var from = end;
            while (from > 0 && (uint)(value[from - 1] - '0') <= 9)
            {
                from--;
            }

            if (from == end || end - from > DigitsMax)
            {
                // More digits than a number holds: the last of them are the number.
                if (from == end)
                {
                    return false;
                }

                from = end - DigitsMax;
            }

            var start = values.Pieces[n].Start;
            heads[n] = new Piece(start, from);
            digits[n] = new Piece(start + from, end - from);
        }

        return true;
    }
}
