using Prunella.Remediation.Stages;

namespace Prunella.Api;

/// <summary>A person's answer to an approval request.</summary>
internal sealed record DecisionRequest(bool Approve, string? Reason);

/// <summary>An incident noticed by a person.</summary>
internal sealed record ReportRequest(string? Kind, string? Namespace, string? Name, string? Summary, string? Severity, string? Alert);

/// <summary>A person looks at an incident.</summary>
internal sealed record AcknowledgeRequest(string? Note);

/// <summary>Whether Prunella was right about an incident.</summary>
internal sealed record FeedbackRequest(bool? Right, string? Reason);

/// <summary>What became of a report: the signal, which the engine now correlates.</summary>
internal sealed record ReportReceipt(string Signal, bool New);

/// <summary>Closes a breaker by hand.</summary>
internal sealed record BreakerResetRequest(string? Scope, string? Reason);

/// <summary>Sets a stage.</summary>
internal sealed record StageRequest(string? Scope, Stage? Stage, int? CanaryPercent, string? Reason);

/// <summary>Turns the kill switch.</summary>
internal sealed record KillSwitchRequest(bool? On, string? Reason);

/// <summary>Makes a token.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">viewer, approver, operator, admin or webhook.</param>
/// <param name="ExpiresInSeconds">After which it no longer holds; null for never.</param>
internal sealed record TokenRequest(string? Name, string? Role, long? ExpiresInSeconds);

/// <summary>A new token, shown once.</summary>
internal sealed record TokenCreated(string Name, string Role, string Token);
