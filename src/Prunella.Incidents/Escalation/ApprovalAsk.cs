namespace Prunella.Incidents.Escalation;

/// <summary>What a person needs to decide about a proposed action, wherever they are asked.</summary>
/// <param name="Id">The approval request.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Target">To what.</param>
/// <param name="Recommendation">What Prunella recommends and why.</param>
/// <param name="Risks">What could go wrong.</param>
/// <param name="Diff">What would change; empty when unknown.</param>
/// <param name="ExpiresAt">When silence becomes a rejection.</param>
/// <param name="ApproversNeeded">Different people who have to approve.</param>
public sealed record ApprovalAsk(string Id, string Action, string Target, string Recommendation, string Risks, string Diff, DateTimeOffset ExpiresAt, int ApproversNeeded);
