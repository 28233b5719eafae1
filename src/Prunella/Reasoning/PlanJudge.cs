using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Planning;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;

namespace Prunella.Reasoning;

/// <summary>A step of a plan with what the gate says of it at this moment.</summary>
internal sealed record JudgedStep(int Number, string Action, IReadOnlyDictionary<string, string> Parameters, string Class, VerdictKind Verdict, IReadOnlyList<string> Reasons, string Why, string Check);

/// <summary>
/// Says what the gate would answer to each step of a plan, were it proposed now: planned by dry runs, judged with the present stage, limits
/// and breakers. Writes nothing and proposes nothing: whether a step is taken is not decided here.
/// </summary>
internal sealed class PlanJudge(ActionCatalogue catalogue, GateStateReader states, GateOptions gate, BreakerOptions breakers, TimeProvider time)
{
    internal async Task<IReadOnlyList<JudgedStep>> JudgeAsync(Incident incident, IncidentPlan plan, string by, CancellationToken cancellation)
    {
        List<JudgedStep> judged = [];
        foreach (var step in plan.Steps) judged.Add(await JudgeAsync(incident, step, judged.Count + 1, by, cancellation));
        return judged;
    }

    private async Task<JudgedStep> JudgeAsync(Incident incident, PlannedStep step, int number, string by, CancellationToken cancellation)
    {
        var target = incident.Course.FirstOrDefault(course => course.Action == step.Action)?.Target ?? incident.Target;
        var proposal = new Proposal
        {
            Incident = incident.Id, Action = step.Action, Target = target, Parameters = step.Parameters, Cause = incident.Diagnosis?.Cause ?? Diagnosis.Unknown, Confidence = incident.Diagnosis?.Confidence ?? 0,
            ProposedBy = $"plan:{by}", Why = step.Why, AttemptNumber = incident.Attempts.Count + number,
        };
        var action = catalogue.Find(step.Action);
        ActionPlan? planned = null;
        var unplanned = "";
        try
        {
            if (catalogue.DriverOf(proposal) is { } driver) planned = await driver.PlanAsync(proposal, cancellation);
        }
        catch (ActionFailedException failed)
        {
            unplanned = failed.Message;
        }
        var verdict = Gate.Judge(proposal, await states.ReadAsync(proposal, action, planned, execution: null, cancellation), gate, breakers, time.GetUtcNow());
        return new JudgedStep(number, step.Action, step.Parameters, action is null ? "Unknown" : Gate.ClassOf(action, gate).ToString(), verdict.Kind, [.. verdict.Reasons.Select(reason => reason.Text), .. unplanned.Length > 0 ? [unplanned] : Array.Empty<string>()], step.Why, step.Check);
    }
}
