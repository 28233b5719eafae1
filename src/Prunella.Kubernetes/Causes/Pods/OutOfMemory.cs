using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>The kernel ended a container that used more memory than it may. Told by the reason; exit code 137 alone says only that it was killed.</summary>
public sealed class OutOfMemory : Cause
{
    private static readonly TimeSpan Recent = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("oom-killed", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "A container's last end has the reason OOMKilled, within a day, or the runtime says that its first process was killed for memory while it was started; never by exit code 137, which a liveness kill has too.",
        Done = "The limit is raised within bounds, the nodes' room and the cap on growth. What leaks is not fed: see memory-leak.",
        Actions = ["raise-memory-limit"],
        Family = "crash",
        Precedence = 0,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            var atStart = AtStart(container);
            var ended = EndOf(container);
            if (atStart is null && (!ended.Exists || snapshot.Since(ended["finishedAt"].Time) > Recent)) continue;
            // One end long ago of a container that has run well since is not trouble of now.
            if (container.Running && container.Ready && container.Restarts <= 1 && snapshot.Since(container.StartedAt) > TimeSpan.FromHours(1)) continue;
            if (Metrics.MemoryTrend.OfLeak(snapshot, container) is not null) continue;
            var limit = container.Limit("memory");
            var summary = $"{container.Words} was killed for memory{(atStart is null ? "" : " while it was started")}{(limit is { } bytes ? $": its limit is {Words.Bytes(bytes)}" : ", and has no limit of its own: the node ran out")}{(container.Restarts > 1 ? $"; restarted {container.Restarts} times" : "")}.";
            yield return Found(snapshot, container.Pod, $"memory of {container.Name}", 0.98, summary, atStart is { } why && container.WaitingMessage == why ? Observed.Waiting(snapshot, container) : Observed.Ended(snapshot, container)) with
            {
                Remedies = limit is null ? [] : [new Remedy("raise-memory-limit", $"It needs more than {Words.Bytes(limit.Value)}.").With("container", container.Name)],
                Advice = limit is null ? "Give the container a memory limit and request, so that the node is not overrun." : "",
            };
        }
    }

    /// <summary>The container's end by the kernel for memory, the present or the last one; empty when there is none.</summary>
    internal static Field EndOf(Container container) =>
        container.EndedReason == "OOMKilled" ? container.Ended : container.Status["lastState"]["terminated"] is { Exists: true } last && last["reason"].Text == "OOMKilled" ? last : Field.None;

    /// <summary>What the runtime says when the limit leaves no room even for the start: no end of the application is recorded then. Null when it says nothing of the kind.</summary>
    internal static string? AtStart(Container container)
    {
        if (container.Running) return null;
        var message = container.WaitingReason is "RunContainerError" or "CreateContainerError" ? container.WaitingMessage : container.EndedReason is "StartError" or "ContainerCannotRun" ? container.Ended["message"].Text : "";
        return message.Contains("init was OOM-killed", StringComparison.Ordinal) ? message : null;
    }
}
