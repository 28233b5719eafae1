using System.Text.Json.Nodes;
using Prunella.Sandbox.Behaviours;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Kubelet;

internal enum ContainerPhase { Waiting, Pulling, Starting, Running, PullBackOff, CrashBackOff, Exited }

/// <summary>One container of a pod across its restarts.</summary>
internal sealed class ContainerRun(JsonObject spec, bool isInit, string podUid)
{
    private static long lastId;

    public JsonObject Spec { get; set; } = spec;
    public bool IsInit { get; } = isInit;
    public string Name { get; } = spec.Text("name") ?? "";
    public string Image => Spec.Text("image") ?? "";
    public ContainerPhase Phase { get; set; }
    public string WaitingReason { get; set; } = "ContainerCreating";
    public string? WaitingMessage { get; set; }

    /// <summary>When the phase ends by itself; null when something else must happen.</summary>
    public DateTimeOffset? Until { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public int RestartCount { get; set; }
    public bool Ready { get; set; }
    public bool Started { get; set; }
    public JsonObject? Terminated { get; set; }
    public JsonObject? LastTerminated { get; set; }
    public IContainerProcess? Process { get; set; }
    public LogBook? Log { get; set; }
    public List<ProbeRun> Probes { get; } = [];
    public TimeSpan CrashDelay { get; set; }
    public TimeSpan PullDelay { get; set; }
    public string Id { get; set; } = "";

    /// <summary>Set while it ends after SIGTERM: the moment and the code.</summary>
    public (DateTimeOffset At, int ExitCode)? Ending { get; set; }
    public long? MemoryLimitBytes => Spec.At("resources", "limits", "memory") is { } limit ? (long)Resources.Quantity.Of(limit) : null;
    public double? CpuLimitCores => Spec.At("resources", "limits", "cpu") is { } limit ? (double)Resources.Quantity.Of(limit) : null;

    public string FieldPath => $"spec.{(IsInit ? "initContainers" : "containers")}{{{Name}}}";

    public void NewId() => Id = $"containerd://{podUid.Replace("-", "", StringComparison.Ordinal)}{Interlocked.Increment(ref lastId):x32}";

    public void Exit(int code, string reason, DateTimeOffset now, string? message = null)
    {
        Terminated = new JsonObject { ["exitCode"] = (long)code, ["reason"] = reason };
        Terminated.Put("message", message);
        Terminated["startedAt"] = StartedAt.Stamp();
        Terminated["finishedAt"] = now.Stamp();
        Terminated["containerID"] = Id;
        Phase = ContainerPhase.Exited;
        Until = null;
        Ready = false;
        Started = false;
        Ending = null;
        Process = null;
        Probes.Clear();
        Log?.Close();
    }

    public JsonObject Status()
    {
        var state = new JsonObject();
        switch (Phase)
        {
            case ContainerPhase.Running:
                state["running"] = new JsonObject { ["startedAt"] = StartedAt.Stamp() };
                break;
            case ContainerPhase.Exited:
                state["terminated"] = Terminated!.Copy();
                break;
            default:
                var waiting = new JsonObject { ["reason"] = WaitingReason };
                waiting.Put("message", WaitingMessage);
                state["waiting"] = waiting;
                break;
        }

        var status = new JsonObject
        {
            ["name"] = Name, ["state"] = state, ["lastState"] = LastTerminated is null ? new JsonObject() : new JsonObject { ["terminated"] = LastTerminated.Copy() },
            ["ready"] = Ready, ["restartCount"] = (long)RestartCount, ["image"] = Image, ["imageID"] = Id.Length > 0 ? "sandbox/" + Image : "",
        };
        if (Id.Length > 0) status["containerID"] = Id;
        if (!IsInit) status["started"] = Started;
        return status;
    }
}
