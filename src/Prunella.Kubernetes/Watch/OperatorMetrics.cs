using System.Diagnostics.Metrics;

namespace Prunella.Kubernetes.Watch;

/// <summary>The meter of the operator.</summary>
public sealed class OperatorMetrics : IDisposable
{
    /// <summary>Its name.</summary>
    public const string Name = "Prunella.Kubernetes.Operator";

    private readonly Meter meter;
    private readonly Counter<long> lists;
    private readonly Counter<long> relists;
    private readonly Counter<long> unreadable;
    private readonly Counter<long> looks;
    private readonly Counter<long> signals;
    private readonly Counter<long> dropped;
    private readonly Histogram<double> notice;
    private readonly Histogram<double> reach;
    private readonly Histogram<double> look;
    private long listed;

    /// <summary>Creates the instruments.</summary>
    /// <param name="name">The meter's name; another one than <see cref="Name"/> is not exported.</param>
    public OperatorMetrics(string name = Name)
    {
        meter = new Meter(name);
        lists = meter.CreateCounter<long>("prunella.operator.lists", "{request}", "Pages of lists read, by kind.");
        relists = meter.CreateCounter<long>("prunella.operator.relists", "{list}", "Lists read again after a gap in the server's history (410), by kind.");
        unreadable = meter.CreateCounter<long>("prunella.operator.events.unreadable", "{event}", "Events of watches that were malformed or too long, by kind.");
        looks = meter.CreateCounter<long>("prunella.operator.looks", "{look}", "Looks at a namespace.");
        signals = meter.CreateCounter<long>("prunella.operator.signals", "{signal}", "Signals raised, by cause and status.");
        dropped = meter.CreateCounter<long>("prunella.operator.troubles.dropped", "{trouble}", "Troubles not signalled because too many stand.");
        notice = meter.CreateHistogram<double>("prunella.operator.notice.duration", "s", "From the time that the API itself gives (whole seconds) to the durable signal.");
        reach = meter.CreateHistogram<double>("prunella.operator.reaction.duration", "s", "From the arrival of the watch's event to the durable signal.");
        look = meter.CreateHistogram<double>("prunella.operator.look.duration", "s", "Time of one look at a namespace.");
    }

    /// <summary>Pages of lists read since the start.</summary>
    public long ListsRead => Interlocked.Read(ref listed);

    internal void Listed(string kind)
    {
        Interlocked.Increment(ref listed);
        lists.Add(1, new KeyValuePair<string, object?>("kind", kind));
    }

    internal void Relisted(string kind) => relists.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void Unreadable(string kind) => unreadable.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void Looked(TimeSpan took)
    {
        looks.Add(1);
        look.Record(took.TotalSeconds);
    }

    internal void Dropped() => dropped.Add(1);

    internal void Signalled(string cause, bool firing, TimeSpan? sinceApi, TimeSpan? sinceSeen)
    {
        signals.Add(1, new("cause", cause), new("status", firing ? "firing" : "resolved"));
        if (sinceApi is { } api && api >= TimeSpan.Zero) notice.Record(api.TotalSeconds);
        if (sinceSeen is { } seen && seen >= TimeSpan.Zero) reach.Record(seen.TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
