using System.Diagnostics;
using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Stages;

namespace Prunella.Remediation.Bench;

/// <summary>One judgement of the gate: time and allocation, when all is clear, with an approval, and when every rule objects.</summary>
// Target: at most 20 µs and 1 024 B. The floor is a call that builds a verdict with no rule asked.
internal static class GateBenchmark
{
    private const int Judgements = 200_000;
    private const int Rounds = 7;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal static Task<int> RunAsync(string[] args)
    {
        var proposal = new Proposal
        {
            Incident = new IncidentId(Guid.Empty), Action = "restart-pod", Target = new Target("default", "shop", "Deployment", "api"), Cause = "oom-killed", Confidence = 0.9, ProposedBy = "playbook:x",
        };
        var clear = new GateState
        {
            ReadAt = Now,
            Action = new ActionDescriptor { Name = "restart-pod", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.Pod, Disruptive = true, TargetKinds = ["Deployment", "StatefulSet"], Parameters = [new("pod", ParameterKind.Text, "the pod")] },
            Plan = new ActionPlan { Proposal = proposal, Diff = "evict api-1", PodsAffected = 1, PodsTotal = 3 },
            Workload = new WorkloadState { Target = proposal.Target, Uid = "u", ReadAt = Now, Desired = 3, Ready = 3 },
            Surroundings = new Surroundings(12, 1, 40, 1),
            Stage = new StageState("*/*", Stage.Full, 0, Now),
            Breakers = [BreakerState.Fresh("action"), BreakerState.Fresh("namespace"), BreakerState.Fresh("global")],
            RecentAttempts = [Now.AddHours(-5)],
        };
        var approval = new Approval
        {
            Id = new ApprovalId(Guid.Empty), Incident = proposal.Incident, Digest = proposal.Digest, Action = proposal.Action, Target = proposal.Target, Recommendation = "r",
            RequestedAt = Now, ExpiresAt = Now.AddMinutes(5), DecidedAt = Now, State = ApprovalState.Approved, ApprovedBy = ["ana"], DecidedBy = "ana",
        };
        var worst = clear with
        {
            KillSwitch = "drill", WindowClosed = "frozen", TargetBusy = true, NamespaceBusyWorkloads = 5, BusyWorkloads = 9, Surroundings = new Surroundings(12, 12, 40, 40),
            Stage = new StageState("*/*", Stage.Shadow, 0, Now), RecentAttempts = [.. Enumerable.Range(0, 8).Select(number => Now.AddMinutes(-number))],
            Breakers = [new BreakerState("global", BreakerPhase.Open, Now)],
        };

        Console.WriteLine(FormattableString.Invariant($"gate: {Judgements} judgements a round, best of {Rounds} rounds, {Environment.ProcessorCount} cores, .NET {Environment.Version}"));
        Console.WriteLine("| state | ns a judgement | bytes a judgement | verdict |\n|---|---:|---:|---|");
        var worstNs = 0.0;
        var clearBytes = 0.0;
        foreach (var (name, state) in new[] { ("all clear", clear), ("approved", clear with { Approval = approval }), ("every rule objects", worst) })
        {
            var (ns, bytes) = Measure(proposal, state);
            worstNs = Math.Max(worstNs, ns);
            if (state != worst) clearBytes = Math.Max(clearBytes, bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {ns:0} | {bytes:0} | {Gate.Judge(proposal, state, new GateOptions(), new BreakerOptions(), Now).Kind} |"));
        }

        return Task.FromResult(worstNs <= 20_000 && clearBytes <= 1_024 ? 0 : 1);
    }

    private static (double Ns, double Bytes) Measure(Proposal proposal, GateState state)
    {
        var (options, breakers) = (new GateOptions(), new BreakerOptions());
        var best = double.MaxValue;
        var bytes = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var number = 0; number < Judgements; number++) Gate.Judge(proposal, state, options, breakers, Now);
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds / Judgements);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Judgements;
        }

        return (best, bytes);
    }
}
