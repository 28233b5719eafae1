namespace Prunella.Logs.Templates;

/// <summary>Joins the items of a list into one value, so that a message has the same shape however many items it lists.</summary>
internal static class ListScanner
{
    /// <summary>True when the token from <paramref name="start"/> to <paramref name="end"/> is the next item of the list that <paramref name="previous"/> is or opens.</summary>
    internal static bool Continues(ReadOnlySpan<byte> line, in Token previous, int start, int end, SlotKind kind)
    {
        if (start != previous.End + 1 || previous.Kind != kind || kind is SlotKind.Time or SlotKind.Flag or SlotKind.Unit)
        {
            return false;
        }

        return line[previous.End] switch
        {
            (byte)',' => true,
            (byte)' ' => kind == SlotKind.Identifier && SameStem(line[previous.Start..previous.End], line[start..end]),
            _ => false,
        };
    }

    // blk_1 blk_2: the same letters up to the first figure, joined by an underscore or a dash.
    private static bool SameStem(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var common = a.CommonPrefixLength(b);
        var stem = 0;
        while (stem < common && (ByteClass.IsLetter(a[stem]) || a[stem] is (byte)'_' or (byte)'-'))
        {
            stem++;
        }

        return stem >= 3 && (a[stem - 1] is (byte)'_' or (byte)'-');
    }
}
