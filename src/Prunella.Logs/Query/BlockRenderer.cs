using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Builds chosen lines of a columnar block; only the columns of their shapes are decoded.</summary>
internal sealed class BlockRenderer(BlockData block)
{
    private readonly ColumnValues?[] columns = new ColumnValues?[block.Columns.Length];
    private byte[] line = new byte[1024];

    internal delegate void LineHandler(int number, ReadOnlySpan<byte> line);

    /// <summary>Calls <paramref name="handler"/> with every chosen line, without its terminator.</summary>
    internal void Render(bool[] chosen, LineHandler handler)
    {
        var row = new int[columns.Length];
        var shapes = block.ShapeOfLine;
        for (var n = 0; n < shapes.Length; n++)
        {
            var shape = block.Shapes[shapes[n]];
            if (chosen[n])
            {
                handler(n, Build(shape, row));
            }

            foreach (var column in shape.Columns)
            {
                row[column]++;
            }
        }
    }

    private ReadOnlySpan<byte> Build(StoredShape shape, int[] row)
    {
        var at = Append(shape.Literals[0], 0);
        for (var s = 0; s < shape.Columns.Length; s++)
        {
            var c = shape.Columns[s];

            // A shape may use a column twice: its rows follow each other.
            var r = row[c] + shape.Columns.AsSpan(0, s).Count(c);
            at = Append((columns[c] ??= block.Values(c))[r], at);
            at = Append(shape.Literals[s + 1], at);
        }

        return line.AsSpan(0, at);
    }

    private int Append(ReadOnlySpan<byte> bytes, int at)
    {
        if (bytes.Length > line.Length - at)
        {
            Array.Resize(ref line, Math.Max(line.Length * 2, at + bytes.Length));
        }

        bytes.CopyTo(line.AsSpan(at));
        return at + bytes.Length;
    }
}
