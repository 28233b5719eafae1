using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Searches one columnar block: which lines match, without building those that cannot.</summary>
internal sealed class BlockSearch
{
    private readonly BlockData block;
    private readonly ArchiveQuery query;
    private readonly ValueMatcher matcher;
    private readonly bool[] shapes;
    private bool[] lines = [];
    private List<(int Shape, int Slot)>[]? owners;

    internal BlockSearch(BlockData block, ArchiveQuery query)
    {
        this.block = block;
        this.query = query;
        matcher = new ValueMatcher(block);
        shapes = new bool[block.Shapes.Count];
    }

    /// <summary>Lines that match; null when none does.</summary>
    internal bool[]? Find()
    {
        if (!ChooseShapes())
        {
            return null;
        }

        lines = new bool[block.Meta.Lines];
        var found = true;
        if (query.Fields.Count == 0 && query.Text.IsEmpty)
        {
            for (var n = 0; n < lines.Length; n++)
            {
                lines[n] = shapes[block.ShapeOfLine[n]];
            }
        }
        else
        {
            found = query.Text.IsEmpty ? MarkField(query.Fields[0]) : MarkText();
            foreach (var field in query.Text.IsEmpty ? query.Fields.Skip(1) : query.Fields)
            {
                found = found && And(() => MarkField(field));
            }
        }

        return found && FilterLines() ? lines : null;
    }

    private bool ChooseShapes()
    {
        var some = false;
        for (var s = 0; s < shapes.Length; s++)
        {
            var shape = block.Shapes[s];
            shapes[s] = shape.Lines > 0 && (query.Template is not { } id || (shape.Template < block.Meta.Templates.Count && block.Meta.Templates[shape.Template].Id == id))
                && (query.LevelMin is not { } level || shape.Level is null || shape.Level >= level);
            some |= shapes[s];
        }

        return some;
    }

    private bool FilterLines()
    {
        if (query.HasTime)
        {
            var since = Math.Max(1, query.SinceTicks ?? 1);
            var until = query.UntilTicks ?? long.MaxValue;
            for (var n = 0; n < lines.Length; n++)
            {
                lines[n] &= block.Ticks[n] >= since && block.Ticks[n] < until;
            }
        }

        if (query.LevelMin is { } level)
        {
            var levels = block.DecodeLevels();
            for (var n = 0; n < lines.Length; n++)
            {
                lines[n] &= levels[n] >= level;
            }
        }

        if (query.Service is { } name)
        {
            var services = block.DecodeServices();
            for (var n = 0; n < lines.Length; n++)
            {
                lines[n] &= services[n] < block.Meta.Services.Count && block.Meta.Services[services[n]].Name == name;
            }
        }

        return lines.AsSpan().Contains(true);
    }

    private bool And(Func<bool> mark)
    {
        var before = lines;
        lines = new bool[before.Length];
        mark();
        var some = false;
        for (var n = 0; n < lines.Length; n++)
        {
            lines[n] &= before[n];
            some |= lines[n];
        }

        return some;
    }

    private bool MarkField(FieldCondition field)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(field.Name);
        var value = field.Value.Span;
        var slots = new HashSet<(int Shape, int Slot)>();
        var columns = new HashSet<int>();
        var some = false;
        for (var s = 0; s < shapes.Length; s++)
        {
            if (!shapes[s])
            {
                continue;
            }

            var shape = block.Shapes[s];
            foreach (var literal in shape.Literals)
            {
                if (FieldName.Says(literal, name, value))
                {
                    some |= MarkShape(s);
                    break;
                }
            }

            for (var slot = 0; slot < shape.Columns.Length; slot++)
            {
                if (FieldName.Is(name, shape.Literals[slot], block.Kinds[shape.Columns[slot]]))
                {
                    slots.Add((s, slot));
                    columns.Add(shape.Columns[slot]);
                }
            }
        }

        foreach (var column in columns)
        {
            if (matcher.Rows(column, MatchMode.Equals, value) is { } rows)
            {
                some |= MarkRows(column, rows, (s, slot) => slots.Contains((s, slot)));
            }
        }

        return some;
    }

    private bool MarkText()
    {
        var bytes = query.Text.Span;
        var some = false;
        var columns = new HashSet<int>();
        var whole = new bool[shapes.Length];
        var verify = new bool[shapes.Length];
        var crossing = new Dictionary<(int Column, MatchMode Mode, int Start, int Length), HashSet<(int Shape, int Slot)>>();
        var ways = new List<Crossing>();
        for (var s = 0; s < shapes.Length; s++)
        {
            var shape = block.Shapes[s];
            if (!shapes[s])
            {
                continue;
            }

            if (SubstringPlan.InLiteral(shape, bytes))
            {
                whole[s] = true;
                some |= MarkShape(s);
                continue;
            }

            columns.UnionWith(shape.Columns);
            verify[s] = !SubstringPlan.TryCross(shape, bytes, ways);
            foreach (var way in verify[s] ? [] : ways)
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
            if (matcher.Rows(column, MatchMode.Contains, bytes) is { } rows)
            {
                some |= MarkRows(column, rows, (s, _) => shapes[s] && !whole[s]);
            }
        }

        // What may cross is only likely: those lines are built and searched.
        var certain = lines;
        lines = new bool[certain.Length];
        var doubtful = false;
        foreach (var ((column, mode, start, length), slots) in crossing)
        {
            if (matcher.Rows(column, mode, bytes.Slice(start, length)) is { } rows)
            {
                doubtful |= MarkRows(column, rows, (s, slot) => slots.Contains((s, slot)));
            }
        }

        for (var s = 0; s < verify.Length; s++)
        {
            doubtful |= verify[s] && MarkShape(s);
        }

        if (doubtful)
        {
            for (var n = 0; n < lines.Length; n++)
            {
                lines[n] &= !certain[n];
            }

            var text = query.Text;
            var verified = certain;
            new BlockRenderer(block).Render(lines, (n, line) => verified[n] = line.IndexOf(text.Span) >= 0);
        }

        lines = certain;
        return some || lines.AsSpan().Contains(true);
    }

    private bool MarkShape(int shape)
    {
        foreach (var n in block.LinesOfShape[shape])
        {
            lines[n] = true;
        }

        return true;
    }

    // Rows of a column are the lines of its shapes in order, slot by slot.
    private bool MarkRows(int column, List<int> rows, Func<int, int, bool> counts)
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
