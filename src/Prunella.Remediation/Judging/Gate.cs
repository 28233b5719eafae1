using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Judging;

/// <summary>
/// The pure function that turns a proposal and the present state into a verdict. It reads nothing, waits for nothing and
/// remembers nothing. Every rule is asked, so that the verdict holds every reason; the most restrictive one wins.
/// </summary>
// A judgement is a few dozen comparisons: well below 1 µs when all is clear, and no allocation but the verdict itself.
public static class Gate
{
    /// <summary>The actor that Prunella itself acts as; an approval in this name is void.</summary>
    public const string SystemActor = "prunella";

    private static readonly Reason[] AllClear = [new(ReasonCode.AllClear, VerdictKind.Execute, "every rule allows it")];

    /// <summary>Judges a proposal. Deterministic: equal arguments give equal verdicts.</summary>
    public static Verdict Judge(Proposal proposal, GateState state, GateOptions options, BreakerOptions breakers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(breakers);

        var docket = new Docket();
        JudgeAction(ref docket, proposal, state, options);
        JudgeControls(ref docket, state, breakers, now);
        JudgeFacts(ref docket, proposal, state, options, now);
        JudgeAttempts(ref docket, state, options, now);
        JudgeRadius(ref docket, state, options, now);
        JudgeApproval(ref docket, proposal, state, now);
        var wouldBe = docket.Kind;
        JudgeStage(ref docket, proposal.Target, state.Stage);

        var verdict = new Verdict(docket.Kind, wouldBe, docket.Reasons ?? (IReadOnlyList<Reason>)AllClear, docket.RetryAt);

        // Kept on in release: whatever the rules above became, these four never yield an execution.
        if (verdict.Kind == VerdictKind.Execute
            && (state.Action is null or { Class: ActionClass.Forbidden } || state.KillSwitch is not null || state.Plan is null || (proposal.ToolOwner is not null && state.Approval is null)))
        {
            throw new InvalidOperationException($"The gate let {proposal.Action} on {proposal.Target} through against a safety rule.");
        }

        return verdict;
    }

    /// <summary>The class after policy: the catalogue's or a more cautious one, never less.</summary>
    public static ActionClass ClassOf(ActionDescriptor action, GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(options);
        return options.Classes.TryGetValue(action.Name, out var raised) && raised > action.Class ? raised : action.Class;
    }

    private static void JudgeAction(ref Docket docket, Proposal proposal, GateState state, GateOptions options)
    {
        if (ForbiddenActions.IsForbidden(proposal.Action))
            docket.Add(ReasonCode.Forbidden, VerdictKind.Refuse, $"{proposal.Action} is on the forbidden list, whoever asks");
        if (state.Action is not { } action)
        {
            if (!docket.Refused) docket.Add(ReasonCode.UnknownAction, VerdictKind.Ask, $"the catalogue does not know {proposal.Action}");
            return;
        }

        var actionClass = ClassOf(action, options);
        if (actionClass == ActionClass.Forbidden && !docket.Refused)
            docket.Add(ReasonCode.Forbidden, VerdictKind.Refuse, $"{action.Name} is forbidden");
        if (actionClass == ActionClass.NeedsApproval)
            docket.Add(ReasonCode.NeedsApproval, VerdictKind.Ask, $"{action.Name} needs an approval");
        if (action.TargetKinds.Count > 0 && !Contains(action.TargetKinds, proposal.Target.Kind))
            docket.Add(ReasonCode.WrongKind, VerdictKind.Refuse, $"{action.Name} applies to {string.Join(", ", action.TargetKinds)}, not to a {proposal.Target.Kind}");

        List<string>? errors = null;
        ParameterCheck.Check(action, proposal.Parameters, ref errors);
        if (errors is not null) foreach (var error in errors) docket.Add(ReasonCode.BadParameter, VerdictKind.Refuse, error);

        if (double.IsNaN(proposal.Confidence))
            docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, "the confidence of the diagnosis is missing");
        else if (proposal.Confidence < options.ConfidenceMin)
            docket.Add(ReasonCode.LowConfidence, VerdictKind.Ask, string.Create(CultureInfo.InvariantCulture, $"confidence {proposal.Confidence:0.00} is below {options.ConfidenceMin:0.00}"));
        if (proposal.ToolOwner is { } owner)
            docket.Add(ReasonCode.ProposedByTool, VerdictKind.Ask, $"a tool of {owner} proposes it; somebody else has to approve it");
    }

    private static void JudgeControls(ref Docket docket, GateState state, BreakerOptions options, DateTimeOffset now)
    {
        if (state.KillSwitch is { } why) docket.Add(ReasonCode.KillSwitch, VerdictKind.Escalate, $"the kill switch is on: {why}");

        for (var index = 0; index < state.Breakers.Count; index++)
        {
            var breaker = state.Breakers[index];
            switch (Breaker.PhaseAt(breaker, now, options))
            {
                case BreakerPhase.Open:
                    docket.Add(ReasonCode.BreakerOpen, VerdictKind.Escalate, $"the breaker {breaker.Scope} is open since {breaker.Since:u}: {breaker.Why}");
                    break;
                case BreakerPhase.HalfOpen when breaker.Trial is { } trial && trial != state.Execution:
                    docket.Add(ReasonCode.BreakerTrial, VerdictKind.Escalate, $"the breaker {breaker.Scope} is half-open and execution {trial} is its trial");
                    break;
            }
        }

        if (state.WindowClosed is { } closed)
            docket.Add(ReasonCode.Window, VerdictKind.Escalate, closed, state.WindowOpensAt);
    }

    private static void JudgeFacts(ref Docket docket, Proposal proposal, GateState state, GateOptions options, DateTimeOffset now)
    {
        var retryAt = now + options.RetryAfter;
        if (now - state.ReadAt > options.FactsAgeMax || state.ReadAt - now > options.FactsAgeMax)
            docket.Add(ReasonCode.StaleFacts, VerdictKind.Escalate, string.Create(CultureInfo.InvariantCulture, $"the facts were read at {state.ReadAt:u}, it is {now:u}; allowed are {options.FactsAgeMax.TotalSeconds:0} s"), retryAt);
        if (state.TargetIsWorkload && state.Workload is null)
            docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, $"{proposal.Target} does not exist or cannot be read");
        if (state.Surroundings is null)
            docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, "the workloads around cannot be counted", retryAt);
        if (state.Action is not null && state.Plan is null)
            docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, $"{proposal.Action} could not be planned", retryAt);
        if (state.Plan is not { } plan) return;

        for (var index = 0; index < plan.Blockers.Count; index++)
            docket.Add(ReasonCode.Blocked, VerdictKind.Escalate, plan.Blockers[index]);
        if ((plan.ManagedBy ?? state.Workload?.ManagedBy) is { } manager && state.Action is { PatchesSpecification: true })
            docket.Add(ReasonCode.ManagedObject, VerdictKind.Escalate, $"{proposal.Target} is managed by {manager}; change it there: {FirstLines(plan.Diff)}");
        if (plan.DisruptionAllowed == false)
            docket.Add(ReasonCode.DisruptionBudget, VerdictKind.Escalate, $"the disruption budget of {proposal.Target} allows no disruption now", retryAt);
        if (state.Action is { Grows: { } resource })
        {
            if (plan.CumulativeGrowth is not { } growth || double.IsNaN(growth))
                docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, $"the growth of {resource} so far is not known");
            else if (growth > options.CumulativeGrowthMax)
                docket.Add(ReasonCode.GrowthCap, VerdictKind.Escalate, string.Create(CultureInfo.InvariantCulture, $"{resource} would be {growth:0.00} times what it was before the first growth; allowed are {options.CumulativeGrowthMax:0.00}"));
        }
    }

    private static void JudgeAttempts(ref Docket docket, GateState state, GateOptions options, DateTimeOffset now)
    {
        if (state.TargetBusy)
            docket.Add(ReasonCode.TargetBusy, VerdictKind.Escalate, "another execution acts on the target", now + options.RetryAfter);

        // An attempt that seems to lie in the future (the clock went back) counts as made now.
        int hour = 0, day = 0;
        var newest = DateTimeOffset.MinValue;
        for (var index = 0; index < state.RecentAttempts.Count; index++)
        {
            var at = state.RecentAttempts[index] > now ? now : state.RecentAttempts[index];
            if (at > newest) newest = at;
            if (now - at < TimeSpan.FromHours(1)) hour++;
            if (now - at < TimeSpan.FromDays(1)) day++;
        }

        if (day == 0) return;
        if (hour >= options.AttemptsPerHourMax)
            docket.Add(ReasonCode.RateLimit, VerdictKind.Escalate, string.Create(CultureInfo.InvariantCulture, $"{hour} attempts within the hour; allowed are {options.AttemptsPerHourMax}"));
        if (day >= options.AttemptsPerDayMax)
            docket.Add(ReasonCode.RateLimit, VerdictKind.Escalate, string.Create(CultureInfo.InvariantCulture, $"{day} attempts within the day; allowed are {options.AttemptsPerDayMax}"));
        var pause = CooldownAfter(day, options);
        if (now - newest < pause)
            docket.Add(ReasonCode.Cooldown, VerdictKind.Escalate, string.Create(CultureInfo.InvariantCulture, $"the last attempt was {(now - newest).TotalSeconds:0} s ago; the cooldown after {day} is {pause.TotalSeconds:0} s"), newest + pause);
    }

    /// <summary>The pause after so many attempts within a day: doubling from the first, up to the bound.</summary>
    public static TimeSpan CooldownAfter(int attempts, GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (attempts <= 0) return TimeSpan.Zero;
        var seconds = options.Cooldown.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, options.CooldownMax.TotalSeconds));
    }

    private static void JudgeRadius(ref Docket docket, GateState state, GateOptions options, DateTimeOffset now)
    {
        var retryAt = now + options.RetryAfter;
        if (state.Plan is { } plan && state.Action is { Disruptive: true } action)
        {
            var serving = plan.PodsAffected - plan.PodsAffectedNotReady;
            var allowed = Math.Max(1, (int)(plan.PodsTotal * options.PodShareMax));
            if (action.Radius == BlastRadius.Pod && plan.PodsAffected > plan.PodsTotal)
                docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, $"the plan disturbs {plan.PodsAffected} of {plan.PodsTotal} pods");
            else if (serving > allowed)
                docket.Add(ReasonCode.PodShare, VerdictKind.Escalate, $"{serving} serving pods of {plan.PodsTotal} would be disturbed at once; allowed are {allowed}");
            if (serving > 0 && (state.Workload?.Ready ?? 0) - serving <= 0)
                docket.Add(ReasonCode.LastPod, VerdictKind.Ask, $"no other pod would serve meanwhile ({state.Workload?.Ready ?? 0} ready)");
        }

        if (state.NamespaceBusyWorkloads >= options.NamespaceWorkloadsMax)
            docket.Add(ReasonCode.NamespaceRadius, VerdictKind.Escalate, $"{state.NamespaceBusyWorkloads} other workloads of the namespace are acted on; allowed are {options.NamespaceWorkloadsMax} at once", retryAt);
        if (state.BusyWorkloads >= options.WorkloadsMax)
            docket.Add(ReasonCode.GlobalRadius, VerdictKind.Escalate, $"{state.BusyWorkloads} other workloads are acted on; allowed are {options.WorkloadsMax} at once", retryAt);
        if (state.Plan is { WorkloadsAffected: var affected } && affected > options.NamespaceWorkloadsMax && state.Action is { Radius: not BlastRadius.Node })
            docket.Add(ReasonCode.NamespaceRadius, VerdictKind.Escalate, $"it would disturb {affected} workloads; allowed are {options.NamespaceWorkloadsMax}");

        if (state.Surroundings is not { } around) return;
        if (IsStorm(around.NamespaceUnhealthy, around.NamespaceTotal, options))
            docket.Add(ReasonCode.Storm, VerdictKind.Escalate, $"storm: {around.NamespaceUnhealthy} of {around.NamespaceTotal} workloads of the namespace are unhealthy; automation pauses");
        else if (IsStorm(around.ClusterUnhealthy, around.ClusterTotal, options))
            docket.Add(ReasonCode.Storm, VerdictKind.Escalate, $"storm: {around.ClusterUnhealthy} of {around.ClusterTotal} workloads of the cluster are unhealthy; automation pauses");
    }

    /// <summary>Whether so many unhealthy workloads mean that something larger is wrong than their own trouble.</summary>
    public static bool IsStorm(int unhealthy, int total, GateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return unhealthy >= options.StormWorkloadsMin && unhealthy > total * options.StormShare;
    }

    private static void JudgeApproval(ref Docket docket, Proposal proposal, GateState state, DateTimeOffset now)
    {
        if (state.Approval is not { State: ApprovalState.Approved } approval) return;
        string? whyVoid =
            !string.Equals(approval.Digest, proposal.Digest, StringComparison.Ordinal) ? "it is for another proposal"
            : approval.ExpiresAt <= now ? $"it expired at {approval.ExpiresAt:u}"
            : approval.DecidedAt is not { } decided || decided > now + TimeSpan.FromMinutes(1) ? "it has no valid time"
            : !HasApprovers(approval, proposal.ToolOwner) ? "too few different people approved it"
            : null;
        if (whyVoid is not null)
        {
            docket.Add(ReasonCode.ApprovalVoid, VerdictKind.Ask, $"the approval by {approval.DecidedBy} does not count: {whyVoid}");
            return;
        }

        docket.Approve($"approved by {string.Join(", ", approval.ApprovedBy)}");
    }

    private static bool HasApprovers(Approval approval, string? notThis)
    {
        var people = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var person in approval.ApprovedBy)
        {
            var name = person.Trim();
            if (name.Length > 0 && !name.Equals(SystemActor, StringComparison.OrdinalIgnoreCase) && !name.Equals(notThis, StringComparison.OrdinalIgnoreCase)) people.Add(name);
        }

        return people.Count >= Math.Max(1, approval.ApproversNeeded);
    }

    private static void JudgeStage(ref Docket docket, Target target, StageState stage)
    {
        switch (stage.Stage)
        {
            case Stage.Shadow:
                docket.Add(ReasonCode.Stage, VerdictKind.Observe, $"{stage.Scope} is in shadow: recorded, not done");
                break;
            case Stage.DryRun:
                docket.Add(ReasonCode.Stage, VerdictKind.Simulate, $"{stage.Scope} is in dry run: planned, not done");
                break;
            case Stage.Canary when !StageState.InCanary(target, stage.CanaryPercent):
                docket.Add(ReasonCode.Stage, VerdictKind.Observe, $"{stage.Scope} acts on {stage.CanaryPercent} % of targets, and this is not one of them");
                break;
            case Stage.Canary or Stage.Full:
                break;
            default:
                docket.Add(ReasonCode.MissingFact, VerdictKind.Escalate, $"the stage of {stage.Scope} is not known");
                break;
        }
    }

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        for (var index = 0; index < names.Count; index++) if (string.Equals(names[index], name, StringComparison.Ordinal)) return true;
        return false;
    }

    private static string FirstLines(string diff) => diff.Length <= 400 ? diff : string.Concat(diff.AsSpan(0, 400), "…");

    /// <summary>Collects reasons; the list is made with the first restriction.</summary>
    private ref struct Docket
    {
        private bool permanent;
        private DateTimeOffset? latestRetry;

        public List<Reason>? Reasons { get; private set; }

        public VerdictKind Kind { get; private set; }

        public readonly bool Refused => Kind == VerdictKind.Refuse;

        /// <summary>The latest retry time when every escalating reason has one.</summary>
        public readonly DateTimeOffset? RetryAt => Kind == VerdictKind.Escalate && !permanent ? latestRetry : null;

        public void Add(ReasonCode code, VerdictKind kind, string text, DateTimeOffset? retryAt = null)
        {
            (Reasons ??= new List<Reason>(4)).Add(new Reason(code, kind, text));
            if (kind > Kind) Kind = kind;
            if (kind != VerdictKind.Escalate) return;
            if (retryAt is null) permanent = true;
            else if (latestRetry is null || retryAt > latestRetry) latestRetry = retryAt;
        }

        /// <summary>An approval lifts every reason to ask, except an unknown action, and no other restriction.</summary>
        public void Approve(string text)
        {
            (Reasons ??= new List<Reason>(4)).Add(new Reason(ReasonCode.Approved, VerdictKind.Execute, text));
            if (Kind != VerdictKind.Ask) return;
            foreach (var reason in Reasons) if (reason.Code == ReasonCode.UnknownAction) return;
            Kind = VerdictKind.Execute;
        }
    }
}
