using Prunella.Traces.Dependencies;
using Prunella.Traces.Detectors;
using Prunella.Traces.Model;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Analysis;

/// <summary>A warning about one trace.</summary>
public sealed record TraceWarning(string TraceId, string Text);

/// <summary>
/// What an analysis found. Reports of parts merge into the report of the whole, whatever the parts were; every list
/// comes out in an order that depends on the traces only.
/// </summary>
public sealed class TraceReport
{
    private const int WarningsMax = 1_000;
    private readonly Dictionary<(string Service, string Operation), OperationStatistics> _operations = [];
    private readonly Dictionary<string, FindingGroup> _findings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, OperationStatistics> _tags = new(StringComparer.Ordinal);
    private readonly SortedSet<(string TraceId, string Text)> _warnings = new(Comparer<(string TraceId, string Text)>.Create((x, y) =>
    {
        var order = string.CompareOrdinal(x.TraceId, y.TraceId);
        return order != 0 ? order : string.CompareOrdinal(x.Text, y.Text);
    }));

    /// <summary>Traces analysed.</summary>
    public long Traces { get; internal set; }

    /// <summary>Traces read but filtered out.</summary>
    public long TracesLeftOut { get; internal set; }

    /// <summary>Spans analysed.</summary>
    public long Spans { get; internal set; }

    /// <summary>Traces with at least one failed span.</summary>
    public long FailedTraces { get; internal set; }

    /// <summary>Warnings, counted even when no longer kept.</summary>
    public long WarningCount { get; internal set; }

    /// <summary>Durations of the spans analyses started from.</summary>
    public DurationSamples Durations { get; } = new();

    /// <summary>Own time of all critical paths, microseconds.</summary>
    public long CriticalUs { get; internal set; }

    /// <summary>Database calls by service: how many in all traces.</summary>
    public SortedDictionary<string, long> Queries { get; } = new(StringComparer.Ordinal);

    /// <summary>Operations, those with most time on critical paths first.</summary>
    public IReadOnlyList<OperationStatistics> Operations =>
        [.. _operations.Values.OrderByDescending(entry => entry.CriticalUs).ThenByDescending(entry => entry.SelfUs)
            .ThenBy(entry => entry.Service, StringComparer.Ordinal).ThenBy(entry => entry.Operation, StringComparer.Ordinal)];

    /// <summary>Spans by the value of the attribute that was asked for.</summary>
    public IReadOnlyDictionary<string, OperationStatistics> Tags => _tags;

    /// <summary>Findings, those with most waste first.</summary>
    public IReadOnlyList<FindingGroup> Findings =>
        [.. _findings.Values.OrderByDescending(group => group.Waste.SumUs).ThenByDescending(group => group.Count).ThenBy(group => group.Fingerprint, StringComparer.Ordinal)];

    /// <summary>The first 1 000 warnings by trace id.</summary>
    public IReadOnlyList<TraceWarning> Warnings => [.. _warnings.Select(warning => new TraceWarning(warning.TraceId, warning.Text))];

    /// <summary>Statistics by call path.</summary>
    public CallPathTable CallPaths { get; } = new();

    /// <summary>Who calls whom.</summary>
    public ServiceMap Map { get; } = new();

    internal TextPool Names { get; set; } = Keys.NewNames();

    /// <summary>Adds another report. The other is not to be used afterwards.</summary>
    public void Add(TraceReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Traces += other.Traces;
        TracesLeftOut += other.TracesLeftOut;
        Spans += other.Spans;
        FailedTraces += other.FailedTraces;
        CriticalUs += other.CriticalUs;
        WarningCount += other.WarningCount;
        Durations.Add(other.Durations);
        foreach (var (service, count) in other.Queries)
            Queries[service] = Queries.GetValueOrDefault(service) + count;
        foreach (var entry in other._operations.Values)
            Operation(entry.Service, entry.Operation).Add(entry);
        foreach (var (value, entry) in other._tags)
            Tag(value).Add(entry);
        foreach (var group in other._findings.Values)
            Finding(group.Kind, group.Service, group.Operation, group.Pattern).Add(group);
        foreach (var warning in other._warnings)
            KeepWarning(warning);
        CallPaths.Add(other.CallPaths, Names);
        Map.Add(other.Map);
    }

    internal OperationStatistics Operation(string service, string operation)
    {
        if (!_operations.TryGetValue((service, operation), out var entry))
            _operations.Add((service, operation), entry = new OperationStatistics(service, operation));
        return entry;
    }

    internal OperationStatistics Tag(string value)
    {
        if (!_tags.TryGetValue(value, out var entry))
            _tags.Add(value, entry = new OperationStatistics(string.Empty, value));
        return entry;
    }

    internal FindingGroup Finding(DetectorKind kind, string service, string operation, string pattern)
    {
        var key = $"{(int)kind}\n{service}\n{operation}\n{pattern}";
        if (!_findings.TryGetValue(key, out var group))
            _findings.Add(key, group = new FindingGroup(kind, service, operation, pattern));
        return group;
    }

    internal void Warn(string traceId, string text)
    {
        WarningCount++;
        KeepWarning((traceId, text));
    }

    private void KeepWarning((string TraceId, string Text) warning)
    {
        _warnings.Add(warning);
        if (_warnings.Count > WarningsMax)
            _warnings.Remove(_warnings.Max);
    }
}
