using System.Collections.Concurrent;
using System.Text.Json;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;

namespace Prunella.Tests.Reasoning;

/// <summary>Workloads in memory: every deployment exists and has one pod that is not ready; what is observed of it is what a test says. Effects are only noted.</summary>
internal sealed class QuietWorld(TimeProvider time) : IActionDriver, IWorkloadSource, IHealthProbe, IMetricSource
{
    internal ConcurrentQueue<Proposal> Effects { get; } = [];

    internal ConcurrentDictionary<string, IReadOnlyList<Evidence>> Observed { get; } = new(StringComparer.Ordinal);

    public string Name => "prometheus";

    public IReadOnlyList<ActionDescriptor> Actions { get; } =
    [
        new() { Name = "restart-pod", Summary = "Restarts a pod.", Class = ActionClass.Safe, Radius = BlastRadius.Pod, ApprovalExpiry = TimeSpan.FromHours(6), Parameters = [new("pod", ParameterKind.Text, "the pod")] },
        new()
        {
            Name = "scale-up", Summary = "Adds replicas.", Class = ActionClass.Safe, Radius = BlastRadius.None, Reversible = true,
            Parameters = [new("replicas", ParameterKind.Integer, "replicas") { Minimum = 1, Maximum = 10 }, new("note", ParameterKind.Text, "free text")],
        },
        new() { Name = "rollback-rollout", Summary = "Goes back.", Class = ActionClass.NeedsApproval, Radius = BlastRadius.Workload, Reversible = true, ApprovalExpiry = TimeSpan.FromHours(6), Risks = "The older revision may be broken too." },
    ];

    public Task<ActionPlan> PlanAsync(Proposal proposal, CancellationToken cancellation) => Task.FromResult(new ActionPlan
    {
        Proposal = proposal, Diff = $"{proposal.Action} {proposal.Target}", Objects = [new PlannedObject("Deployment", proposal.Target.Namespace, proposal.Target.Name, "uid", null)],
        PodsAffected = 1, PodsTotal = 3, PodsAffectedNotReady = 1, Undo = new UndoRecord(proposal.Action, proposal.Target, "restore", JsonSerializer.SerializeToElement(new { })),
    });

    public Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        Effects.Enqueue(plan.Proposal);
        return Task.FromResult(new Effect(EffectKind.Applied, "done"));
    }

    public Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation) => Task.FromResult(new Observation(ObservationKind.Unknown, "nobody looks"));

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) => Task.FromResult(new Effect(EffectKind.Applied, "restored"));

    public Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation) =>
        Task.FromResult(new TargetResolution(new Target("default", "shop", "Deployment", signal.Label("deployment") ?? "nobody"), "label deployment"));

    public Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation) =>
        Task.FromResult<WorkloadState?>(new WorkloadState { Target = target, Uid = "uid", ReadAt = time.GetUtcNow(), Desired = 3, Ready = 2, Updated = 3, Available = 2 });

    public Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation) =>
        Task.FromResult(Observed.TryGetValue(target.Name, out var facts) ? facts : [new Evidence("kubernetes/pod", target.ToString(), "one pod is not ready", time.GetUtcNow())]);

    public Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation) => Task.FromResult(new Surroundings(400, 1, 400, 1));

    public Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation) => Task.FromResult(new HealthAnswer(true, "200"));

    public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) => Task.FromResult(new MetricAnswer(MetricStatus.Empty, [], "no series"));

    public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation) => QueryAsync(query, to, cancellation);
}
