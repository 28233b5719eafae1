namespace Prunella.Traces.Scenarios;

/// <summary>A span to be written in any wire format. Times in microseconds; tags as text, the error as a flag.</summary>
internal sealed class SpanSpec
{
    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    public string? ParentId { get; set; }

    public required string Service { get; init; }

    public required string Operation { get; init; }

    public long StartUs { get; set; }

    public long DurationUs { get; set; }

    /// <summary>internal, server, client, producer, consumer; null when not said.</summary>
    public string? Kind { get; init; }

    public bool Error { get; set; }

    public bool FollowsFrom { get; init; }

    public string? Host { get; init; }

    public List<(string Key, object Value)> Tags { get; init; } = [];

    public long EndUs => StartUs + DurationUs;
}
