using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// Traces read together. They share memory that the reader reuses when the receiver returns,
/// unless the receiver calls <see cref="Keep"/>.
/// </summary>
public sealed class TraceBatch
{
    internal TraceBatch(SpanTable table) => Table = table;

    /// <summary>The traces, in input order.</summary>
    public IReadOnlyList<Trace> Traces => TraceList;

    internal SpanTable Table { get; }

    internal List<Trace> TraceList { get; } = [];

    internal bool Kept { get; private set; }

    /// <summary>Keeps the traces valid after the receiver has returned.</summary>
    public void Keep() => Kept = true;
}
