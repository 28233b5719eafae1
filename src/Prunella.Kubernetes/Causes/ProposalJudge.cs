using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Actions;
using Prunella.Kubernetes.Snapshot;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Stages;

namespace Prunella.Kubernetes.Causes;

/// <summary>A proposal with what the gate says of it.</summary>
/// <param name="Action">The action's name.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Class">Its class in the catalogue; null for an action that the catalogue does not know.</param>
/// <param name="Verdict">What the gate would answer at stage Full on these facts alone.</param>
/// <param name="Why">Why the action, and every reason of the gate.</param>
public sealed record JudgedProposal(string Action, IReadOnlyDictionary<string, string> Parameters, ActionClass? Class, VerdictKind Verdict, string Why);

/// <summary>
/// Asks the gate about a remedy without a server: on the snapshot's facts, as at stage Full, with no history of attempts. It
/// plans nothing and sends nothing, so what only a dry run, a stage, a limit or a breaker could say is not in the verdict.
/// </summary>
/// <param name="catalogue">The actions there are.</param>
/// <param name="options">The gate's bounds.</param>
public sealed class ProposalJudge(ActionCatalogue catalogue, GateOptions options)
{
    /// <summary>What the gate says of a remedy of a finding.</summary>
    public JudgedProposal Judge(ClusterSnapshot snapshot, CauseFinding finding, Remedy remedy)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(remedy);
        var about = remedy.Target ?? finding.Target;
        var target = new Target(Target.DefaultCluster, about.Namespace, about.Kind, about.Name);
        var proposal = new Proposal { Incident = default, Action = remedy.Action, Target = target, Parameters = remedy.Parameters, Cause = finding.Cause, Confidence = finding.Confidence, ProposedBy = $"cause:{finding.Cause}", Why = remedy.Why };
        var action = catalogue.Find(remedy.Action);
        var workload = GateStateReader.IsWorkload(target) ? WorkloadOf(snapshot, about, target) : null;
        var pods = snapshot.PodsOf(about).Where(pod => pod.Live).ToList();
        var state = new GateState
        {
            ReadAt = snapshot.TakenAt,
            Action = action,
            Plan = new ActionPlan { Proposal = proposal, Diff = remedy.Why, PodsTotal = pods.Count, ManagedBy = snapshot.ManagerOf(about), CumulativeGrowth = GrowthOf(snapshot, about, remedy) },
            Workload = workload,
            TargetIsWorkload = GateStateReader.IsWorkload(target),
            Surroundings = Surroundings(snapshot, about.Namespace),
            Stage = new StageState(StageState.ScopeOf(about.Namespace, action?.Class ?? ActionClass.NeedsApproval), Stage.Full, 100, snapshot.TakenAt),
            Breakers = [],
            RecentAttempts = [],
        };
        var verdict = Gate.Judge(proposal, state, options, new BreakerOptions(), snapshot.TakenAt);
        var reasons = verdict.Has(ReasonCode.AllClear) ? $"{remedy.Action} is safe, and nothing in these facts speaks against it" : string.Join("; ", verdict.Reasons.Select(reason => reason.Text));
        return new JudgedProposal(remedy.Action, remedy.Parameters, action is null ? null : Gate.ClassOf(action, options), verdict.Kind, Workloads.InertText.OneLine($"{remedy.Why} {reasons}.", 600));
    }

    private static WorkloadState? WorkloadOf(ClusterSnapshot snapshot, ObjectRef about, Target target)
    {
        if (snapshot.Find(about) is not { } found) return null;
        var ready = snapshot.PodsOf(about).Count(pod => pod.Ready && pod.Live);
        return new WorkloadState { Target = target, Uid = found.Uid, ReadAt = snapshot.TakenAt, Desired = found.Kind == "DaemonSet" ? found.Status["desiredNumberScheduled"].Int() : found.Spec["replicas"].Int(1), Ready = ready, ManagedBy = snapshot.ManagerOf(about) };
    }

    private static Surroundings Surroundings(ClusterSnapshot snapshot, string @namespace)
    {
        int mine = 0, mineUnhealthy = 0, all = 0, allUnhealthy = 0;
        foreach (var workload in snapshot.Of("Deployment").Concat(snapshot.Of("StatefulSet")).Concat(snapshot.Of("DaemonSet")))
        {
            var desired = workload.Kind == "DaemonSet" ? workload.Status["desiredNumberScheduled"].Int() : workload.Spec["replicas"].Int(1);
            if (desired == 0) continue;
            var unhealthy = (workload.Kind == "DaemonSet" ? workload.Status["numberReady"] : workload.Status["readyReplicas"]).Int() < desired ? 1 : 0;
            all++;
            allUnhealthy += unhealthy;
            if (workload.Namespace != @namespace) continue;
            mine++;
            mineUnhealthy += unhealthy;
        }
        return new Surroundings(mine, mineUnhealthy, all, allUnhealthy);
    }

    // What the action itself would remember: the present limit times its default factor, against the first one seen.
    private static double? GrowthOf(ClusterSnapshot snapshot, ObjectRef about, Remedy remedy)
    {
        if (remedy.Action is not "raise-memory-limit" and not "raise-cpu-limit" || snapshot.Find(about) is not { } found || !remedy.Parameters.TryGetValue("container", out var container)) return null;
        var resource = remedy.Action == "raise-memory-limit" ? "memory" : "cpu";
        var limit = ClusterSnapshot.Template(found)["spec"]["containers"].Items.All().FirstOrDefault(candidate => candidate["name"].Text == container)["resources"]["limits"][resource];
        if (limit.Quantity is not { } present) return null;
        var annotations = new JsonObject();
        foreach (var (name, value) in found.Annotations.Texts) annotations[name] = value;
        var live = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
        var factor = remedy.Parameters.TryGetValue("factor", out var asked) && double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1.5;
        var next = resource == "memory" ? Quantity.FromBytes(present * factor) : Quantity.FromCores(present * factor);
        return Growth.Step(live, $"{resource}-limit", container, limit.Text, next).Factor;
    }
}
