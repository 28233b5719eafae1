using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Which lines of a block the rows of its columns belong to: those of a column's shapes in order, slot by slot.</summary>
internal sealed class RowLines(BlockData block)
{
    private List<(int Shape, int Slot)>[]? owners;

    /// <summary>Marks all lines of a shape; true always.</summary>
    internal bool MarkShape(int shape, bool[] lines)
    {
        foreach (var n in block.LinesOfShape[shape])
        {
            lines[n] = true;
        }

        return true;
    }

    /// <summary>Marks the lines of a column's rows where shape and slot count; true when there was one.</summary>
    internal bool Mark(int column, List<int> rows, Func<int, int, bool> counts, bool[] lines)
    {
        var some = false;
        if (Owners(column) is [var (owner, only)])
        {
            if (counts(owner, only))
            {
                foreach (var r in rows)
                {
                    some = lines[block.LinesOfShape[owner][r]] = true;
                }
            }

            return some;
        }

        var slotsOf = new int[block.Shapes.Count][];
        for (var s = 0; s < slotsOf.Length; s++)
        {
            var columns = block.Shapes[s].Columns;
            slotsOf[s] = columns.AsSpan().Contains(column) ? [.. Enumerable.Range(0, columns.Length).Where(i => columns[i] == column)] : [];
        }

        int row = 0, next = 0;
        var shapeOfLine = block.ShapeOfLine;
        for (var n = 0; n < shapeOfLine.Length && next < rows.Count; n++)
        {
            foreach (var slot in slotsOf[shapeOfLine[n]])
            {
                if (next < rows.Count && rows[next] == row)
                {
                    next++;
                    if (counts(shapeOfLine[n], slot))
                    {
                        some = lines[n] = true;
                    }
                }

                row++;
            }
        }

        return some;
    }

    // Shapes and slots that use a column.
    private List<(int Shape, int Slot)> Owners(int column)
    {
        if (owners is null)
        {
            owners = new List<(int, int)>[block.Columns.Length];
            for (var c = 0; c < owners.Length; c++)
            {
                owners[c] = [];
            }

            for (var s = 0; s < block.Shapes.Count; s++)
            {
                for (var slot = 0; slot < block.Shapes[s].Columns.Length; slot++)
                {
                    owners[block.Shapes[s].Columns[slot]].Add((s, slot));
                }
            }
        }

        return owners[column];
    }
}
