namespace Prunella.Incidents.Escalation;

/// <summary>Delivers escalations and approval requests to people. May be called again with the same message: deliver once per incident and step.</summary>
public interface IEscalationSink
{
    /// <summary>The sink's name in the ledger: <c>log</c>, <c>webhook</c>, <c>slack</c>, <c>pagerduty</c>.</summary>
    string Name { get; }

    /// <summary>Delivers one notice.</summary>
    /// <exception cref="EscalationFailedException">It could not be delivered; it will be tried again.</exception>
    Task DeliverAsync(Notice notice, CancellationToken cancellation);
}

/// <summary>What a notice is about.</summary>
public enum NoticeKind
{
    /// <summary>A person has to take over.</summary>
    Escalated,

    /// <summary>An approval is asked.</summary>
    ApprovalAsked,

    /// <summary>An approval was decided or expired.</summary>
    ApprovalSettled,

    /// <summary>The incident was resolved.</summary>
    Resolved,

    /// <summary>A person looks at the incident.</summary>
    Acknowledged,

    /// <summary>What happened since the last such notice, in a few lines.</summary>
    Digest,

    /// <summary>A breaker opened, the storm pause began, or the kill switch changed.</summary>
    Safety,
}

/// <summary>One message to people: everything a person needs at 3 a.m.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Key">Identity of the incident and step; the same key is delivered once.</param>
/// <param name="Incident">The incident; null for safety notices.</param>
/// <param name="Title">One line.</param>
/// <param name="Body">Evidence, what was tried, what is advised next; plain text.</param>
/// <param name="At">When it was raised.</param>
public sealed record Notice(NoticeKind Kind, string Key, IncidentId? Incident, string Title, string Body, DateTimeOffset At)
{
    /// <summary>How much it matters.</summary>
    public Severity Severity { get; init; } = Severity.Warning;

    /// <summary>What is asked, where an approval is; null otherwise.</summary>
    public ApprovalAsk? Approval { get; init; }
}

/// <summary>A notice could not be delivered.</summary>
public sealed class EscalationFailedException(string message, Exception? inner = null) : Exception(message, inner);
