using System.Diagnostics.Metrics;

namespace Prunella.Telemetry;

/// <summary>What the server counts about itself. The names are the contract of the dashboards.</summary>
internal sealed class ServerMeter : IDisposable
{
    internal const string Name = "Prunella";
    private readonly Meter meter;
    private readonly Counter<long> signals;
    private readonly Counter<long> refused;
    private readonly Counter<long> spans;
    private readonly Counter<long> exportsRefused;
    private readonly Counter<long> logExportsRefused;

    public ServerMeter(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        signals = meter.CreateCounter<long>("prunella_signals", description: "Signals by source; known ones are redeliveries that were dropped.");
        refused = meter.CreateCounter<long>("prunella_webhook_refused", description: "Webhook posts that were not accepted, by source and HTTP status.");
        spans = meter.CreateCounter<long>("prunella_trace_spans", description: "Spans received, by result; rejected ones had no trace id or span id.");
        exportsRefused = meter.CreateCounter<long>("prunella_trace_exports_refused", description: "Exports of traces that were not accepted, by protocol and its status.");
        logExportsRefused = meter.CreateCounter<long>("prunella_log_exports_refused", description: "Exports of logs that were not accepted, by protocol and its status.");
    }

    internal void Accepted(string source, int fresh, int known)
    {
        if (fresh > 0) signals.Add(fresh, new("source", source), new("result", "accepted"));
        if (known > 0) signals.Add(known, new("source", source), new("result", "known"));
    }

    internal void Refused(string source, int status) => refused.Add(1, new("source", source), new("status", status));

    internal void SpansReceived(int stored, int rejected)
    {
        if (stored > 0) spans.Add(stored, new KeyValuePair<string, object?>("result", "stored"));
        if (rejected > 0) spans.Add(rejected, new KeyValuePair<string, object?>("result", "rejected"));
    }

    internal void ExportRefused(string protocol, int status) => exportsRefused.Add(1, new("protocol", protocol), new("status", status));

    internal void LogExportRefused(string protocol, int status) => logExportsRefused.Add(1, new("protocol", protocol), new("status", status));

    /// <summary>Watches what is read at each scrape: queue, work under way, breakers.</summary>
    internal void Watch(Func<long> pendingSignals, Func<int> working, Func<IEnumerable<Measurement<int>>> breakers)
    {
        meter.CreateObservableGauge("prunella_pending_signals", pendingSignals, description: "Signals accepted and not yet correlated.");
        meter.CreateObservableGauge("prunella_incidents_working", working, description: "Incidents being worked on.");
        meter.CreateObservableGauge("prunella_breaker_state", breakers, description: "Breakers by scope: 0 closed, 1 half-open, 2 open.");
    }

    public void Dispose() => meter.Dispose();
}
