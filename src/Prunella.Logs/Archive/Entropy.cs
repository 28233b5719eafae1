namespace Prunella.Logs.Archive;

/// <summary>What bytes would cost without context: Shannon's estimate, by which codings are compared.</summary>
internal static class Entropy
{
    /// <summary>Codes that are looked at together, at most.</summary>
    internal const int CodesMax = 2048;

    // n log n, and by how much it grows with n: most columns have fewer values than a byte has, and to walk all counts of each was most of the work.
    private static readonly double[] Weights = [.. Enumerable.Range(0, CodesMax + 1).Select(static n => n == 0 ? 0 : n * Math.Log2(n))];
    private static readonly double[] Growths = [.. Enumerable.Range(0, CodesMax).Select(static n => Weights[n + 1] - Weights[n])];

    /// <summary>Bits for one byte of each code.</summary>
    /// <param name="codes">Numbers, at most <see cref="CodesMax"/>.</param>
    /// <param name="shift">Bit at which the byte starts.</param>
    /// <param name="limit">Numbers over it count as it.</param>
    internal static double Bits(ReadOnlySpan<ulong> codes, int shift, ulong limit)
    {
        Span<ushort> counts = stackalloc ushort[256];
        counts.Clear();
        var bits = Weights[codes.Length];
        var distinct = 0;
        foreach (var code in codes)
        {
            ref var count = ref counts[(byte)(Math.Min(code, limit) >> shift)];
            distinct += count == 0 ? 1 : 0;
            bits -= Growths[count++];
        }

        // The table of codes costs some bits a symbol.
        return bits + (distinct * 3);
    }
}
