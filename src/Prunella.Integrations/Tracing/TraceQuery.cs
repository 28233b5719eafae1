namespace Prunella.Integrations.Tracing;

/// <summary>Which traces are asked of a tracing system.</summary>
/// <param name="Service">The service; Jaeger needs one.</param>
/// <param name="From">The earliest start.</param>
/// <param name="To">The latest start.</param>
public sealed record TraceQuery(string? Service, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The operation, or null.</summary>
    public string? Operation { get; init; }

    /// <summary>The shortest duration, or null.</summary>
    public TimeSpan? MinDuration { get; init; }

    /// <summary>Traces at most.</summary>
    /// <value>Default 200.</value>
    public int Limit { get; init; } = 200;
}
