using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Stages;

namespace Prunella.Commands.Playbooks;

/// <summary>
/// Plans the first action of a course on the real cluster, which sends dry runs only, and asks the gate about it as at stage Full
/// with nothing tried before: what stages, limits and breakers of a server would add is not known here.
/// </summary>
internal sealed class FirstStepJudge(ActionCatalogue catalogue, IWorkloadSource workloads)
{
    internal async Task<ExplainedVerdict> JudgeAsync(Target about, Finding finding, WorkloadState? workload, DateTimeOffset now, CancellationToken cancellation)
    {
        var step = finding.Course[0];
        var target = step.Target ?? about;
        var proposal = new Proposal
        {
            Incident = default, Action = step.Action, Target = target, Parameters = step.Parameters, Cause = finding.Diagnosis.Cause, Confidence = finding.Diagnosis.Confidence, ProposedBy = "explain", Why = step.Why,
        };
        var action = catalogue.Find(step.Action);
        ActionPlan? plan = null;
        var unplanned = "";
        try
        {
            if (catalogue.DriverOf(proposal) is { } driver) plan = await driver.PlanAsync(proposal, cancellation);
        }
        catch (ActionFailedException failed)
        {
            unplanned = failed.Message;
        }
        Surroundings? surroundings = null;
        try
        {
            surroundings = await workloads.SurveyAsync(target, cancellation);
        }
        catch (WorkloadUnreadableException)
        {
            // The gate says that they cannot be counted.
        }
        var state = new GateState
        {
            ReadAt = now, Action = action, Plan = plan, Workload = workload, TargetIsWorkload = GateStateReader.IsWorkload(target), Surroundings = surroundings,
            Stage = new StageState(StageState.ScopeOf(target.Namespace, action?.Class ?? ActionClass.NeedsApproval), Stage.Full, 100, now), Breakers = [], RecentAttempts = [],
        };
        var verdict = Gate.Judge(proposal, state, new GateOptions(), new BreakerOptions(), now);
        return new ExplainedVerdict(verdict.Kind, [.. verdict.Reasons.Select(reason => reason.Text), .. unplanned.Length > 0 ? [unplanned] : Array.Empty<string>()], plan?.Diff ?? "");
    }
}

/// <summary>What the gate says of the first action.</summary>
/// <param name="Verdict">At stage Full, with nothing tried before.</param>
/// <param name="Reasons">All of them.</param>
/// <param name="Diff">What would change.</param>
internal sealed record ExplainedVerdict(VerdictKind Verdict, IReadOnlyList<string> Reasons, string Diff);
