using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prunella.Incidents;

namespace Prunella.Remediation.Execution;

/// <summary>The meter and the activity source of remediation; names follow OpenTelemetry's conventions.</summary>
public sealed class RemediationMetrics : IDisposable
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "Prunella.Remediation";

    private readonly Meter meter;
    private readonly Counter<long> attempts;
    private readonly Counter<long> verdicts;
    private readonly Counter<long> ended;
    private readonly Histogram<double> notice;
    private readonly Histogram<double> decide;
    private readonly Histogram<double> recover;

    /// <summary>Creates the instruments.</summary>
    /// <param name="name">The meter's name; another one than <see cref="Name"/> is not exported.</param>
    public RemediationMetrics(string name = Name)
    {
        meter = new Meter(name);
        attempts = meter.CreateCounter<long>("prunella.attempts", "{attempt}", "Executions that ended, by action and outcome.");
        verdicts = meter.CreateCounter<long>("prunella.verdicts", "{verdict}", "Verdicts of the gate, by action and kind.");
        ended = meter.CreateCounter<long>("prunella.incidents.ended", "{incident}", "Incidents that ended, by end.");
        notice = meter.CreateHistogram<double>("prunella.detect.duration", "s", "From the beginning of the trouble to its acceptance (MTTD).");
        decide = meter.CreateHistogram<double>("prunella.decide.duration", "s", "From acceptance to the first verdict.");
        recover = meter.CreateHistogram<double>("prunella.recover.duration", "s", "From acceptance to recovery (MTTR).");
    }

    /// <summary>Spans of the engine's steps.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    internal Meter Meter => meter;

    internal void Attempt(string action, string outcome) => attempts.Add(1, new("action", action), new("outcome", outcome));

    internal void Verdict(string action, string kind) => verdicts.Add(1, new("action", action), new("verdict", kind));

    internal void Ended(Incident incident)
    {
        ended.Add(1, new KeyValuePair<string, object?>("end", incident.State.ToString()));
        Record(notice, incident.StartedAt, incident.NoticedAt);
        Record(decide, incident.NoticedAt, incident.DecidedAt);
        Record(recover, incident.NoticedAt, incident.RecoveredAt);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private static void Record(Histogram<double> histogram, DateTimeOffset from, DateTimeOffset? to)
    {
        if (to is { } end && end >= from) histogram.Record((end - from).TotalSeconds);
    }
}
