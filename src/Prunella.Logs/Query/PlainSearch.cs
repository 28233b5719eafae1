using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Query;

/// <summary>Searches a block that was kept as text: its lines are parsed anew where more than text is asked for.</summary>
internal static class PlainSearch
{
    internal static bool Find(ArchiveBlock block, byte[] text, ArchiveQuery query, FoundLine found, ref long count)
    {
        var needsFields = query.Template is not null || query.LevelMin is not null || query.Service is not null || query.HasTime || query.Fields.Count > 0;
        if (!query.Text.IsEmpty && text.AsSpan().IndexOf(query.Text.Span) < 0)
        {
            return true;
        }

        var table = new LineTable(new LogParser());
        table.Parse(text, text.Length, twice: needsFields);
        var slot = 0;
        for (var n = 0; n < table.Lines; n++)
        {
            var line = table.Line(n);
            var shape = table.Shapes[table.ShapeOfLine[n]];
            if ((query.Text.IsEmpty || line.IndexOf(query.Text.Span) >= 0) && (!needsFields || Matches(table, n, shape, slot, query)))
            {
                count++;
                if (!found(block.FirstLine + n + 1, line))
                {
                    return false;
                }
            }

            slot += shape.Slots;
        }

        return true;
    }

    private static bool Matches(LineTable table, int n, BlockShape shape, int slot, ArchiveQuery query)
    {
        var ticks = table.Ticks[n];
        if ((query.Template is { } id && shape.Template.Id != id) || (query.LevelMin is { } level && (Severity)table.Levels[n] < level)
            || (query.Service is { } service && Encoding.UTF8.GetString(table.Services[table.ServiceOfLine[n]]) != service)
            || (query.HasTime && (ticks == 0 || ticks < (query.SinceTicks ?? 0) || ticks >= (query.UntilTicks ?? long.MaxValue))))
        {
            return false;
        }

        foreach (var field in query.Fields)
        {
            if (!Has(table, shape, slot, field))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(LineTable table, BlockShape shape, int slot, FieldCondition field)
    {
        var name = Encoding.UTF8.GetBytes(field.Name);
        var literals = shape.Literals.Span;
        for (var s = 0; s <= shape.Slots; s++)
        {
            var literal = literals[(s == 0 ? 0 : shape.LiteralEnds[s - 1])..shape.LiteralEnds[s]];
            if (FieldName.Says(literal, name, field.Value.Span))
            {
                return true;
            }

            if (s < shape.Slots && FieldName.Is(name, literal, shape.Kinds[s])
                && table.Slots[slot + s].Of(table.Raw).SequenceEqual(field.Value.Span))
            {
                return true;
            }
        }

        return false;
    }
}
