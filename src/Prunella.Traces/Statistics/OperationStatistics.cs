namespace Prunella.Traces.Statistics;

/// <summary>What was seen of one operation of a service.</summary>
public sealed class OperationStatistics(string service, string operation)
{
    /// <summary>The service.</summary>
    public string Service { get; } = service;

    /// <summary>The operation.</summary>
    public string Operation { get; } = operation;

    /// <summary>Spans.</summary>
    public long Count => Durations.Count;

    /// <summary>Spans that failed.</summary>
    public long Errors { get; internal set; }

    /// <summary>Self time of all its spans, microseconds.</summary>
    public long SelfUs { get; internal set; }

    /// <summary>Its own time on critical paths, microseconds.</summary>
    public long CriticalUs { get; internal set; }

    /// <summary>Traces in which it was on the critical path with time of its own.</summary>
    public long CriticalTraces { get; internal set; }

    /// <summary>Durations of its spans.</summary>
    public DurationSamples Durations { get; } = new();

    internal void Add(OperationStatistics other)
    {
        Errors += other.Errors;
        SelfUs += other.SelfUs;
        CriticalUs += other.CriticalUs;
        CriticalTraces += other.CriticalTraces;
        Durations.Add(other.Durations);
    }
}
