namespace Prunella.Incidents;

/// <summary>One observed fact. Text may quote hostile input; it is data and is shown inert.</summary>
/// <param name="Source">Where it was read: <c>kubernetes/pod</c>, <c>kubernetes/event</c>, <c>log</c>, <c>prometheus</c>, <c>health</c>, <c>trace</c>.</param>
/// <param name="Object">The object or query that it was read from: <c>shop/api-server-5d9f</c>, a PromQL expression, a URL.</param>
/// <param name="Text">The fact in words.</param>
/// <param name="Time">When the fact was true, by its source's clock.</param>
public sealed record Evidence(string Source, string Object, string Text, DateTimeOffset Time)
{
    /// <summary>The measured value where the fact is a number.</summary>
    public double? Value { get; init; }

    /// <summary>The unit of <see cref="Value"/>: <c>B</c>, <c>B/min</c>, <c>1</c> (a ratio), <c>s</c>.</summary>
    public string? Unit { get; init; }
}
