using Prunella.Incidents;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Approvals;

/// <summary>
/// Writes what a person who is asked for an approval should know. Advice only: it is shown, and no rule reads it.
/// Implementations are thread-safe, bounded in time, and never throw but for a cancellation.
/// </summary>
public interface IApprovalAdviser
{
    /// <summary>Advises on one proposal.</summary>
    Task<ApprovalAdvice> AdviseAsync(Incident incident, Proposal proposal, ActionDescriptor? action, ActionPlan? plan, CancellationToken cancellation);
}

/// <summary>What is added to an approval request.</summary>
/// <param name="Recommendation">Whether to approve, what to check first, what could be done instead.</param>
/// <param name="Risks">What could go wrong, the catalogue's words included.</param>
public sealed record ApprovalAdvice(string Recommendation, string Risks);
