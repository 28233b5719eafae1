using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Recommending;

/// <summary>Advice on an approval, by rules. Pure.</summary>
internal static class BuiltInRecommendation
{
    private const double SureMin = 0.8;
    private const double DoubtBelow = 0.5;

    internal static Recommendation Of(Incident incident, Proposal proposal, ActionDescriptor? action, ActionPlan? plan)
    {
        var failed = incident.Attempts.Where(attempt => attempt.Validation is { } result && result != ValidationResult.Fixed).ToList();
        var verdict = action is null || plan is null || plan.Blockers.Count > 0 ? "reject"
            : proposal.Confidence < DoubtBelow || failed.Exists(attempt => attempt.Proposal.Action == proposal.Action) ? "unsure"
            : proposal.Confidence >= SureMin || action.Reversible ? "approve" : "unsure";
        return new Recommendation(verdict, Why(verdict, proposal, action, plan, failed), Risks(incident, proposal, action, plan), Checks(incident, proposal, plan), Alternatives(incident, proposal));
    }

    private static string Why(string verdict, Proposal proposal, ActionDescriptor? action, ActionPlan? plan, List<Attempt> failed)
    {
        var sure = string.Create(CultureInfo.InvariantCulture, $"The diagnosis ({proposal.Cause.Replace('-', ' ')}) has a confidence of {proposal.Confidence:0.00}");
        if (action is null) return "The action is in no catalogue; nothing can carry it out.";
        if (plan is null) return "What it would do could not be planned.";
        if (plan.Blockers.Count > 0) return $"It is blocked: {string.Join("; ", plan.Blockers)}.";
        return verdict switch
        {
            "approve" => $"{sure}, and {(action.Reversible ? "the action can be undone" : "the facts support it")}.",
            _ when failed.Exists(attempt => attempt.Proposal.Action == proposal.Action) => $"{proposal.Action} did not help before in this incident. {sure}.",
            _ => $"{sure}{(action.Reversible ? "" : ", and the action cannot be undone")}.",
        };
    }

    private static List<string> Risks(Incident incident, Proposal proposal, ActionDescriptor? action, ActionPlan? plan)
    {
        List<string> risks = [];
        if (action is null) return risks;
        if (action.Risks.Length > 0) risks.Add(action.Risks);
        if (!action.Reversible) risks.Add("It cannot be undone.");
        if (plan is { PodsAffected: > 0 }) risks.Add(string.Create(CultureInfo.InvariantCulture, $"It disturbs {plan.PodsAffected} of {plan.PodsTotal} pods{(action.Radius == BlastRadius.Workload ? ", in a rollout" : "")}."));
        if (action.Radius is BlastRadius.Node or BlastRadius.Dependency) risks.Add($"More than {proposal.Target} depends on it.");
        if (incident.Severity == Severity.Critical) risks.Add("Waiting has a price too: the incident is critical.");
        return risks;
    }

    private static List<string> Checks(Incident incident, Proposal proposal, ActionPlan? plan)
    {
        List<string> checks = [.. IncidentFacts.Numbered(incident).Take(2).Select(fact => $"Still true? {fact.Object}: {fact.Text}")];
        if (plan is { Diff.Length: > 0 }) checks.Add("Read the change below.");
        if (proposal.Action.Contains("rollback", StringComparison.Ordinal)) checks.Add("Has the newer revision changed a database's schema?");
        if (proposal.Action.Contains("database", StringComparison.Ordinal)) checks.Add("Is a failover or a backup running?");
        return checks;
    }

    private static List<Alternative> Alternatives(Incident incident, Proposal proposal)
    {
        List<Alternative> alternatives = [.. incident.Course.Skip(incident.StepIndex + 1).Where(step => step.Action != proposal.Action).Take(2).Select(step => new Alternative(step.Action, step.Why.Length > 0 ? step.Why : "The next step of the course."))];
        alternatives.Add(new Alternative(Alternative.Wait, "Silence is a rejection: it escalates to a person with all evidence."));
        return alternatives;
    }
}
