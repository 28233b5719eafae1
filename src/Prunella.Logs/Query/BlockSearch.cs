using Prunella.Logs.Archive;

namespace Prunella.Logs.Query;

/// <summary>Searches one columnar block: which lines match, without building those that cannot.</summary>
internal sealed class BlockSearch
{
    private readonly BlockData block;
    private readonly ArchiveQuery query;
    private readonly ValueMatcher matcher;
    private readonly RowLines rows;
    private readonly bool[] shapes;
    private bool[] lines = [];

    internal BlockSearch(BlockData block, ArchiveQuery query)
    {
        this.block = block;
        this.query = query;
        matcher = new ValueMatcher(block);
        rows = new RowLines(block);
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
                    some |= rows.MarkShape(s, lines);
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
            if (matcher.Rows(column, MatchMode.Equals, value) is { } found)
            {
                some |= rows.Mark(column, found, (s, slot) => slots.Contains((s, slot)), lines);
            }
        }

        return some;
    }

    // What may cross values is only likely: those lines are built and searched.
    private bool MarkText()
    {
        var likely = new bool[lines.Length];
        var some = new TextMarker(block, matcher, rows).Mark(query.Text.Span, shapes, lines, likely);
        if (TextMarker.Doubtful(lines, likely))
        {
            new BlockRenderer(block).Render(likely, (n, line) => some |= lines[n] = line.IndexOf(query.Text.Span) >= 0);
        }

        return some;
    }
}
