namespace Prunella.Logs.Archive;

/// <summary>The values of a column, each made when it is asked for: chosen lines need few of them.</summary>
internal sealed class ColumnRows
{
    private readonly ColumnValues? values;
    private readonly int[]? numbers;
    private readonly TimePattern? pattern;
    private readonly long[]? units;

    internal ColumnRows(ColumnValues values) => this.values = values;

    /// <param name="pool">The distinct values.</param>
    /// <param name="numbers">Which of them each row has.</param>
    internal ColumnRows(ColumnValues pool, int[] numbers) => (values, this.numbers) = (pool, numbers);

    internal ColumnRows(TimePattern pattern, long[] units) => (this.pattern, this.units) = (pattern, units);

    /// <summary>Writes the value of a row behind what a line has so far.</summary>
    /// <param name="row">The row.</param>
    /// <param name="line">The line; longer where there was no room.</param>
    /// <param name="at">Bytes that it has.</param>
    /// <returns>Bytes that it has then.</returns>
    /// <exception cref="InvalidDataException">The value is damaged.</exception>
    internal int Append(int row, ref byte[] line, int at)
    {
        if (pattern is not null)
        {
            Room(ref line, at + pattern.Length);
            pattern.Render(units![row], line.AsSpan(at, pattern.Length));
            return at + pattern.Length;
        }

        var number = numbers is null ? row : numbers[row];
        return (uint)number < (uint)values!.Count ? Append(values[number], ref line, at) : throw ByteSource.Damaged();
    }

    /// <summary>Writes bytes behind what a line has so far.</summary>
    internal static int Append(ReadOnlySpan<byte> bytes, ref byte[] line, int at)
    {
        Room(ref line, at + bytes.Length);
        bytes.CopyTo(line.AsSpan(at));
        return at + bytes.Length;
    }

    private static void Room(ref byte[] line, int length)
    {
        if (length > line.Length)
        {
            Array.Resize(ref line, Math.Max(line.Length * 2, length));
        }
    }
}
