using System.Text.Json.Nodes;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Kubelet;

/// <summary>A pod on its node: its containers, and the status the kubelet reports of them.</summary>
internal sealed class PodRun
{
    public PodRun(StoredObject pod, WorkloadName workload, string address, DateTimeOffset now)
    {
        Pod = pod;
        Workload = workload;
        Address = address;
        AcceptedAt = now;
        Node = pod.Body.Text("spec", "nodeName")!;
        Init = [.. pod.Body.Items("spec", "initContainers").Select(spec => new ContainerRun(spec, true, pod.Uid) { WaitingReason = "PodInitializing" })];
        Main = [.. pod.Body.Items("spec", "containers").Select(spec => new ContainerRun(spec, false, pod.Uid) { WaitingReason = Init.Count > 0 ? "PodInitializing" : "ContainerCreating" })];
    }

    public StoredObject Pod { get; private set; }
    public WorkloadName Workload { get; }
    public string Address { get; }
    public string Node { get; }
    public DateTimeOffset AcceptedAt { get; }
    public List<ContainerRun> Init { get; }
    public List<ContainerRun> Main { get; }
    public IEnumerable<ContainerRun> Containers => Init.Concat(Main);

    /// <summary>When it is next looked at; earlier wishes move it.</summary>
    public DateTimeOffset? WakeAt { get; set; }
    public bool Finished { get; set; }
    public bool Ready { get; private set; }

    /// <summary>Why the pod failed as a whole (<c>Evicted</c>, <c>DeadlineExceeded</c>); null otherwise.</summary>
    public (string Reason, string Message)? Failure { get; set; }
    public string RestartPolicy => Pod.Body.Text("spec", "restartPolicy") ?? "Always";

    /// <summary>Takes a changed pod; a container's new image is taken at its next start.</summary>
    public void Refresh(StoredObject pod)
    {
        Pod = pod;
        foreach (var (run, spec) in Init.Zip(pod.Body.Items("spec", "initContainers"))) run.Spec = spec;
        foreach (var (run, spec) in Main.Zip(pod.Body.Items("spec", "containers"))) run.Spec = spec;
    }

    public bool InitDone => Init.All(run => run.Phase == ContainerPhase.Exited && run.Terminated.Number("exitCode") == 0);

    public string Phase()
    {
        if (Failure is not null) return "Failed";
        if (Init.Count > 0 && !InitDone)
        {
            return RestartPolicy == "Never" && Init.Any(run => run.Phase == ContainerPhase.Exited && run.Terminated.Number("exitCode") != 0) ? "Failed" : "Pending";
        }

        var exited = Main.Count(run => run.Phase == ContainerPhase.Exited);
        var failed = Main.Count(run => run.Phase == ContainerPhase.Exited && run.Terminated.Number("exitCode") != 0);
        if (exited == Main.Count)
        {
            if (RestartPolicy == "Never") return failed > 0 ? "Failed" : "Succeeded";
            if (RestartPolicy == "OnFailure" && failed == 0) return "Succeeded";
        }

        // A container that never ran keeps the pod pending; one that waits between runs does not.
        return Main.All(run => run.Phase is ContainerPhase.Running or ContainerPhase.Exited || run.LastTerminated is not null) ? "Running" : "Pending";
    }

    /// <summary>Writes the status into a copy of the pod; the caller stores it when it differs.</summary>
    public void WriteStatus(JsonObject body, DateTimeOffset now)
    {
        var phase = Phase();
        var status = body.Ensure("status");
        status["phase"] = phase;
        status.Put("reason", Failure?.Reason);
        status.Put("message", Failure?.Message);
        status["hostIP"] = "10.88.0.1";
        status["podIP"] = Address;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = Address });
        status["startTime"] = AcceptedAt.Stamp();
        if (Init.Count > 0) status["initContainerStatuses"] = new JsonArray([.. Init.Select(run => (JsonNode)run.Status())]);
        status["containerStatuses"] = new JsonArray([.. Main.Select(run => (JsonNode)run.Status())]);
        var over = phase is "Succeeded" or "Failed";
        var completed = phase == "Succeeded" ? "PodCompleted" : null;
        var waitingInit = string.Join(' ', Init.Where(run => !(run.Phase == ContainerPhase.Exited && run.Terminated.Number("exitCode") == 0)).Select(run => run.Name));
        PodConditions.Set(body, "Initialized", InitDone || Init.Count == 0, waitingInit.Length > 0 ? "ContainersNotInitialized" : completed,
            waitingInit.Length > 0 ? $"containers with incomplete status: [{waitingInit}]" : null, now);
        var unready = string.Join(' ', Main.Where(run => !run.Ready).Select(run => run.Name));
        Ready = !over && unready.Length == 0;
        var reason = Ready ? null : over && phase == "Succeeded" ? "PodCompleted" : "ContainersNotReady";
        var message = Ready || (over && phase == "Succeeded") ? null : $"containers with unready status: [{unready}]";
        PodConditions.Set(body, "Ready", Ready, reason, message, now);
        PodConditions.Set(body, "ContainersReady", Ready, reason, message, now);
        var conditions = body.List("status", "conditions")!;
        if (conditions.OfType<JsonObject>().All(condition => condition.Text("type") != "PodScheduled")) PodConditions.Set(body, "PodScheduled", true, null, null, now);
    }
}
