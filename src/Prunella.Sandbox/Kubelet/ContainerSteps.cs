using System.Globalization;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Controllers;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;

namespace Prunella.Sandbox.Kubelet;

/// <summary>Moves one container through its life: pull, create, start, probe, end, back off, start again.</summary>
internal sealed class ContainerSteps(
    SandboxOptions options, BehaviourRegistry behaviours, ContainerLogs logs, EventRecorder events,
    HashSet<(string Node, string Image)> pulled, ISurroundings surroundings, Simulation simulation)
{
    private const string Component = "kubelet";
    private static readonly TimeSpan configRetry = TimeSpan.FromSeconds(10);

    private DateTimeOffset Now => simulation.Now;

    public void Advance(PodRun run, ContainerRun container)
    {
        // Each step may make the next one due at once; a full life has fewer than ten phases.
        for (var step = 0; step < 10; step++)
        {
            var phase = container.Phase;
            switch (phase)
            {
                case ContainerPhase.Waiting or ContainerPhase.PullBackOff or ContainerPhase.CrashBackOff when container.Until is null || container.Until <= Now:
                    BeginPull(run, container);
                    break;
                case ContainerPhase.Waiting when ContainerConfig.Environment(simulation.Registry.Store, run.Pod.Body, container.Spec).Error is null && container.WaitingReason == "CreateContainerConfigError":
                    BeginPull(run, container);
                    break;
                case ContainerPhase.Pulling when container.Until <= Now:
                    EndPull(run, container);
                    break;
                case ContainerPhase.Starting when container.Until <= Now:
                    Start(run, container);
                    break;
                case ContainerPhase.Running:
                    Live(run, container);
                    break;
                case ContainerPhase.Exited when ShouldRestart(run, container):
                    BackOff(run, container);
                    break;
            }

            if (container.Phase == phase) return;
        }
    }

    private static bool ShouldRestart(PodRun run, ContainerRun container) => run.RestartPolicy switch
    {
        "Always" => !container.IsInit || container.Terminated.Number("exitCode") != 0,
        "OnFailure" => container.Terminated.Number("exitCode") != 0,
        _ => false,
    };

    private void BeginPull(PodRun run, ContainerRun container)
    {
        var policy = container.Spec.Text("imagePullPolicy");
        var present = pulled.Contains((run.Node, container.Image)) && behaviours.Find(container.Image) is not null;
        // What the last attempt ended with stays the reason until this one has ended: a kubelet takes nothing back by trying again.
        if (present && policy != "Always")
        {
            events.Tell(run.Pod, "Pulled", $"Container image \"{container.Image}\" already present on machine", Component, run.Node, container.FieldPath);
            Create(run, container);
            return;
        }

        if (policy == "Never")
        {
            container.Phase = ContainerPhase.Waiting;
            container.WaitingReason = "ErrImageNeverPull";
            container.WaitingMessage = $"Container image \"{container.Image}\" is not present with pull policy of Never";
            container.Until = Now + configRetry;
            events.Warn(run.Pod, "ErrImageNeverPull", container.WaitingMessage, Component, run.Node, container.FieldPath);
            return;
        }

        events.Tell(run.Pod, "Pulling", $"Pulling image \"{container.Image}\"", Component, run.Node, container.FieldPath);
        container.Phase = ContainerPhase.Pulling;
        container.Until = Now + (present ? TimeSpan.Zero : options.ImagePullTime);
    }

    private void EndPull(PodRun run, ContainerRun container)
    {
        if (behaviours.Find(container.Image) is not null)
        {
            pulled.Add((run.Node, container.Image));
            container.PullDelay = TimeSpan.Zero;
            events.Tell(run.Pod, "Pulled", string.Create(CultureInfo.InvariantCulture, $"Successfully pulled image \"{container.Image}\" in {options.ImagePullTime.TotalMilliseconds:0.###}ms"), Component, run.Node, container.FieldPath);
            Create(run, container);
            return;
        }

        var full = FullName(container.Image);
        var why = $"rpc error: code = NotFound desc = failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\": {full}: not found";
        events.Warn(run.Pod, "Failed", $"Failed to pull image \"{container.Image}\": {why}", Component, run.Node, container.FieldPath);
        events.Warn(run.Pod, "Failed", "Error: ErrImagePull", Component, run.Node, container.FieldPath);
        container.PullDelay = Doubled(container.PullDelay);
        container.Phase = ContainerPhase.PullBackOff;
        container.WaitingReason = "ErrImagePull";
        container.WaitingMessage = why;
        container.Until = Now + container.PullDelay;
        // The kubelet's next look, seconds later, finds the back-off and says so.
        simulation.At(Now + TimeSpan.FromMilliseconds(Math.Min(2_000, container.PullDelay.TotalMilliseconds / 4)), () =>
        {
            if (container.Phase != ContainerPhase.PullBackOff) return;
            container.WaitingReason = "ImagePullBackOff";
            container.WaitingMessage = $"Back-off pulling image \"{container.Image}\"";
            events.Tell(run.Pod, "BackOff", container.WaitingMessage, Component, run.Node, container.FieldPath);
            events.Warn(run.Pod, "Failed", "Error: ImagePullBackOff", Component, run.Node, container.FieldPath);
            simulation.Registry.Change(run.Pod, body => run.WriteStatus(body, Now), "status");
        });
    }

    private static string FullName(string image)
    {
        var tagged = image.IndexOf(':', image.LastIndexOf('/') + 1) >= 0 ? image : image + ":latest";
        return tagged.Contains('/') ? tagged.Split('/')[0].Contains('.') ? tagged : "docker.io/" + tagged : "docker.io/library/" + tagged;
    }

    private TimeSpan Doubled(TimeSpan delay) =>
        delay == TimeSpan.Zero ? options.BackOffInitial : delay * 2 < options.BackOffMax ? delay * 2 : options.BackOffMax;

    private void Create(PodRun run, ContainerRun container)
    {
        var (_, error) = ContainerConfig.Environment(simulation.Registry.Store, run.Pod.Body, container.Spec);
        if (error is not null)
        {
            container.Phase = ContainerPhase.Waiting;
            container.WaitingReason = "CreateContainerConfigError";
            container.WaitingMessage = error;
            container.Until = Now + configRetry;
            events.Warn(run.Pod, "Failed", "Error: " + error, Component, run.Node, container.FieldPath);
            return;
        }

        container.Phase = ContainerPhase.Starting;
        container.Until = Now + options.ContainerStartTime;
        events.Tell(run.Pod, "Created", $"Created container {container.Name}", Component, run.Node, container.FieldPath);
    }

    private void Start(PodRun run, ContainerRun container)
    {
        var pod = run.Pod.Body;
        var behaviour = behaviours.Find(container.Image)!;
        container.NewId();
        container.StartedAt = Now;
        string[] command = [.. container.Spec.Texts("command")];
        if (behaviour is ShellBehaviour && command.Length > 0 && !ShellBehaviour.CanRun(command[0]))
        {
            var why = $"failed to create containerd task: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"{command[0]}\": executable file not found in $PATH: unknown";
            events.Warn(run.Pod, "Failed", "Error: " + why, Component, run.Node, container.FieldPath);
            container.Exit(128, "StartError", Now, why);
            container.Terminated!["startedAt"] = DateTimeOffset.UnixEpoch.Stamp();
            return;
        }

        var (environment, _) = ContainerConfig.Environment(simulation.Registry.Store, pod, container.Spec);
        container.Log = logs.Open(run.Pod.Uid, container.Name);
        container.Process = behaviour.Start(new ContainerStart
        {
            Workload = run.Workload, Pod = run.Pod.Name, Container = container.Name, Image = container.Image, Node = run.Node, Command = command, Arguments = [.. container.Spec.Texts("args")],
            Environment = environment, Annotations = pod.TextMap("metadata", "annotations"), RestartCount = container.RestartCount, StartedAt = Now, PodStartedAt = run.AcceptedAt,
            Claims = [.. pod.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>()],
            MemoryLimitBytes = container.MemoryLimitBytes, CpuLimitCores = container.CpuLimitCores, Surroundings = surroundings,
        });
        container.Phase = ContainerPhase.Running;
        container.Until = null;
        container.Terminated = null;
        container.Probes.Clear();
        foreach (var (field, kind) in (ReadOnlySpan<(string, string)>)[("startupProbe", "Startup"), ("readinessProbe", "Readiness"), ("livenessProbe", "Liveness")])
        {
            if (container.Spec.Map(field) is { } probe) container.Probes.Add(new ProbeRun(probe, kind, Now));
        }

        container.Started = container.Probes.All(probe => probe.Kind != "Startup");
        container.Ready = container.Started && container.Probes.All(probe => probe.Kind != "Readiness");
        events.Tell(run.Pod, "Started", $"Started container {container.Name}", Component, run.Node, container.FieldPath);
    }

    private void Live(PodRun run, ContainerRun container)
    {
        var step = container.Process!.Advance(Now, container.Log!.Write);
        if (step.ExitCode is { } code)
        {
            Ended(container, code, code == 0 ? "Completed" : "Error");
            return;
        }

        if (container.MemoryLimitBytes is { } limit && container.Process.Usage(Now).MemoryBytes > limit)
        {
            Ended(container, 137, "OOMKilled");
            if (simulation.Registry.Store.Find(Resources.ResourceCatalogue.Nodes, "", run.Node) is { } node)
                events.Warn(node, "OOMKilling", $"Memory cgroup out of memory: Killed process {1000 + container.RestartCount} ({container.Name}) of pod {run.Pod.Namespace}/{run.Pod.Name}", "kernel-monitor", run.Node);
            return;
        }

        container.Until = step.WakeAt;
        foreach (var probe in container.Probes.ToArray())
        {
            if (probe.DueAt > Now || (probe.Kind != "Startup" && !container.Started) || (probe.Kind == "Startup" && container.Started)) continue;
            var failure = container.Process.Probe(probe.Probe, probe.Kind, Now);
            if (failure is not null) events.Warn(run.Pod, "Unhealthy", $"{probe.Kind} probe failed: {failure}", Component, run.Node, container.FieldPath);
            probe.Count(failure is null, Now);
            switch (probe.Kind)
            {
                case "Startup" when probe.Passing == true:
                    container.Started = true;
                    container.Ready = container.Probes.All(each => each.Kind != "Readiness");
                    break;
                case "Readiness":
                    container.Ready = probe.Passing == true;
                    break;
                case "Startup" or "Liveness" when probe.Passing == false:
                    events.Tell(run.Pod, "Killing", $"Container {container.Name} failed {probe.Kind.ToLowerInvariant()} probe, will be restarted", Component, run.Node, container.FieldPath);
                    var grace = TimeSpan.FromSeconds(run.Pod.Body.Number("spec", "terminationGracePeriodSeconds") ?? 30);
                    var (takes, exit) = container.Process.Terminate(Now);
                    container.Probes.Clear();
                    container.Ready = false;
                    container.Ending = takes < grace ? (Now + takes, exit) : (Now + grace, 137);
                    break;
            }
        }

        if (container.Ending is { } ending && ending.At <= Now) Ended(container, ending.ExitCode, ending.ExitCode == 0 ? "Completed" : "Error");
    }

    public void Ended(ContainerRun container, int code, string reason)
    {
        // A run long enough proves the container works: the next crash starts over.
        if (Now - container.StartedAt >= options.BackOffMax * 2) container.CrashDelay = TimeSpan.Zero;
        container.Exit(code, reason, Now);
    }

    private void BackOff(PodRun run, ContainerRun container)
    {
        // The first restart is immediate; only then does the delay begin.
        var delay = container.CrashDelay;
        container.CrashDelay = container.RestartCount == 0 && delay == TimeSpan.Zero ? TimeSpan.FromTicks(1) : delay <= TimeSpan.FromTicks(1) ? options.BackOffInitial : Doubled(delay);
        var wait = container.CrashDelay <= TimeSpan.FromTicks(1) ? TimeSpan.Zero : container.CrashDelay;
        container.LastTerminated = container.Terminated;
        container.RestartCount++;
        container.Phase = ContainerPhase.CrashBackOff;
        (container.WaitingReason, container.WaitingMessage) = wait == TimeSpan.Zero
            ? ("ContainerCreating", null)
            : ("CrashLoopBackOff", $"back-off {Go(wait)} restarting failed container={container.Name} pod={run.Pod.Name}_{run.Pod.Namespace}({run.Pod.Uid})");
        container.Until = Now + wait;
        if (wait > TimeSpan.Zero) events.Warn(run.Pod, "BackOff", "Back-off restarting failed container", Component, run.Node, container.FieldPath);
    }

    private static string Go(TimeSpan span) => span.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}m{span.Seconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");

    /// <summary>When the container next needs a look; null when only an outside change can move it.</summary>
    public DateTimeOffset? NextDue(ContainerRun container, DateTimeOffset now)
    {
        if (container.Phase != ContainerPhase.Running) return container.Until;
        var due = container.Until;
        foreach (var probe in container.Probes)
        {
            if ((probe.Kind != "Startup" && !container.Started) || (probe.Kind == "Startup" && container.Started)) continue;
            if (due is null || probe.DueAt < due) due = probe.DueAt;
        }

        if (container.MemoryLimitBytes is not { } limit) return due;
        // Memory grows linearly between looks: the moment it passes the limit is known, and nothing need be polled.
        var used = container.Process!.Usage(now).MemoryBytes;
        var growth = container.Process.Usage(now + options.UsageInterval).MemoryBytes - used;
        if (growth <= 0) return due;
        var passes = now + (options.UsageInterval * Math.Clamp((double)(limit - used) / growth, 0.02, 1e6));
        return due is null || passes < due ? passes : due;
    }
}
