using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>One way in which bytes can lie across the slots of a shape, told by the first slot that they touch.</summary>
/// <param name="Slot">That slot.</param>
/// <param name="Mode">What its value must be to the bytes.</param>
/// <param name="Start">First of the bytes that fall in it.</param>
/// <param name="Length">How many.</param>
internal readonly record struct Crossing(int Slot, MatchMode Mode, int Start, int Length);

/// <summary>
/// Where in the lines of a shape some bytes can stand: in a literal (then every line has them), within one slot (the column is asked),
/// or across slots and literals, one of which is told here for each way that the literals allow.
/// </summary>
internal static class SubstringPlan
{
    /// <summary>More ways than this, and the lines themselves are searched.</summary>
    internal const int CrossingsMax = 64;

    internal static bool InLiteral(StoredShape shape, ReadOnlySpan<byte> bytes)
    {
        foreach (var literal in shape.Literals)
        {
            if (literal.AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All ways to cross; false when there are too many to tell.</summary>
    internal static bool TryCross(StoredShape shape, ReadOnlySpan<byte> bytes, List<Crossing> crossings)
    {
        crossings.Clear();
        var slots = shape.Columns.Length;

        // Begins in a literal, and goes on into the slot after it.
        for (var s = 0; s < slots; s++)
        {
            ReadOnlySpan<byte> literal = shape.Literals[s];
            for (var take = Math.Min(literal.Length, bytes.Length - 1); take > 0; take--)
            {
                if (literal.EndsWith(bytes[..take]) && !Follow(shape, bytes, s, take, crossings))
                {
                    return false;
                }
            }
        }

        // Begins in a slot, and goes on into the literal after it.
        for (var s = 0; s < slots; s++)
        {
            for (var take = 1; take < bytes.Length; take++)
            {
                if (Continues(shape.Literals[s + 1], bytes[take..], s + 1 < slots))
                {
                    if (crossings.Count == CrossingsMax)
                    {
                        return false;
                    }

                    crossings.Add(new Crossing(s, MatchMode.EndsWith, 0, take));
                }
            }
        }

        return true;
    }

    // The bytes from an offset on begin in slot s: they end in it, or it holds all up to the next literal.
    private static bool Follow(StoredShape shape, ReadOnlySpan<byte> bytes, int s, int from, List<Crossing> crossings)
    {
        if (crossings.Count + 1 >= CrossingsMax)
        {
            return false;
        }

        crossings.Add(new Crossing(s, MatchMode.StartsWith, from, bytes.Length - from));
        for (var to = from; to < bytes.Length; to++)
        {
            if (Continues(shape.Literals[s + 1], bytes[to..], s + 1 < shape.Columns.Length))
            {
                if (crossings.Count == CrossingsMax)
                {
                    return false;
                }

                crossings.Add(new Crossing(s, MatchMode.Equals, from, to - from));
            }
        }

        return true;
    }

    private static bool Continues(ReadOnlySpan<byte> literal, ReadOnlySpan<byte> rest, bool slotAfter) =>
        rest.Length <= literal.Length ? literal.StartsWith(rest) : slotAfter && rest.StartsWith(literal);
}
