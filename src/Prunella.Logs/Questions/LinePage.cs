namespace Prunella.Logs.Questions;

/// <summary>Where a line stands among those of several archives: by its time, then its archive, then its number there.</summary>
/// <param name="Ticks">Its time in ticks; that of the line before where it has none.</param>
/// <param name="Archive">The archive's name.</param>
/// <param name="Number">Its number in the archive, from 1.</param>
public readonly record struct LinePlace(long Ticks, string Archive, long Number) : IComparable<LinePlace>
{
    /// <inheritdoc/>
    public int CompareTo(LinePlace other)
    {
        var order = Ticks.CompareTo(other.Ticks);
        if (order == 0) order = string.CompareOrdinal(Archive, other.Archive);
        return order == 0 ? Number.CompareTo(other.Number) : order;
    }

    /// <summary>Whether one line stands before another.</summary>
    public static bool operator <(LinePlace left, LinePlace right) => left.CompareTo(right) < 0;

    /// <summary>Whether one line stands behind another.</summary>
    public static bool operator >(LinePlace left, LinePlace right) => left.CompareTo(right) > 0;

    /// <summary>Whether one line stands before another, or is it.</summary>
    public static bool operator <=(LinePlace left, LinePlace right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one line stands behind another, or is it.</summary>
    public static bool operator >=(LinePlace left, LinePlace right) => left.CompareTo(right) >= 0;
}

/// <summary>A line that fits a question, with its place.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Template">The text of its template.</param>
/// <param name="Text">Its bytes, at most <see cref="AnswerLine.TextMax"/> of them.</param>
public sealed record PlacedLine(LinePlace Place, string Template, ReadOnlyMemory<byte> Text);

// A page has some hundred lines; a million that fit cost a comparison each, and only those that may stay are built.
/// <summary>Keeps the newest lines before a place, whatever the order in which they come.</summary>
internal sealed class LinePage(int max, LinePlace? before)
{
    private readonly PriorityQueue<PlacedLine, LinePlace> kept = new();
    private readonly PriorityQueue<int, LinePlace> candidates = new();
    private readonly Dictionary<int, LinePlace> places = [];

    /// <summary>The archive whose lines come.</summary>
    internal string Archive { get; set; } = "";

    /// <summary>Whether no line up to a time can stay any more.</summary>
    internal bool IsBeyond(long ticks) => kept.Count == max && kept.TryPeek(out _, out var oldest) && ticks < oldest.Ticks;

    /// <summary>The lines, oldest first.</summary>
    internal IReadOnlyList<PlacedLine> Lines => [.. kept.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element)];

    /// <summary>Takes a line of a block into account that is not built yet.</summary>
    internal void Consider(int row, long ticks, long number)
    {
        var place = new LinePlace(ticks, Archive, number);
        if (!MayStay(place)) return;
        if (candidates.Count < max) candidates.Enqueue(row, place);
        else candidates.EnqueueDequeue(row, place);
    }

    /// <summary>Builds what may stay of a block.</summary>
    /// <param name="rows">Lines of the block.</param>
    /// <param name="build">Calls <see cref="Keep(int, string, ReadOnlySpan{byte})"/> for each row that is marked.</param>
    internal void Take(int rows, Action<bool[]> build)
    {
        if (candidates.Count == 0) return;
        var wanted = new bool[rows];
        foreach (var (row, place) in candidates.UnorderedItems) (wanted[row], places[row]) = (true, place);
        candidates.Clear();
        build(wanted);
        places.Clear();
    }

    /// <summary>Keeps a row that was considered.</summary>
    internal void Keep(int row, string template, ReadOnlySpan<byte> line) => Keep(places[row], template, line);

    /// <summary>Keeps a line of the present archive where it is among the newest.</summary>
    internal void Keep(long ticks, long number, string template, ReadOnlySpan<byte> line) => Keep(new LinePlace(ticks, Archive, number), template, line);

    private void Keep(LinePlace place, string template, ReadOnlySpan<byte> line)
    {
        if (!MayStay(place)) return;
        var found = new PlacedLine(place, template, line[..Math.Min(line.Length, AnswerLine.TextMax)].ToArray());
        if (kept.Count < max) kept.Enqueue(found, place);
        else kept.EnqueueDequeue(found, place);
    }

    private bool MayStay(LinePlace place) => (before is not { } end || place < end) && (kept.Count < max || (kept.TryPeek(out _, out var oldest) && place > oldest));
}
