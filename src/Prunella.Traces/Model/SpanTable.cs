namespace Prunella.Traces.Model;

/// <summary>One span as read, its texts as ids of the table's pools, its times raw.</summary>
internal struct SpanRow
{
    /// <summary>Microseconds since 1970.</summary>
    public long StartUs;

    /// <summary>Microseconds; never negative.</summary>
    public long DurationUs;

    public int TraceId;
    public int SpanId;

    /// <summary>0 when the span names no parent.</summary>
    public int ParentId;

    public int Operation;
    public int Process;
    public int AttributeStart;
    public int AttributeCount;
    public SpanKind Kind;
    public SpanMarks Marks;
}

/// <summary>A key and a value, both pool ids (<see cref="SpanTable.Names"/> and <see cref="SpanTable.Values"/>).</summary>
internal readonly record struct SpanAttribute(int Key, int Value);

/// <summary>Who emitted spans: service (names pool), host, the tag "hostname" alone, and language (values pool).</summary>
internal readonly record struct SpanProcess(int Service, int Host, int Hostname, int Language);

/// <summary>A link of a span to a span that is not its parent.</summary>
internal readonly record struct SpanLink(int Row, int TraceId, int SpanId);

/// <summary>Spans as read, of one or more traces. Names hold services, operations and keys; values hold everything else.</summary>
internal sealed class SpanTable(TextPool names, TextPool values)
{
    private SpanRow[] _rows = new SpanRow[64];
    private SpanAttribute[] _attributes = new SpanAttribute[512];

    public TextPool Names { get; } = names;

    public TextPool Values { get; } = values;

    public int Count { get; private set; }

    public int AttributeCount { get; private set; }

    /// <summary>Spans left out since the last <see cref="Clear"/> because they had no trace or span id.</summary>
    public int Dropped { get; private set; }

    public List<SpanProcess> Processes { get; } = [];

    public List<SpanLink> Links { get; } = [];

    public ref SpanRow this[int index] => ref _rows[index];

    public ReadOnlySpan<SpanAttribute> Attributes(in SpanRow row) => _attributes.AsSpan(row.AttributeStart, row.AttributeCount);

    /// <summary>Starts a row whose attributes are those added until <see cref="Seal"/>.</summary>
    public int Begin()
    {
        if (Count == _rows.Length)
            Array.Resize(ref _rows, Count * 2);
        ref var row = ref _rows[Count];
        row = default;
        row.AttributeStart = AttributeCount;
        row.Process = -1;
        return Count++;
    }

    public void Add(int key, int value)
    {
        if (AttributeCount == _attributes.Length)
            Array.Resize(ref _attributes, AttributeCount * 2);
        _attributes[AttributeCount++] = new SpanAttribute(key, value);
    }

    public void Seal(int row) => _rows[row].AttributeCount = AttributeCount - _rows[row].AttributeStart;

    /// <summary>Gives a row the attributes of another row after its own.</summary>
    public void Append(int row, int from)
    {
        var own = _attributes.AsSpan(_rows[row].AttributeStart, _rows[row].AttributeCount).ToArray();
        var others = _attributes.AsSpan(_rows[from].AttributeStart, _rows[from].AttributeCount).ToArray();
        _rows[row].AttributeStart = AttributeCount;
        foreach (var attribute in own)
            Add(attribute.Key, attribute.Value);
        foreach (var attribute in others)
            Add(attribute.Key, attribute.Value);
        Seal(row);
    }

    /// <summary>Drops the last row and its attributes.</summary>
    public void Undo(int row)
    {
        AttributeCount = _rows[row].AttributeStart;
        Count = row;
        Dropped++;
        while (Links.Count > 0 && Links[^1].Row >= row)
            Links.RemoveAt(Links.Count - 1);
    }

    /// <summary>Forgets all rows, processes and links; pools are left to their owner.</summary>
    public void Clear()
    {
        Count = 0;
        AttributeCount = 0;
        Dropped = 0;
        Processes.Clear();
        Links.Clear();
    }

    /// <summary>Puts rows in another order.</summary>
    /// <param name="order">For each new place the old one; a permutation.</param>
    public void Reorder(ReadOnlySpan<int> order)
    {
        var rows = new SpanRow[Count];
        for (var to = 0; to < order.Length; to++)
            rows[to] = _rows[order[to]];
        if (Links.Count > 0)
        {
            var place = new int[Count];
            for (var to = 0; to < order.Length; to++)
                place[order[to]] = to;
            for (var link = 0; link < Links.Count; link++)
                Links[link] = Links[link] with { Row = place[Links[link].Row] };
        }

        _rows = rows;
    }

    /// <summary>Keeps these rows only, in this order. Links of other rows must be gone already.</summary>
    public void Keep(List<int> rows)
    {
        var place = new Dictionary<int, int>();
        for (var to = 0; to < rows.Count; to++)
        {
            _rows[to] = _rows[rows[to]];
            place.Add(rows[to], to);
        }

        Count = rows.Count;
        for (var link = 0; link < Links.Count; link++)
            Links[link] = Links[link] with { Row = place[Links[link].Row] };
    }

    /// <summary>Appends a row of another table with the same names pool; its values are interned again here.</summary>
    public int Copy(SpanTable from, int row, Dictionary<int, int> processes)
    {
        var to = Begin();
        var source = from[row];
        foreach (var attribute in from.Attributes(source))
            Add(attribute.Key, Move(from, attribute.Value));
        ref var target = ref _rows[to];
        var start = target.AttributeStart;
        target = source;
        target.AttributeStart = start;
        target.TraceId = Move(from, source.TraceId);
        target.SpanId = Move(from, source.SpanId);
        target.ParentId = Move(from, source.ParentId);
        if (source.Process >= 0)
        {
            if (!processes.TryGetValue(source.Process, out var process))
            {
                var old = from.Processes[source.Process];
                process = Processes.Count;
                Processes.Add(new SpanProcess(old.Service, Move(from, old.Host), Move(from, old.Hostname), Move(from, old.Language)));
                processes.Add(source.Process, process);
            }

            target.Process = process;
        }

        Seal(to);
        return to;
    }

    internal int Move(SpanTable from, int value) => from.Values == Values ? value : Values.Intern(from.Values.Utf8(value));
}
