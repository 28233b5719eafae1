namespace Prunella.Incidents;

/// <summary>Identifies one accepted signal. Time-ordered (UUID version 7).</summary>
public readonly record struct SignalId(Guid Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>Identifies one incident. Time-ordered (UUID version 7).</summary>
public readonly record struct IncidentId(Guid Value)
{
    /// <summary>The first 32 and the last 32 bits in hex, short enough to say aloud: <c>inc-0199a1b2-5e6f7a8b</c>.</summary>
    public string Short => string.Concat("inc-", ToString().AsSpan(0, 8), "-", ToString().AsSpan(24, 8));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>Identifies one execution; written on the object acted on where it can be.</summary>
public readonly record struct ExecutionId(Guid Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>Identifies one approval request.</summary>
public readonly record struct ApprovalId(Guid Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}
