using CsCheck;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Tests.Judging;

/// <summary>The safety rules of the design, restated independently of the gate and held against it on drawn states.</summary>
public class GateTests
{
    private const int CasesMin = 20_000;

    private static Verdict Judge(GateWorld.Case drawn) => Gate.Judge(drawn.Proposal, drawn.State, GateWorld.Options, GateWorld.Breakers, GateWorld.Now);

    [Fact]
    public void Rule1_Forbidden_IsAlwaysRefused() =>
        GateWorld.Cases.Where(drawn => ForbiddenActions.IsForbidden(drawn.Proposal.Action)).Sample(drawn => Judge(drawn).Kind.ShouldBe(VerdictKind.Refuse), iter: CasesMin);

    [Fact]
    public void Rule2_UnknownOrApprovalClass_NeverExecutesWithoutValidApproval() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind != VerdictKind.Execute) return;
                drawn.State.Action.ShouldNotBeNull();
                if (drawn.State.Action.Class == ActionClass.Safe && drawn.Proposal.Confidence >= 0.7) return;
                var approval = drawn.State.Approval.ShouldNotBeNull();
                approval.State.ShouldBe(ApprovalState.Approved);
                approval.Digest.ShouldBe(drawn.Proposal.Digest);
                approval.ExpiresAt.ShouldBeGreaterThan(GateWorld.Now);
                approval.ApprovedBy.Where(name => !name.Trim().Equals("prunella", StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBeGreaterThanOrEqualTo(approval.ApproversNeeded);
            },
            iter: CasesMin);

    [Fact]
    public void Rule3_SwitchBreakerStageWindow_StopExecution() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind != VerdictKind.Execute) return;
                drawn.State.KillSwitch.ShouldBeNull();
                drawn.State.WindowClosed.ShouldBeNull();
                foreach (var breaker in drawn.State.Breakers)
                    (breaker.Phase == BreakerPhase.Closed || (GateWorld.Now - breaker.Since >= TimeSpan.FromMinutes(30) && breaker.Trial is null)).ShouldBeTrue();
                (drawn.State.Stage.Stage == Stage.Full || (drawn.State.Stage.Stage == Stage.Canary && StageState.BucketOf(GateWorld.Target) < drawn.State.Stage.CanaryPercent)).ShouldBeTrue();
            },
            iter: CasesMin);

    [Fact]
    public void Rule4_BlastRadiusAndStorm_StopExecution() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind != VerdictKind.Execute) return;
                var around = drawn.State.Surroundings.ShouldNotBeNull();
                (around.NamespaceUnhealthy >= 4 && around.NamespaceUnhealthy * 2 > around.NamespaceTotal).ShouldBeFalse();
                (around.ClusterUnhealthy >= 4 && around.ClusterUnhealthy * 2 > around.ClusterTotal).ShouldBeFalse();
                drawn.State.NamespaceBusyWorkloads.ShouldBeLessThan(2);
                drawn.State.BusyWorkloads.ShouldBeLessThan(5);
                var plan = drawn.State.Plan.ShouldNotBeNull();
                plan.DisruptionAllowed.ShouldNotBe(false);
                if (drawn.State.Action!.Disruptive) (plan.PodsAffected - plan.PodsAffectedNotReady).ShouldBeLessThanOrEqualTo(Math.Max(1, (int)(plan.PodsTotal * 0.34)));
            },
            iter: CasesMin);

    [Fact]
    public void Rule5_BusyTargetCooldownLimitsGrowth_StopExecution() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind != VerdictKind.Execute) return;
                drawn.State.TargetBusy.ShouldBeFalse();
                var ages = drawn.State.RecentAttempts.Select(at => GateWorld.Now - at).ToList();
                ages.Count(age => age < TimeSpan.FromHours(1)).ShouldBeLessThan(3);
                var day = ages.Count(age => age < TimeSpan.FromDays(1));
                day.ShouldBeLessThan(7);
                if (day > 0) ages.Min().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(Math.Min(60, Math.Pow(2, day - 1))));
                if (drawn.State.Action!.Grows is not null) drawn.State.Plan!.CumulativeGrowth.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(3.0);
            },
            iter: CasesMin);

    [Fact]
    public void Rule9_ManagedObject_IsNotPatched() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind == VerdictKind.Execute && drawn.State.Action!.PatchesSpecification) drawn.State.Plan!.ManagedBy.ShouldBeNull();
            },
            iter: CasesMin);

    [Fact]
    public void Rule10_MissingOrStaleFact_StopsExecution() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                if (Judge(drawn).Kind != VerdictKind.Execute) return;
                drawn.State.Workload.ShouldNotBeNull();
                drawn.State.Plan.ShouldNotBeNull().Blockers.ShouldBeEmpty();
                drawn.State.ReadAt.ShouldBe(GateWorld.Now);
                double.IsNaN(drawn.Proposal.Confidence).ShouldBeFalse();
                drawn.State.Action!.TargetKinds.ShouldNotContain("StatefulSet");
                (drawn.Proposal.Parameters.Count == 0 || drawn.Proposal.Parameters.GetValueOrDefault("replicas") == "5").ShouldBeTrue();
            },
            iter: CasesMin);

    [Fact]
    public void Approval_LiftsQuestionsOnly() =>
        GateWorld.Cases.Where(drawn => drawn.State.Approval is null).Sample(
            drawn =>
            {
                var without = Judge(drawn);
                var with = Judge(drawn with { State = drawn.State with { Approval = GateWorld.ApprovalOf(drawn.Proposal, 8) } });
                if (without.WouldBe != VerdictKind.Ask) with.Kind.ShouldBe(without.Kind);
                else with.WouldBe.ShouldBeOneOf(VerdictKind.Ask, VerdictKind.Execute);
            },
            iter: CasesMin);

    [Fact]
    public void OneMoreRestriction_NeverRelaxesTheVerdict() =>
        Gen.Select(GateWorld.Cases, Gen.Int[0, 7]).Sample(
            (drawn, restriction) =>
            {
                var state = drawn.State;
                var stricter = restriction switch
                {
                    0 => state with { KillSwitch = "drill" },
                    1 => state with { TargetBusy = true },
                    2 => state with { WindowClosed = "frozen" },
                    3 => state with { Surroundings = null },
                    4 => state with { Workload = null },
                    5 => state with { Stage = new StageState("*/*", Stage.Shadow, 0, GateWorld.Now) },
                    6 => state with { Breakers = [new BreakerState("global", BreakerPhase.Open, GateWorld.Now)] },
                    _ => state with { ReadAt = GateWorld.Now.AddHours(-1) },
                };
                if (restriction == 5 && state.Stage.Stage == (Stage)9) return;
                var kind = Judge(drawn with { State = stricter }).Kind;
                ((int)kind).ShouldBeGreaterThanOrEqualTo(restriction == 5 ? Math.Min((int)Judge(drawn).Kind, (int)VerdictKind.Observe) : (int)Judge(drawn).Kind);
                kind.ShouldNotBe(VerdictKind.Execute);
            },
            iter: CasesMin);

    [Fact]
    public void EveryRestrictionHasItsReason_AndTheWorstOneDecides() =>
        GateWorld.Cases.Sample(
            drawn =>
            {
                var verdict = Judge(drawn);
                verdict.Reasons.ShouldNotBeEmpty();
                if (verdict.Kind is not (VerdictKind.Execute or VerdictKind.Ask)) verdict.Reasons.Max(reason => reason.Kind).ShouldBe(verdict.Kind);
                if (drawn.State.KillSwitch is not null) verdict.Has(ReasonCode.KillSwitch).ShouldBeTrue();
                if (drawn.State.TargetBusy) verdict.Has(ReasonCode.TargetBusy).ShouldBeTrue();
                ((int)verdict.Kind).ShouldBeGreaterThanOrEqualTo((int)verdict.WouldBe);
            },
            iter: CasesMin);

    [Fact]
    public void WhatAToolProposes_IsNeverExecutedWithoutSomebodyElsesApproval()
    {
        var (asked, executed) = (0, 0);
        GateWorld.Cases.Sample(
            drawn =>
            {
                var proposal = drawn.Proposal with { ProposedBy = "mcp:Ana" };
                var own = Gate.Judge(proposal, drawn.State, GateWorld.Options, GateWorld.Breakers, GateWorld.Now);
                var plain = Judge(drawn);
                own.Kind.ShouldNotBe(VerdictKind.Execute, "the only approval that is drawn is Ana's");
                ((int)own.Kind).ShouldBeGreaterThanOrEqualTo((int)plain.Kind);
                if (own.Kind == VerdictKind.Ask) Interlocked.Increment(ref asked);
                if (drawn.State.Approval is not { ApprovedBy: ["ana"] } approval) return;
                var others = Gate.Judge(proposal, drawn.State with { Approval = approval with { ApprovedBy = ["bo"] } }, GateWorld.Options, GateWorld.Breakers, GateWorld.Now);
                others.Kind.ShouldBe(plain.Kind == VerdictKind.Execute && !plain.Has(ReasonCode.Approved) ? VerdictKind.Ask : plain.Kind);
                if (others.Kind == VerdictKind.Execute) Interlocked.Increment(ref executed);
                var both = Gate.Judge(proposal, drawn.State with { Approval = approval with { ApproversNeeded = 2, ApprovedBy = ["bo", "ana"] } }, GateWorld.Options, GateWorld.Breakers, GateWorld.Now);
                both.Kind.ShouldNotBe(VerdictKind.Execute, "two are needed, and the owner of the tool is none of them");
            },
            iter: CasesMin);
        asked.ShouldBeGreaterThan(0);
        executed.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void AllClear_Executes()
    {
        var executed = 0;
        GateWorld.Cases.Sample(drawn => { if (Judge(drawn).Kind == VerdictKind.Execute) Interlocked.Increment(ref executed); }, iter: CasesMin);
        executed.ShouldBeGreaterThan(CasesMin / 200, "the drawn states hardly ever pass, so the rules above prove little");
    }

    [Fact]
    public void PolicyMovesAnActionOnlyTowardsMoreCaution()
    {
        var safe = new ActionDescriptor { Name = "restart-pod", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.Pod };
        var options = new GateOptions { Classes = { ["restart-pod"] = ActionClass.Forbidden } };
        Gate.ClassOf(safe, options).ShouldBe(ActionClass.Forbidden);
        Gate.ClassOf(safe with { Class = ActionClass.NeedsApproval }, new GateOptions { Classes = { ["restart-pod"] = ActionClass.Safe } }).ShouldBe(ActionClass.NeedsApproval);
    }
}
