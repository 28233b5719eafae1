namespace Prunella.Logs.Archive;

/// <summary>Values of a column being written: pieces of the raw block.</summary>
internal sealed class Values(byte[] raw, int[] starts, int[] lengths, int[]? shapes, int from, int count)
{
    internal int Count => count;

    internal byte[] Raw => raw;

    /// <summary>Shape of the line of each value; null where no prediction by it is wanted.</summary>
    internal ReadOnlySpan<int> Shapes => shapes is null ? default : shapes.AsSpan(from, count);

    internal ReadOnlySpan<byte> this[int n] => raw.AsSpan(starts[from + n], lengths[from + n]);

    internal int Start(int n) => starts[from + n];

    internal int Length(int n) => lengths[from + n];

    internal bool AllEqual()
    {
        var first = this[0];
        for (var n = 1; n < count; n++)
        {
            if (!this[n].SequenceEqual(first))
            {
                return false;
            }
        }

        return true;
    }
}
