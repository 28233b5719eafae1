using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Which lines of a block hold some bytes, by its literals and columns, without building lines.</summary>
internal sealed class TextMarker
{
    private readonly BlockData block;
    private readonly ValueMatcher matcher;
    private readonly RowLines rows;
    private readonly IReadOnlyList<StoredShape> shapesOfBlock;
    private readonly List<Crossing> ways = [];

    internal TextMarker(BlockData block, ValueMatcher matcher, RowLines rows)
    {
        this.block = block;
        this.matcher = matcher;
        this.rows = rows;
        shapesOfBlock = matcher.IgnoresCase ? [.. block.Shapes.Select(Lowered)] : block.Shapes;
    }

    /// <summary>Marks the lines of some shapes that hold bytes.</summary>
    /// <param name="bytes">What to look for, in lower case where the matcher ignores case.</param>
    /// <param name="shapes">Which shapes count.</param>
    /// <param name="certain">Lines that have the bytes within a literal or a value.</param>
    /// <param name="likely">Lines that may have them across values; they have to be built and searched.</param>
    /// <returns>True when a line is certain.</returns>
    internal bool Mark(ReadOnlySpan<byte> bytes, bool[] shapes, bool[] certain, bool[] likely)
    {
        var some = false;
        var columns = new HashSet<int>();
        var whole = new bool[shapes.Length];
        var crossing = new Dictionary<(int Column, MatchMode Mode, int Start, int Length), HashSet<(int Shape, int Slot)>>();
        for (var s = 0; s < shapes.Length; s++)
        {
            var shape = shapesOfBlock[s];
            if (!shapes[s])
            {
                continue;
            }

            if (SubstringPlan.InLiteral(shape, bytes))
            {
                whole[s] = true;
                some |= rows.MarkShape(s, certain);
                continue;
            }

            columns.UnionWith(shape.Columns);
            if (!SubstringPlan.TryCross(shape, bytes, ways))
            {
                rows.MarkShape(s, likely);
                continue;
            }

            foreach (var way in ways)
            {
                var key = (shape.Columns[way.Slot], way.Mode, way.Start, way.Length);
                if (!crossing.TryGetValue(key, out var slots))
                {
                    crossing.Add(key, slots = []);
                }

                slots.Add((s, way.Slot));
            }
        }

        foreach (var column in columns)
        {
            if (matcher.Rows(column, MatchMode.Contains, bytes) is { } found)
            {
                some |= rows.Mark(column, found, (s, _) => shapes[s] && !whole[s], certain);
            }
        }

        foreach (var ((column, mode, start, length), slots) in crossing)
        {
            if (matcher.Rows(column, mode, bytes.Slice(start, length)) is { } found)
            {
                rows.Mark(column, found, (s, slot) => slots.Contains((s, slot)), likely);
            }
        }

        return some;
    }

    /// <summary>Takes from the likely lines those that are certain; true when some are left.</summary>
    internal static bool Doubtful(bool[] certain, bool[] likely)
    {
        for (var n = 0; n < likely.Length; n++)
        {
            likely[n] &= !certain[n];
        }

        return likely.AsSpan().Contains(true);
    }

    private static StoredShape Lowered(StoredShape shape) => new() { Literals = [.. shape.Literals.Select(static literal => ValueMatcher.Lower(literal))], Columns = shape.Columns };
}
