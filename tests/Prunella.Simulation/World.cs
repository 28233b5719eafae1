using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;

namespace Prunella.Simulation;

/// <summary>The outside world in memory: workloads with troubles, a driver that changes them, and a record of every effect. Seeded.</summary>
internal sealed class World(Random random, TimeProvider time) : IActionDriver, IWorkloadSource, IHealthProbe
{
    /// <summary>Thrown into the running process to kill it: everything after it belongs to the next process.</summary>
    internal sealed class KilledException : Exception;

    internal sealed record EffectSeen(ExecutionId Execution, string Action, string TargetKey, string Digest, DateTimeOffset At, bool Undo);

    internal sealed class Workload
    {
        public required Target Target { get; init; }
        public int Desired { get; set; } = 3;
        public int Ready { get; set; } = 3;
        public string Uid { get; set; } = "uid";
        public double Memory { get; set; } = 1;
        public string? ManagedBy { get; set; }

        /// <summary>The action that fixes the trouble; null when nothing does.</summary>
        public string? Cure { get; set; }

        /// <summary>What the last execution left on the object.</summary>
        public ExecutionId? Mark { get; set; }
    }

    public Dictionary<string, Workload> Workloads { get; } = new(StringComparer.Ordinal);

    public List<EffectSeen> Effects { get; } = [];

    public double FaultShare { get; set; }

    public IReadOnlyList<ActionDescriptor> Actions { get; } =
    [
        new() { Name = "restart-pod", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.Pod, Disruptive = true },
        new() { Name = "raise-memory-limit", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.Workload, Grows = "memory", Reversible = true, PatchesSpecification = true },
        new() { Name = "rollback-rollout", Summary = "s", Class = ActionClass.NeedsApproval, Radius = BlastRadius.Workload, Reversible = true, PatchesSpecification = true, ApprovalExpiry = TimeSpan.FromMinutes(5) },
        new() { Name = "await-repair", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.None, ChangesNothing = true },
        new() { Name = "scale-up", Summary = "s", Class = ActionClass.Safe, Radius = BlastRadius.None, Grows = "replicas", Reversible = true, PatchesSpecification = true, Parameters = [new("replicas", ParameterKind.Integer, "replicas") { Minimum = 1, Maximum = 10 }] },
    ];

    public Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation)
    {
        if (Fault()) throw new ActionFailedException("the API is away");
        var workload = Workloads[proposal.Target.Key];
        return Task.FromResult(new ActionPlan
        {
            Proposal = proposal,
            Diff = $"{proposal.Action} {proposal.Target}",
            Objects = [new PlannedObject("Deployment", proposal.Target.Namespace, proposal.Target.Name, workload.Uid, null)],
            PodsAffected = proposal.Action == "restart-pod" ? 1 : 0,
            PodsTotal = workload.Desired,
            PodsAffectedNotReady = workload.Ready < workload.Desired ? 1 : 0,
            ManagedBy = workload.ManagedBy,
            CumulativeGrowth = workload.Memory * 1.5,
            Undo = proposal.Action is "restart-pod" or "await-repair" ? null : new UndoRecord(proposal.Action, proposal.Target, "restore", JsonSerializer.SerializeToElement(new { memory = workload.Memory })),
        });
    }

    public Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        if (Fault()) return Task.FromResult(new Effect(EffectKind.PreconditionFailed, "changed meanwhile"));
        if (Fault()) return Task.FromResult(new Effect(EffectKind.Rejected, "no"));
        if (Fault()) throw new ActionFailedException("connection lost before sending");
        var workload = Workloads[plan.Proposal.Target.Key];
        Effects.Add(new EffectSeen(execution, plan.Proposal.Action, plan.Proposal.Target.Key, plan.Proposal.Digest, time.GetUtcNow(), false));
        workload.Mark = execution;
        if (plan.Proposal.Action == "raise-memory-limit") workload.Memory *= 1.5;
        if (workload.Cure == plan.Proposal.Action) (workload.Ready, workload.Cure) = (workload.Desired, null);
        if (Fault()) throw new ActionFailedException("connection lost after sending");
        return Task.FromResult(new Effect(EffectKind.Applied, "done"));
    }

    public Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        if (Fault()) throw new ActionFailedException("the API is away");
        return Task.FromResult(Workloads[plan.Proposal.Target.Key].Mark == execution
            ? new Observation(ObservationKind.Applied, "the mark is there")
            : new Observation(ObservationKind.NotApplied, "the mark is not there"));
    }

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation)
    {
        if (Fault()) throw new ActionFailedException("the API is away");
        var workload = Workloads[undo.Target.Key];
        workload.Memory = undo.Before.GetProperty("memory").GetDouble();
        Effects.Add(new EffectSeen(execution, undo.Action, undo.Target.Key, "", time.GetUtcNow(), true));
        return Task.FromResult(new Effect(EffectKind.Applied, "restored"));
    }

    public Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation)
    {
        if (Fault()) return Task.FromResult(new TargetResolution(null, "the API is away") { Transient = true });
        return Task.FromResult(signal.Label("deployment") is { } name && Workloads.Values.FirstOrDefault(workload => workload.Target.Name == name) is { } found
            ? new TargetResolution(found.Target, "label deployment")
            : new TargetResolution(null, "no label names a workload"));
    }

    public Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation)
    {
        if (Fault()) throw new WorkloadUnreadableException("the API is away");
        return Task.FromResult(Workloads.TryGetValue(target.Key, out var workload)
            ? new WorkloadState { Target = target, Uid = workload.Uid, ReadAt = time.GetUtcNow(), Desired = workload.Desired, Ready = workload.Ready, Updated = workload.Desired, Available = workload.Ready, ManagedBy = workload.ManagedBy }
            : null);
    }

    public Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation)
    {
        if (Fault()) throw new WorkloadUnreadableException("the API is away");
        return Task.FromResult<IReadOnlyList<Evidence>>([new Evidence("kubernetes/pod", target.ToString(), "seen", time.GetUtcNow())]);
    }

    public Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation)
    {
        if (Fault()) throw new WorkloadUnreadableException("the API is away");
        var unhealthy = Workloads.Values.Count(workload => workload.Ready < workload.Desired);
        return Task.FromResult(new Surroundings(Workloads.Count, unhealthy, Workloads.Count, unhealthy));
    }

    public Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation) => Task.FromResult(new HealthAnswer(true, "200"));

    private bool Fault() => FaultShare > 0 && random.NextDouble() < FaultShare;
}
