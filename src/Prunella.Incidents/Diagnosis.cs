namespace Prunella.Incidents;

/// <summary>What is believed to be wrong, why, and what else was considered.</summary>
public sealed record Diagnosis
{
    /// <summary>An id of the cause catalogue: <c>oom-killed</c>, <c>connection-pool-exhausted</c>; <see cref="Unknown"/> when nothing was recognised.</summary>
    public required string Cause { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>What decided it: <c>playbook:connection-pool</c>, <c>cause:oom-killed</c>, <c>model</c>, <c>person:ana</c>.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>The facts it rests on, strongest first.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Other causes considered.</summary>
    public IReadOnlyList<RejectedCause> Rejected { get; init; } = [];

    /// <summary>The cause when nothing was recognised.</summary>
    public const string Unknown = "unknown";
}

/// <summary>A cause that was considered and not chosen.</summary>
/// <param name="Cause">Its id.</param>
/// <param name="Why">Which fact speaks against it.</param>
public sealed record RejectedCause(string Cause, string Why);
