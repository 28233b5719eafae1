using System.Globalization;
using System.Text.Json;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>
/// Ends one runaway process within a container, on the evidence of its processor use, which is measured again right before.
/// Never the container's first process, never a protected name.
/// </summary>
internal sealed class KillProcess(ActionTools tools, ContainerExec exec) : IKubernetesAction
{
    private const int PodsMax = 5;

    // What keeps containers, nodes and data alive; a runaway among them needs a person.
    private static readonly HashSet<string> Protected = new(StringComparer.Ordinal)
    {
        "init", "systemd", "tini", "dumb-init", "catatonit", "s6-svscan", "runsvdir", "supervisord", "pause", "containerd", "containerd-shim", "dockerd", "crio", "runc",
        "kubelet", "kube-proxy", "kube-apiserver", "kube-controller", "kube-scheduler", "etcd", "sshd", "postgres", "postmaster", "mysqld", "mariadbd", "mongod", "redis-server",
        "oracle", "sqlservr", "cassandra", "clickhouse-serv", "prunella",
    };

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kill-process",
        Summary = "Ends one runaway process within a container, never the container's first one.",
        Class = ActionClass.Safe,
        Radius = BlastRadius.Pod,
        TargetKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"],
        Parameters =
        [
            new("process", ParameterKind.Text, "The process's name, as in /proc/PID/comm.") { Required = true },
            new("cpu-share", ParameterKind.Number, "The evidence: cores that it uses at least (1 is one whole core), measured again before it is ended.") { Required = true, Minimum = 0.3, Maximum = 256 },
            new("pod", ParameterKind.Text, "The pod; by default the one where the process uses most."),
            new("container", ParameterKind.Text, "The container; by default the pod's only one."),
            new("signal", ParameterKind.Text, "TERM (default) or KILL.") { Default = "TERM" },
        ],
        Soak = TimeSpan.FromMinutes(1),
        Risks = "What the process was doing is cut off; a supervisor may start it again at once.",
    };

    public async Task<ActionPlan> PlanAsync(Proposal proposal, ParameterValues values, CancellationToken cancellation)
    {
        var name = values.Text("process")!;
        if (IsProtected(name)) return ActionPlan.Blocked(proposal, $"Process {InertText.OneLine(name, 60)} is protected and is never ended.");
        if (values.Text("signal") is not ("TERM" or "KILL")) return ActionPlan.Blocked(proposal, "Parameter signal must be TERM or KILL.");
        if (await tools.Reader.ReadAsync(proposal.Target, cancellation) is not { } snapshot) return ActionPlan.Blocked(proposal, $"{proposal.Target} does not exist.");
        var pods = snapshot.Pods.Where(pod => pod.IsLive() && pod.Status?.Phase == "Running" && (!values.Has("pod") || pod.Metadata.Name == values.Text("pod"))).OrderBy(pod => pod.IsReady()).Take(PodsMax).ToList();
        if (pods.Count == 0) return ActionPlan.Blocked(proposal, $"{proposal.Target} has no such running pod.");
        Victim? worst = null;
        var blockers = new List<string>();
        foreach (var pod in pods)
        {
            var (victim, why) = await FindAsync(pod, values.Text("container"), name, values.Number("cpu-share")!.Value, cancellation);
            if (victim is null) blockers.Add(why);
            else if (worst is null || victim.Share > worst.Share) worst = victim with { Signal = values.Text("signal")! };
        }
        if (worst is null) return ActionPlan.Blocked(proposal, [.. blockers]);
        return new ActionPlan
        {
            Proposal = proposal,
            Diff = string.Create(CultureInfo.InvariantCulture, $"Process {worst.Name} (pid {worst.Pid}) in container {worst.Container} of pod {worst.Namespace}/{worst.Pod} uses {worst.Share:0.00} cores and gets {worst.Signal}.\n"),
            Objects = [new PlannedObject("Pod", worst.Namespace, worst.Pod, worst.PodUid, null)],
            PodsAffected = 1,
            PodsTotal = snapshot.LivePods,
            PodsAffectedNotReady = pods.Count(pod => pod.Metadata.Uid == worst.PodUid && !pod.IsReady()),
            ManagedBy = snapshot.State.ManagedBy,
            DriverState = JsonSerializer.SerializeToElement(worst),
        };
    }

    private async Task<(Victim? Victim, string Why)> FindAsync(V1Pod pod, string? asked, string name, double threshold, CancellationToken cancellation)
    {
        var title = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
        if (pod.Spec.HostPID == true || pod.Spec.ShareProcessNamespace == true) return (null, $"Pod {title} shares its process table: whose process it is cannot be told.");
        var containers = pod.Spec.Containers.Select(container => container.Name).ToList();
        var container = asked ?? (containers.Count == 1 ? containers[0] : null);
        if (container is null || !containers.Contains(container)) return (null, $"Pod {title} has the containers {string.Join(", ", containers)}; name one in parameter container.");
        var (processes, why) = await MeasureAsync(pod.Metadata.NamespaceProperty, pod.Metadata.Name, container, cancellation);
        if (processes is null) return (null, why);
        var worst = processes.Where(process => process.Name == Truncated(name)).OrderByDescending(process => process.Share).FirstOrDefault();
        if (worst is null) return (null, $"Pod {title} runs no process {InertText.OneLine(name, 60)}.");
        if (worst.Pid == 1) return (null, $"Process {name} is the first of its container in {title}: ending it ends the container; restart-pod does that properly.");
        if (worst.Share < threshold) return (null, string.Create(CultureInfo.InvariantCulture, $"Process {name} (pid {worst.Pid}) in {title} uses {worst.Share:0.00} cores, less than the {threshold:0.00} of the evidence."));
        var id = pod.Status.ContainerStatuses?.FirstOrDefault(status => status.Name == container)?.ContainerID ?? "";
        return (new Victim(pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, container, id, worst.Pid, worst.StartTicks, worst.Name, worst.Share, threshold, "TERM"), "");
    }

    public async Task<Effect> ExecuteAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var victim = plan.DriverState?.Deserialize<Victim>() ?? throw new ActionFailedException("The plan names no process.");
        // Checked here too: a plan is data, and rule 1 of this action must hold for any plan.
        if (victim.Pid <= 1 || IsProtected(victim.Name) || victim.Signal is not ("TERM" or "KILL")) return new Effect(EffectKind.Rejected, $"Process {victim.Name} (pid {victim.Pid}) is never ended.");
        if (!await IsThereAsync(victim, cancellation)) return new Effect(EffectKind.PreconditionFailed, $"Pod {victim.Namespace}/{victim.Pod} or its container is another one now.");
        var (processes, why) = await MeasureAsync(victim.Namespace, victim.Pod, victim.Container, cancellation);
        if (processes is null) return new Effect(EffectKind.Rejected, why);
        var now = processes.FirstOrDefault(process => process.Pid == victim.Pid && process.StartTicks == victim.StartTicks && process.Name == victim.Name);
        if (now is null) return new Effect(EffectKind.PreconditionFailed, $"Process {victim.Name} (pid {victim.Pid}) has ended by itself.");
        if (now.Share < victim.Threshold) return new Effect(EffectKind.PreconditionFailed, string.Create(CultureInfo.InvariantCulture, $"Process {victim.Name} (pid {victim.Pid}) uses {now.Share:0.00} cores now, less than the {victim.Threshold:0.00} of the evidence."));
        var result = await exec.RunAsync(victim.Namespace, victim.Pod, victim.Container, ["sh", "-c", KillScript(victim)], cancellation);
        if (result.ExitCode == 3) return new Effect(EffectKind.PreconditionFailed, $"Process {victim.Name} (pid {victim.Pid}) has ended by itself.");
        if (result.ExitCode != 0) return new Effect(EffectKind.Rejected, $"Process {victim.Name} (pid {victim.Pid}) could not be ended: {InertText.OneLine(result.Output)}");
        await tools.Events.WriteAsync(ApiKind.Pod, victim.Namespace, victim.Pod, victim.PodUid, execution, $"{Descriptor.Name} (execution {execution}): {victim.Signal} to {victim.Name} (pid {victim.Pid}) in container {victim.Container}", cancellation);
        return new Effect(EffectKind.Applied, $"{victim.Signal} was sent to {victim.Name} (pid {victim.Pid}) in {victim.Namespace}/{victim.Pod}.");
    }

    // Pids are reused: the start time, field 22, is compared in the same breath as the signal is sent.
    private static string KillScript(Victim victim) => string.Create(CultureInfo.InvariantCulture,
        $"s=$(cat /proc/{victim.Pid}/stat 2>/dev/null) || exit 3; set -- ${{s##*)}}; [ \"${{20}}\" = {victim.StartTicks} ] || exit 3; kill -{victim.Signal} {victim.Pid}");

    public async Task<Observation> ObserveAsync(ActionPlan plan, ExecutionId execution, CancellationToken cancellation)
    {
        var victim = plan.DriverState?.Deserialize<Victim>() ?? throw new ActionFailedException("The plan names no process.");
        var title = $"Process {victim.Name} (pid {victim.Pid}) in {victim.Namespace}/{victim.Pod}";
        if (!await IsThereAsync(victim, cancellation)) return new Observation(ObservationKind.Applied, $"{title} is gone with its container.");
        var text = "";
        var gone = await tools.SeenAsync(async () =>
        {
            var (processes, why) = await MeasureAsync(victim.Namespace, victim.Pod, victim.Container, cancellation);
            text = why;
            return processes is not null && !processes.Any(process => process.Pid == victim.Pid && process.StartTicks == victim.StartTicks);
        }, cancellation);
        if (text.Length > 0) return new Observation(ObservationKind.Unknown, text);
        return gone ? new Observation(ObservationKind.Applied, $"{title} has ended.") : new Observation(ObservationKind.NotApplied, $"{title} still runs.");
    }

    public Task<Effect> UndoAsync(UndoRecord undo, ExecutionId execution, CancellationToken cancellation) =>
        Task.FromResult(new Effect(EffectKind.Rejected, "An ended process has no undo."));

    private async Task<bool> IsThereAsync(Victim victim, CancellationToken cancellation)
    {
        var pod = await tools.Api.FindAsync<V1Pod>(ApiKind.Pod, victim.Namespace, victim.Pod, cancellation);
        return pod?.Metadata.Uid == victim.PodUid && pod.Status?.ContainerStatuses?.Any(status => status.Name == victim.Container && status.ContainerID == victim.ContainerId) == true;
    }

    private async Task<(IReadOnlyList<ProcessUse>? Processes, string Why)> MeasureAsync(string @namespace, string pod, string container, CancellationToken cancellation)
    {
        var result = await exec.RunAsync(@namespace, pod, container, ["sh", "-c", ProcessTable.Script], cancellation);
        return ProcessTable.Parse(result.Output) is { } processes
            ? (processes, "")
            : (null, $"The processes of {@namespace}/{pod} cannot be measured: its container {container} has no shell with cat and sleep ({InertText.OneLine(result.Output, 120)}).");
    }

    private bool IsProtected(string name) => Protected.Contains(Truncated(name)) || tools.Options.ProtectedProcesses.Any(entry => Truncated(entry) == Truncated(name));

    // The kernel keeps 15 characters of a name.
    private static string Truncated(string name) => name.Length > 15 ? name[..15] : name;

    private sealed record Victim(string Namespace, string Pod, string PodUid, string Container, string ContainerId, int Pid, ulong StartTicks, string Name, double Share, double Threshold, string Signal);
}
