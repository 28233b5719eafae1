using Prunella.Logs.Archive;
using Prunella.Logs.Query;

namespace Prunella.Logs.Questions;

/// <summary>Which lines of a block may tell a number that is asked for, by the words and units that it is known by.</summary>
internal sealed class NumberLines(BlockData block, ValueMatcher values, RowLines rows, TextMarker marker)
{
    // A bare number is a duration or a size behind one of these only; behind others it has a unit.
    private static readonly byte[][] DurationWords = ["duration"u8.ToArray(), "latency"u8.ToArray(), "elapsed"u8.ToArray(), "response_time"u8.ToArray(), "request_time"u8.ToArray(), "time_ms"u8.ToArray()];
    private static readonly byte[][] SizeWords = ["bytes"u8.ToArray(), "length"u8.ToArray()];
    private static readonly byte[][] StatusWords = ["status"u8.ToArray(), "code"u8.ToArray(), "http"u8.ToArray(), "\" "u8.ToArray()];

    /// <summary>Marks the lines that may have a number; no other has it.</summary>
    internal void Mark(string field, bool[] shapes, bool[] lines)
    {
        var words = field switch
        {
            NumberCondition.Status => StatusWords,
            NumberCondition.Duration => DurationWords,
            NumberCondition.Size => SizeWords,
            _ => [ValueMatcher.Lower(FieldValue.Bytes(field))],
        };
        foreach (var word in words) marker.Mark(word, shapes, lines, lines);
        if (field is NumberCondition.Duration or NumberCondition.Size) MarkUnits(field == NumberCondition.Duration, shapes, lines);
    }

    private void MarkUnits(bool time, bool[] shapes, bool[] lines)
    {
        var columns = new HashSet<int>();
        for (var s = 0; s < shapes.Length; s++)
        {
            if (!shapes[s]) continue;
            if (block.Shapes[s].Literals.Any(literal => FieldValue.MayMeasure(literal, time))) rows.MarkShape(s, lines);
            else columns.UnionWith(block.Shapes[s].Columns);
        }
        var measures = new ValueTest(value => FieldValue.MayMeasure(value, time));
        foreach (var column in columns)
            if (values.Rows(column, measures) is { } found) rows.Mark(column, found, (s, _) => shapes[s], lines);
    }
}
