using System.Security.Cryptography;
using System.Text;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Detectors;

/// <summary>Where a finding was seen, with ids to look it up by.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="SpanIds">The spans, the first 20 of them, by start.</param>
/// <param name="WasteUs">Microseconds wasted there.</param>
/// <param name="GainUs">What the trace would gain, microseconds; -1 when it cannot be told.</param>
/// <param name="Detail">More, for people; null when there is none.</param>
public sealed record FindingExample(string TraceId, IReadOnlyList<string> SpanIds, long WasteUs, long GainUs, string? Detail);

/// <summary>One finding over many traces: the same pattern at the same place.</summary>
public sealed class FindingGroup
{
    private const int ExamplesMax = 3;

    internal FindingGroup(DetectorKind kind, string service, string operation, string pattern)
    {
        Kind = kind;
        Service = service;
        Operation = operation;
        Pattern = pattern;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{DetectorNames.Of(kind)}\n{service}\n{operation}\n{pattern}"));
        Fingerprint = Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    /// <summary>16 hex digits that stay the same from run to run: detector, service, operation, pattern.</summary>
    public string Fingerprint { get; }

    /// <summary>The detector.</summary>
    public DetectorKind Kind { get; }

    /// <summary>The service at fault.</summary>
    public string Service { get; }

    /// <summary>Its operation.</summary>
    public string Operation { get; }

    /// <summary>The normalised statement, URL or operation.</summary>
    public string Pattern { get; }

    /// <summary>Occurrences.</summary>
    public long Count { get; internal set; }

    /// <summary>Traces with at least one.</summary>
    public long Traces { get; internal set; }

    /// <summary>Spans in all occurrences.</summary>
    public long Spans { get; internal set; }

    /// <summary>Microseconds wasted per occurrence.</summary>
    public DurationSamples Waste { get; } = new();

    /// <summary>What a trace would gain if the advice were followed, microseconds, by re-timing; per occurrence.</summary>
    public DurationSamples Gain { get; } = new();

    /// <summary>That gain in millionths of the trace's duration.</summary>
    public DurationSamples GainShare { get; } = new();

    /// <summary>Up to three examples, the worst first.</summary>
    public IReadOnlyList<FindingExample> Examples => ExampleList;

    /// <summary>The language of the service, when its spans say; lower case.</summary>
    public string? Language { get; internal set; }

    internal List<FindingExample> ExampleList { get; } = [];

    internal string LastTrace { get; set; } = string.Empty;

    /// <summary>Whether an example with this waste would be kept; asked before its texts are made.</summary>
    internal bool WantsExample(long waste, string traceId) =>
        ExampleList.Count < ExamplesMax || waste > ExampleList[^1].WasteUs ||
        (waste == ExampleList[^1].WasteUs && string.CompareOrdinal(traceId, ExampleList[^1].TraceId) < 0);

    internal void AddExample(FindingExample example)
    {
        ExampleList.Add(example);
        ExampleList.Sort((x, y) =>
        {
            var order = y.WasteUs.CompareTo(x.WasteUs);
            if (order == 0)
                order = string.CompareOrdinal(x.TraceId, y.TraceId);
            return order != 0 ? order : string.CompareOrdinal(string.Join(',', x.SpanIds), string.Join(',', y.SpanIds));
        });
        if (ExampleList.Count > ExamplesMax)
            ExampleList.RemoveAt(ExamplesMax);
    }

    internal void Add(FindingGroup other)
    {
        Count += other.Count;
        Traces += other.Traces;
        Spans += other.Spans;
        Waste.Add(other.Waste);
        Gain.Add(other.Gain);
        GainShare.Add(other.GainShare);
        if (Language is null || (other.Language is not null && string.CompareOrdinal(other.Language, Language) < 0))
            Language = other.Language ?? Language;
        foreach (var example in other.ExampleList)
            AddExample(example);
    }
}
