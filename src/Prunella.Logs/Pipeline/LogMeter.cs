using System.Diagnostics.Metrics;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Pipeline;

/// <summary>What the pipeline counts about itself, stage by stage. The names are the contract of dashboards.</summary>
internal sealed class LogMeter : IDisposable
{
    internal const string Name = "Prunella.Logs";

    private readonly Meter meter = new(Name);
    private readonly Counter<long> acceptedLines, acceptedBytes, refusedBatches, archivedLines, archivedBytes, indexedLines, redactedLines, signals;
    private readonly Histogram<double> drainSeconds;

    internal LogMeter(LogSpool spool, IReadOnlyList<SinkFeed> feeds, Func<int> templates)
    {
        acceptedLines = meter.CreateCounter<long>("prunella.logs.accepted.lines", "{line}", "Lines that are durable in the spool, by kind of source.");
        acceptedBytes = meter.CreateCounter<long>("prunella.logs.accepted.bytes", "By", "Their bytes.");
        refusedBatches = meter.CreateCounter<long>("prunella.logs.refused.batches", "{batch}", "Batches refused because the spool was full, by kind of source.");
        archivedLines = meter.CreateCounter<long>("prunella.logs.archived.lines", "{line}", "Lines that are durable in the archive, by class.");
        archivedBytes = meter.CreateCounter<long>("prunella.logs.archived.bytes", "By", "Their bytes, before compression.");
        indexedLines = meter.CreateCounter<long>("prunella.logs.indexed.lines", "{line}", "Events chosen for the index: critical and interesting ones, and a sample of the routine ones.");
        redactedLines = meter.CreateCounter<long>("prunella.logs.redacted.lines", "{line}", "Lines in which a sensitive value was replaced.");
        signals = meter.CreateCounter<long>("prunella.logs.signals", "{signal}", "What the watcher noticed, by change.");
        drainSeconds = meter.CreateHistogram<double>("prunella.logs.drain.duration", "s", "Time to parse, classify and archive one file of the spool.");
        meter.CreateObservableGauge("prunella.logs.spool.bytes", () => spool.Bytes, "By", "Bytes accepted and not archived.");
        meter.CreateObservableGauge("prunella.logs.templates", () => templates(), "{template}", "Templates known.");
        meter.CreateObservableGauge("prunella.logs.sink.waiting.bytes", () => feeds.Select(static f => new Measurement<long>(f.WaitingBytes, new KeyValuePair<string, object?>("sink", f.Name))), "By", "Bytes that wait for a sink.");
        Observe("prunella.logs.sink.sent", "Documents that a sink has.", static f => f.Sent);
        Observe("prunella.logs.sink.again", "Documents sent again.", static f => f.Again);
        Observe("prunella.logs.sink.refused", "Documents that a sink refused for good.", static f => f.Refused);

        void Observe(string name, string text, Func<SinkFeed, long> read) =>
            meter.CreateObservableCounter(name, () => feeds.Select(f => new Measurement<long>(read(f), new KeyValuePair<string, object?>("sink", f.Name))), "{document}", text);
    }

    internal void Accepted(bool taken, ReadOnlySpan<byte> batch, string source)
    {
        var kind = new KeyValuePair<string, object?>("source", Kind(source));
        if (!taken)
        {
            refusedBatches.Add(1, kind);
            return;
        }

        acceptedLines.Add(batch.Count((byte)'\n'), kind);
        acceptedBytes.Add(batch.Length, kind);
    }

    internal void Drained(DrainCounts counts, TimeSpan took)
    {
        foreach (var lineClass in Enum.GetValues<LineClass>())
        {
            archivedLines.Add(counts.Of(lineClass), new KeyValuePair<string, object?>("class", lineClass.ToString()));
        }

        archivedBytes.Add(counts.Bytes);
        indexedLines.Add(counts.Indexed);
        redactedLines.Add(counts.Redacted);
        drainSeconds.Record(took.TotalSeconds);
    }

    internal void Signalled(PatternSignal signal)
    {
        if (!signal.Ended)
        {
            signals.Add(1, new KeyValuePair<string, object?>("change", signal.Change.ToString()));
        }
    }

    public void Dispose() => meter.Dispose();

    // The kind alone: names of pods and files would be labels without bound.
    private static string Kind(string source) => source.IndexOf(':', StringComparison.Ordinal) is >= 0 and var at ? source[..at] : source.Length > 0 ? source : "other";
}
