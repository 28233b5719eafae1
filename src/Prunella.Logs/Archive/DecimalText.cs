namespace Prunella.Logs.Archive;

/// <summary>Decimal numbers whose text follows from their value: without leading zeros, or of one width.</summary>
internal static class DecimalText
{
    private const int DigitsMax = 18;

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
            var value = pieces[n].Of(values.Raw);
            if (!TryParse(value, out room[n]))
            {
                scratch.Return(parsed);
                return false;
            }

            length = length == value.Length ? length : -1;
            zeros |= value[0] == '0' && value.Length > 1 ? 1 : 0;
            signed |= value[0] == '-';
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
