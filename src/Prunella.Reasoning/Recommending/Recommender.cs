using System.Globalization;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Recommending;

/// <summary>Advises the person who is asked for an approval: by a model where one answers, by rules otherwise. Approves nothing. Thread-safe.</summary>
public sealed class Recommender(IReasoner reasoner)
{
    /// <summary>Advises.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="proposal">What is asked for.</param>
    /// <param name="action">Its entry of the catalogue; null for an unknown action.</param>
    /// <param name="plan">What it would do; null when it could not be planned.</param>
    /// <param name="catalogue">The catalogue of actions, forbidden entries included; those are never alternatives.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<Recommendation>> AdviseAsync(
        Incident incident, Proposal proposal, ActionDescriptor? action, ActionPlan? plan, IReadOnlyList<ActionDescriptor> catalogue, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incident);
        ArgumentNullException.ThrowIfNull(proposal);
        var builtIn = BuiltInRecommendation.Of(incident, proposal, action, plan);
        var offered = catalogue.Where(entry => entry.Class != ActionClass.Forbidden && entry.Name != proposal.Action && (entry.TargetKinds.Count == 0 || entry.TargetKinds.Contains(incident.Target.Kind))).ToList();
        var question = new ModelQuestion<Recommendation>
        {
            Task = ReasoningTasks.Recommend,
            Subject = incident.Id.ToString(),
            Catalogues = [new DataBlock("alternatives in the catalogue", string.Join('\n', offered.Select(entry => $"{entry.Name} ({entry.Class}): {entry.Summary}")))],
            Data =
            [
                new DataBlock("action", Describe(proposal, action, plan)),
                .. IncidentFacts.Blocks(incident, []),
            ],
            Read = json => Check(json, offered),
        };
        return Told<Recommendation>.Of(await reasoner.AskAsync(question, cancellation).ConfigureAwait(false), builtIn);
    }

    private static Read<Recommendation> Check(JsonElement json, List<ActionDescriptor> offered)
    {
        var read = AnswerForm.Read<Recommendation>(json).Value!;
        var unknown = read.Alternatives.Select(alternative => alternative.Action).Where(name => name != Alternative.Wait && offered.TrueForAll(entry => entry.Name != name)).ToList();
        return unknown.Count == 0 ? read : new Read<Recommendation>(null, $"alternatives: {string.Join(", ", unknown)} are not in the catalogue of alternatives");
    }

    private static string Describe(Proposal proposal, ActionDescriptor? action, ActionPlan? plan) => string.Create(CultureInfo.InvariantCulture,
        $"{proposal.Action} on {proposal.Target}\nparameters: {string.Join(", ", proposal.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))}\nwhy: {proposal.Why}\nconfidence of the diagnosis: {proposal.Confidence:0.00}\n")
        + (action is null ? "It is not in the catalogue.\n" : $"does: {action.Summary}\nclass: {action.Class}\nradius: {action.Radius}\nreversible: {action.Reversible}\nknown risks: {action.Risks}\n")
        + (plan is null ? "It could not be planned.\n" : $"pods affected: {plan.PodsAffected} of {plan.PodsTotal}\nchange:\n{plan.Diff}\n");
}
