using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Recommending;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;

namespace Prunella.Reasoning;

/// <summary>Puts a recommendation on each approval request, a model's or the built-in one, and says which.</summary>
internal sealed class ServerAdviser(Recommender recommender, ActionCatalogue catalogue) : IApprovalAdviser
{
    private const string UnknownRisk = "The action is unknown to the catalogue; nothing can carry it out.";

    public async Task<ApprovalAdvice> AdviseAsync(Incident incident, Proposal proposal, ActionDescriptor? action, ActionPlan? plan, CancellationToken cancellation)
    {
        var told = await recommender.AdviseAsync(incident, proposal, action, plan, catalogue.All, cancellation);
        var advice = told.Value;
        var by = told.Note.Length == 0 ? $"Advice of {told.By}, which decides nothing" : told.Note == NoModel.Text ? "Advice by built-in rules" : $"Advice by built-in rules ({told.Note})";
        var text = $"{by}: {advice.Verdict}. {advice.Why}";
        if (advice.CheckFirst.Count > 0) text += $"\nCheck first: {string.Join(" ", advice.CheckFirst)}";
        if (advice.Alternatives.Count > 0) text += $"\nInstead: {string.Join("; ", advice.Alternatives.Select(alternative => $"{alternative.Action} ({alternative.Why})"))}";
        // The catalogue's own words on risks stand whatever a model says.
        var known = action is null ? UnknownRisk : action.Risks;
        return new ApprovalAdvice(text, string.Join(' ', advice.Risks.Prepend(known).Where(risk => risk.Length > 0).Distinct(StringComparer.Ordinal)));
    }
}
