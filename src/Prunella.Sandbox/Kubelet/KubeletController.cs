using Prunella.Sandbox.Api;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Controllers;
using Prunella.Sandbox.Faults;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Resources;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Kubelet;

/// <summary>The kubelets of all nodes: runs every pod that has a node, until it is gone.</summary>
internal sealed class KubeletController(
    SandboxOptions options, BehaviourRegistry behaviours, SandboxFaults faults, ContainerLogs logs, EventRecorder events) : Controller, ISurroundings
{
    private const string Component = "kubelet";
    private readonly Dictionary<string, PodRun> runs = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, string> uids = [];
    private readonly Dictionary<WorkloadName, List<PodRun>> byWorkload = [];
    private readonly HashSet<(string Node, string Image)> pulled = [];
    private readonly VolumeUsage volumes = new();
    private ContainerSteps? steps;
    private int lastAddress;

    private ContainerSteps Steps => steps ??= new ContainerSteps(options, behaviours, logs, events, pulled, this, Simulation);

    public IReadOnlyCollection<PodRun> Runs => runs.Values;
    public VolumeUsage Volumes => volumes;

    public override void Observe(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        if (item.Type == ResourceCatalogue.Pods)
        {
            if (!string.IsNullOrEmpty(item.Body.Text("spec", "nodeName"))) Enqueue(ObjectKey.Of(item));
            if (kind == ChangeKind.Deleted) Drop(item.Uid);
        }
        else if (item.Type == ResourceCatalogue.ConfigMaps || item.Type == ResourceCatalogue.Secrets)
        {
            // A container that waits for a key looks again when its sources change, well before its retry.
            foreach (var run in runs.Values)
            {
                if (run.Pod.Namespace == item.Namespace && run.Containers.Any(each => each.Phase is ContainerPhase.Waiting && each.Until is not null)) Enqueue(ObjectKey.Of(run.Pod));
            }
        }
    }

    /// <summary>Looks at every pod again: a fault began or ended.</summary>
    public void WakeAll()
    {
        foreach (var run in runs.Values) Enqueue(ObjectKey.Of(run.Pod));
    }

    private void Drop(string uid)
    {
        if (!runs.Remove(uid, out var run)) return;
        byWorkload.GetValueOrDefault(run.Workload)?.Remove(run);
        logs.Forget(uid);
    }

    public override void Reconcile(ObjectKey key)
    {
        if (Store.Find(ResourceCatalogue.Pods, key.Namespace, key.Name) is not { } pod) return;
        var node = pod.Body.Text("spec", "nodeName");
        if (string.IsNullOrEmpty(node) || faults.IsSilent(node)) return;
        if (!runs.TryGetValue(pod.Uid, out var run))
        {
            if (pod.Body.Text("status", "phase") is "Succeeded" or "Failed")
            {
                if (pod.Body.Deleting()) Registry.Delete(pod.Type, pod.Namespace, pod.Name, DeleteOptions.Now with { Uid = pod.Uid });
                return;
            }

            run = Accept(pod);
        }
        else run.Refresh(pod);

        volumes.Advance(Now, Store, runs.Values, faults);
        run.WakeAt = null;
        if (pod.Body.Deleting()) Stop(run);
        else if (!run.Finished) Sync(run);
        if (runs.ContainsKey(pod.Uid)) Report(run);
        Schedule(run);
    }

    private PodRun Accept(StoredObject pod)
    {
        lastAddress++;
        var run = new PodRun(pod, Owner(pod), $"10.88.{lastAddress / 250 % 250}.{(lastAddress % 250) + 2}", Now);
        runs[pod.Uid] = run;
        uids[ObjectKey.Of(pod)] = pod.Uid;
        if (!byWorkload.TryGetValue(run.Workload, out var peers)) byWorkload[run.Workload] = peers = [];
        peers.Add(run);
        return run;
    }

    private WorkloadName Owner(StoredObject pod)
    {
        var top = pod;
        for (var depth = 0; depth < 4; depth++)
        {
            var uid = top.Body.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller") == true).Text("uid");
            if (uid is null || Store.FindUid(uid) is not { } owner) break;
            top = owner;
        }

        return new WorkloadName(top.Namespace, top.Type.Kind, top.Name);
    }

    private void Sync(PodRun run)
    {
        var pod = run.Pod.Body;
        if (pod.Number("spec", "activeDeadlineSeconds") is { } deadline && Now >= run.AcceptedAt.AddSeconds(deadline))
        {
            Fail(run, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            return;
        }

        if (ContainerConfig.MissingVolume(Store, pod) is { } missing && run.Main.All(container => container.Phase == ContainerPhase.Waiting))
        {
            events.Warn(run.Pod, "FailedMount", $"MountVolume.SetUp failed for volume \"{missing.Volume}\" : {missing.Reason}", Component, run.Node);
            foreach (var container in run.Containers) container.Until = Now.AddSeconds(10);
            return;
        }

        foreach (var container in run.Init)
        {
            Steps.Advance(run, container);
            if (container.Phase == ContainerPhase.Exited && container.Terminated.Number("exitCode") == 0) continue;
            return;
        }

        foreach (var container in run.Main) Steps.Advance(run, container);
        if (run.Phase() is "Succeeded" or "Failed") run.Finished = true;
    }

    /// <summary>Ends every container and marks the pod failed, as an eviction or a deadline does.</summary>
    public void Fail(PodRun run, string reason, string message)
    {
        foreach (var container in run.Containers.Where(each => each.Phase == ContainerPhase.Running)) container.Exit(137, "Error", Now);
        run.Failure = (reason, message);
        run.Finished = true;
        events.Warn(run.Pod, reason, message, Component, run.Node);
    }

    private void Stop(PodRun run)
    {
        var grace = TimeSpan.FromSeconds(run.Pod.Body.Number("metadata", "deletionGracePeriodSeconds") ?? 0);
        var deadline = run.Pod.Body.Time("metadata", "deletionTimestamp") ?? Now;
        if (deadline < Now) deadline = Now;
        foreach (var container in run.Containers)
        {
            if (container.Phase != ContainerPhase.Running) continue;
            if (container.Ending is null)
            {
                events.Tell(run.Pod, "Killing", $"Stopping container {container.Name}", Component, run.Node, container.FieldPath);
                var (takes, code) = container.Process!.Terminate(Now);
                container.Ending = takes < grace ? (Now + takes, code) : (deadline, 137);
            }
            else if (container.Ending.Value.At > deadline) container.Ending = (deadline, 137);

            if (container.Ending.Value.At <= Now) container.Exit(container.Ending.Value.ExitCode, container.Ending.Value.ExitCode == 0 ? "Completed" : "Error", Now);
        }

        if (run.Containers.Any(container => container.Phase == ContainerPhase.Running)) return;
        Report(run);
        try
        {
            // With finalizers left the object stays, without grace, until they are gone.
            Registry.Delete(run.Pod.Type, run.Pod.Namespace, run.Pod.Name, DeleteOptions.Now with { Uid = run.Pod.Uid });
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 409)
        {
            // gone already
        }

        run.Finished = true;
    }

    private void Report(PodRun run)
    {
        if (Store.Find(run.Pod.Type, run.Pod.Namespace, run.Pod.Name) is not { } current || current.Uid != run.Pod.Uid) return;
        Registry.Change(current, body => run.WriteStatus(body, Now), "status");
    }

    private void Schedule(PodRun run)
    {
        if (!runs.ContainsKey(run.Pod.Uid)) return;
        DateTimeOffset? due = null;
        foreach (var container in run.Containers)
        {
            var wish = container.Ending?.At ?? Steps.NextDue(container, Now);
            if (wish is not null && (due is null || wish < due)) due = wish;
        }

        if (run.Pod.Body.Number("spec", "activeDeadlineSeconds") is { } deadline && !run.Finished)
        {
            var end = run.AcceptedAt.AddSeconds(deadline);
            if (due is null || end < due) due = end;
        }

        if (due is null || run.Finished) return;
        run.WakeAt = due;
        var key = ObjectKey.Of(run.Pod);
        Simulation.At(due.Value, () =>
        {
            if (run.WakeAt == due) Simulation.Enqueue(this, key);
        });
    }

    /// <summary>Ends a running container from outside.</summary>
    public bool Kill(string ns, string name, string? container, int exitCode, string reason)
    {
        lock (Store.Gate)
        {
            if (!uids.TryGetValue(new ObjectKey(ns, name), out var uid) || !runs.TryGetValue(uid, out var run)) return false;
            var target = run.Main.FirstOrDefault(each => each.Phase == ContainerPhase.Running && (container is null || each.Name == container));
            if (target is null) return false;
            Steps.Ended(target, exitCode, reason);
            Report(run);
            Enqueue(ObjectKey.Of(run.Pod));
            Simulation.Wake();
            return true;
        }
    }

    public PodRun? FindRun(string ns, string name) => uids.TryGetValue(new ObjectKey(ns, name), out var uid) ? runs.GetValueOrDefault(uid) : null;

    int ISurroundings.ReadyEndpoints(string ns, string service) =>
        Store.Find(ResourceCatalogue.Endpoints, ns, service)?.Body.Items("subsets").Sum(subset => subset.List("addresses")?.Count ?? 0) ?? 0;

    int ISurroundings.ReadyPods(WorkloadName workload) => Math.Max(1, byWorkload.GetValueOrDefault(workload)?.Count(run => run.Ready) ?? 0);

    IReadOnlyList<ActiveFault> ISurroundings.FaultsOf(WorkloadName workload) => faults.Of(workload);
}
