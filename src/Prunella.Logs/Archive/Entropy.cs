namespace Prunella.Logs.Archive;

/// <summary>What bytes would cost without context: Shannon's estimate, by which codings are compared.</summary>
internal static class Entropy
{
    /// <summary>Bits for one byte of each code.</summary>
    /// <param name="codes">Numbers.</param>
    /// <param name="shift">Bit at which the byte starts.</param>
    /// <param name="limit">Numbers over it count as it.</param>
    internal static double Bits(ReadOnlySpan<ulong> codes, int shift, ulong limit)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var code in codes)
        {
            counts[(byte)(Math.Min(code, limit) >> shift)]++;
        }

        double bits = 0;
        var distinct = 0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                bits -= count * Math.Log2((double)count / codes.Length);
                distinct++;
            }
        }

        // The table of codes costs some bits a symbol.
        return bits + (distinct * 3);
    }
}
