using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Builds chosen lines of a columnar block; only the columns of their shapes are decoded.</summary>
internal sealed class BlockRenderer(BlockData block)
{
    private readonly ColumnRows?[] columns = new ColumnRows?[block.Columns.Length];
    private byte[] line = new byte[1024];

    internal delegate void LineHandler(int number, ReadOnlySpan<byte> line);

    /// <summary>Calls <paramref name="handler"/> with every chosen line, without its terminator.</summary>
    internal void Render(bool[] chosen, LineHandler handler)
    {
        var row = new int[columns.Length];
        var shapes = block.ShapeOfLine;
        var counted = Counted(chosen);
        for (var n = 0; n < shapes.Length; n++)
        {
            if (chosen[n])
            {
                handler(n, Build(block.Shapes[shapes[n]], row));
            }

            foreach (var column in counted[shapes[n]])
            {
                row[column]++;
            }
        }
    }

    // Of each shape the columns that a chosen line has: only their rows are counted.
    private int[][] Counted(bool[] chosen)
    {
        var built = new bool[block.Shapes.Count];
        for (var n = 0; n < chosen.Length; n++)
        {
            built[block.ShapeOfLine[n]] |= chosen[n];
        }

        var needed = new bool[columns.Length];
        for (var s = 0; s < built.Length; s++)
        {
            foreach (var column in built[s] ? block.Shapes[s].Columns : [])
            {
                needed[column] = true;
            }
        }

        return [.. block.Shapes.Select(shape => Array.FindAll(shape.Columns, column => needed[column]))];
    }

    private ReadOnlySpan<byte> Build(StoredShape shape, int[] row)
    {
        var at = ColumnRows.Append(shape.Literals[0], ref line, 0);
        for (var s = 0; s < shape.Columns.Length; s++)
        {
            var c = shape.Columns[s];

            // A shape may use a column twice: its rows follow each other.
            var r = row[c] + shape.Columns.AsSpan(0, s).Count(c);
            at = (columns[c] ??= block.Columns[c].Rows(block, c)).Append(r, ref line, at);
            at = ColumnRows.Append(shape.Literals[s + 1], ref line, at);
        }

        return line.AsSpan(0, at);
    }
}
