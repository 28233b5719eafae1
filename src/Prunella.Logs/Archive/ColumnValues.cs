namespace Prunella.Logs.Archive;

/// <summary>The values of a column one after another, and where each ends.</summary>
internal sealed class ColumnValues(byte[] bytes, int[] ends)
{
    internal byte[] Bytes { get; } = bytes;

    internal int[] Ends { get; } = ends;

    internal int Count => Ends.Length;

    internal ReadOnlySpan<byte> this[int row]
    {
        get
        {
            var start = row == 0 ? 0 : Ends[row - 1];
            return Bytes.AsSpan(start, Ends[row] - start);
        }
    }

    internal static ColumnValues Repeat(ReadOnlySpan<byte> value, int count)
    {
        var bytes = new byte[value.Length * count];
        var ends = new int[count];
        for (var n = 0; n < count; n++)
        {
            value.CopyTo(bytes.AsSpan(n * value.Length));
            ends[n] = (n + 1) * value.Length;
        }

        return new ColumnValues(bytes, ends);
    }
}
