using CsCheck;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Tests.Judging;

/// <summary>Everything the gate could be given, drawn so that each rule is met often and all-clear is met too.</summary>
internal static class GateWorld
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    internal static readonly Target Target = new("default", "shop", "Deployment", "api");
    internal static readonly GateOptions Options = new();
    internal static readonly BreakerOptions Breakers = new();

    internal sealed record Case(Proposal Proposal, GateState State);

    internal static readonly Gen<Case> Cases =
        from action in OneOf("restart-pod", "raise-memory-limit", "rollback-rollout", "delete-namespace", "Delete_Database", "no-such-action")
        from descriptor in Gen.Frequency((8, Gen.Const(true)), (1, Gen.Const(false)))
        from confidence in Gen.Frequency((8, Gen.Const(0.9)), (1, Gen.Double[0, 1]), (1, Gen.Const(double.NaN)))
        from parameters in Gen.Frequency((9, Gen.Const(0)), (1, Gen.Int[1, 3]))
        from kill in Rarely
        from plan in Plans
        from stage in Stages
        from breakers in BreakerStates.Array[3]
        from attempts in Gen.Frequency((6, Gen.Const(0)), (4, Gen.Int[0, 9])).SelectMany(count => Gen.Frequency((1, Gen.Int[-600, 90_000]), (2, Gen.Int[300, 4_500])).Select(seconds => Now.AddSeconds(-seconds)).Array[count])
        from flags in Gen.Int[0, 9].Array[6]
        from surroundings in Gen.Frequency((9, Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], (total, unhealthy) => new Surroundings(total, Math.Min(total, unhealthy / 3), total, Math.Min(total, unhealthy)))!), (1, Gen.Const((Surroundings?)null)!))
        from approval in ApprovalKinds
        select Make(action, descriptor, confidence, parameters, kill, plan, stage, breakers, attempts, flags, surroundings, approval);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<bool> Rarely => Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)));

    private static Gen<StageState> Stages => Gen.Frequency(
        (6, Gen.Const(new StageState("*/*", Stage.Full, 0, Now))),
        (4, Gen.Select(OneOf(Stage.Shadow, Stage.DryRun, Stage.Canary, Stage.Full, (Stage)9), Gen.Int[0, 100], (stage, percent) => new StageState("*/*", stage, percent, Now))));

    private static Gen<BreakerState> BreakerStates => Gen.Frequency(
        (12, Gen.Const(BreakerState.Fresh("global"))),
        (1, Gen.Int[-100, 4_000].Select(seconds => new BreakerState("global", BreakerPhase.Open, Now.AddSeconds(-seconds)))),
        (1, Gen.Bool.Select(taken => new BreakerState("global", BreakerPhase.HalfOpen, Now.AddHours(-1)) { Trial = taken ? new ExecutionId(Guid.Parse("11111111-1111-1111-1111-111111111111")) : null })));

    private static Gen<ActionPlan?> Plans => Gen.Frequency<ActionPlan?>(
        (1, Gen.Const((ActionPlan?)null)),
        (12, Gen.Select(Gen.Int[0, 4], Gen.Int[1, 6], Gen.Int[0, 2], Gen.Int[0, 12], Gen.Double[0.5, 5], (affected, total, notReady, odd, growth) => (ActionPlan?)new ActionPlan
        {
            Proposal = null!, Diff = "diff", PodsAffected = odd >= 9 ? affected : Math.Min(affected, 1), PodsTotal = total, PodsAffectedNotReady = Math.Min(notReady, affected),
            ManagedBy = odd == 8 ? "Helm" : null, DisruptionAllowed = odd == 7 ? false : null, CumulativeGrowth = odd == 6 ? null : odd == 5 ? growth : 1.5, Blockers = odd == 4 ? ["no room"] : [],
        })));

    private static Gen<int> ApprovalKinds => Gen.Frequency((5, Gen.Const(0)), (5, Gen.Int[1, 8]));

    private static Case Make(
        string action, bool known, double confidence, int parameters, bool kill, ActionPlan? plan, StageState stage, BreakerState[] breakers,
        DateTimeOffset[] attempts, int[] flags, Surroundings? surroundings, int approval)
    {
        var proposal = new Proposal
        {
            Incident = new IncidentId(Guid.Parse("22222222-2222-2222-2222-222222222222")), Action = action, Target = Target, Cause = "c", Confidence = confidence, ProposedBy = "playbook:x",
            Parameters = parameters switch { 1 => Of("replicas", "many"), 2 => Of("unheard-of", "1"), 3 => Of("replicas", "5"), _ => Of() },
        };
        ActionDescriptor? descriptor = !known || action == "no-such-action" ? null : new ActionDescriptor
        {
            Name = action, Summary = "s", Radius = BlastRadius.Pod, Disruptive = action == "restart-pod",
            Class = action switch { "restart-pod" or "raise-memory-limit" => ActionClass.Safe, "rollback-rollout" => ActionClass.NeedsApproval, _ => ActionClass.Forbidden },
            Grows = action == "raise-memory-limit" ? "memory" : null, PatchesSpecification = action != "restart-pod", TargetKinds = flags[5] == 9 ? ["StatefulSet"] : [],
            Parameters = [new ParameterDescriptor("replicas", ParameterKind.Integer, "replicas") { Minimum = 1, Maximum = 10 }],
        };
        return new Case(proposal, new GateState
        {
            ReadAt = flags[0] == 9 ? Now.AddMinutes(-5) : Now, Action = descriptor, Plan = plan is null ? null : plan with { Proposal = proposal },
            Workload = flags[1] == 9 ? null : new WorkloadState { Target = Target, Uid = "u", ReadAt = Now, Desired = 3, Ready = flags[1] % 4 },
            Surroundings = surroundings, KillSwitch = kill ? "drill" : null, Stage = stage, Breakers = breakers, WindowClosed = flags[2] == 9 ? "frozen" : null,
            TargetBusy = flags[3] == 9, RecentAttempts = attempts, NamespaceBusyWorkloads = flags[4] == 9 ? 2 : 0, BusyWorkloads = flags[4] == 8 ? 5 : 0,
            Approval = ApprovalOf(proposal, approval), Execution = null,
        });
    }

    private static SortedDictionary<string, string> Of(params string[] pairs) =>
        pairs.Length == 0 ? new(StringComparer.Ordinal) : new(StringComparer.Ordinal) { [pairs[0]] = pairs[1] };

    internal static Approval? ApprovalOf(Proposal proposal, int kind)
    {
        if (kind == 0) return null;
        var good = new Approval
        {
            Id = new ApprovalId(Guid.Empty), Incident = proposal.Incident, Digest = proposal.Digest, Action = proposal.Action, Target = proposal.Target, Recommendation = "r",
            RequestedAt = Now.AddMinutes(-1), ExpiresAt = Now.AddMinutes(4), State = ApprovalState.Approved, ApprovedBy = ["ana"], DecidedBy = "ana", DecidedAt = Now.AddSeconds(-10),
        };
        return kind switch
        {
            1 => good with { Digest = "other" },
            2 => good with { ExpiresAt = Now },
            3 => good with { ApprovedBy = ["Prunella"] },
            4 => good with { State = ApprovalState.Rejected },
            5 => good with { ApproversNeeded = 2, ApprovedBy = ["ana", "ANA"] },
            _ => good,
        };
    }
}
