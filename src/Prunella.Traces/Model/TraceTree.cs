namespace Prunella.Traces.Model;

/// <summary>How a trace is repaired before it is analysed.</summary>
public sealed class RepairOptions
{
    /// <summary>The largest clock difference between hosts that is corrected; zero leaves times alone.</summary>
    /// <value>Default zero.</value>
    public TimeSpan SkewMax { get; set; } = TimeSpan.Zero;
}

/// <summary>
/// One trace repaired and linked: parents, children in input order, roots, times that can be trusted. Reused from
/// trace to trace; not thread-safe. Raw values stay in the <see cref="Trace"/>.
/// </summary>
/// <remarks>
/// Invariants after <see cref="TraceTreeBuilder.Build"/>: every included span is in <see cref="Order"/> exactly once and after its
/// parent; End = Start + Duration ≥ Start; a root has parent -1.
/// </remarks>
public sealed class TraceTree
{
    internal int[] ParentOf = [];
    internal int[] ChildStart = [];
    internal int[] ChildList = [];
    internal int[] OrderList = [];
    internal long[] StartUs = [];
    internal long[] EndUs = [];
    internal byte[] State = [];
    internal Dictionary<int, int> Suffix { get; } = [];
    internal List<int> RootList { get; } = [];
    internal List<string> WarningList { get; } = [];

    /// <summary>The trace as read.</summary>
    public Trace Trace { get; internal set; } = null!;

    /// <summary>Spans of the trace, left-out ones included; indices run from 0 to this.</summary>
    public int Count => Trace.Count;

    /// <summary>Spans in the tree.</summary>
    public int Included { get; internal set; }

    /// <summary>Spans without a parent in the trace, in input order.</summary>
    public IReadOnlyList<int> Roots => RootList;

    /// <summary>What repair had to do, and what the reader said.</summary>
    public IReadOnlyList<string> Warnings => WarningList;

    internal ReadOnlySpan<int> Order => OrderList.AsSpan(0, Included);

    internal ReadOnlySpan<int> Children(int span) => ChildList.AsSpan(ChildStart[span], ChildStart[span + 1] - ChildStart[span]);

    /// <summary>The parent's index, or -1 for a root.</summary>
    public int Parent(int span) => ParentOf[span];

    /// <summary>Start in microseconds since 1970, adjusted for skew when that was asked for.</summary>
    public long Start(int span) => StartUs[span];

    /// <summary>End in microseconds since 1970.</summary>
    public long End(int span) => EndUs[span];

    /// <summary>Microseconds.</summary>
    public long Duration(int span) => EndUs[span] - StartUs[span];

    /// <summary>The service's name.</summary>
    public string Service(int span) => Trace.Service(span);

    /// <summary>The operation's name.</summary>
    public string Operation(int span) => Trace.Operation(span);

    /// <summary>The span's kind.</summary>
    public SpanKind Kind(int span) => Trace.Row(span).Kind;

    /// <summary>Whether the span failed.</summary>
    public bool Failed(int span) => (Trace.Row(span).Marks & SpanMarks.Error) != 0;

    /// <summary>Whether skew correction moved the span.</summary>
    public bool Adjusted(int span) => (State[span] & AdjustedBit) != 0;

    /// <summary>The span's id; a second span with the same id has _1 after it, a third _2.</summary>
    public string SpanId(int span) => Suffix.TryGetValue(span, out var number)
        ? FormattableString.Invariant($"{Trace.SpanIdText(span)}_{number}")
        : Trace.SpanIdText(span);

    /// <summary>"[service] operation".</summary>
    public string Name(int span) => $"[{Service(span)}] {Operation(span)}";

    internal bool IsIncluded(int span) => (State[span] & LeftOutBit) == 0;

    internal const byte AdjustedBit = 1;
    internal const byte LeftOutBit = 2;

    internal void Warn(string warning)
    {
        if (WarningList.Count < 100)
            WarningList.Add(warning);
    }
}
