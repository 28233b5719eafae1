using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>The runtime cannot create or start the container, for a reason other than its command.</summary>
public sealed class ContainerStartFailed : Cause
{
    private static readonly string[] Reasons = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PostStartHookError", "StartError"];

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("container-start-failed", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "The container waits with CreateContainerConfigError, CreateContainerError or RunContainerError, and no missing config or command explains it.",
        Done = "Back to the last revision when an earlier one is there; else a person corrects what the runtime names.",
        Actions = ["rollback-rollout"],
        Family = "start",
        Precedence = 60,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            var failed = Reasons.Contains(container.WaitingReason);
            if (!failed && !(container.EndedReason is "StartError" or "ContainerCannotRun" && !container.Running)) continue;
            var message = failed && container.WaitingMessage.Length > 0 ? container.WaitingMessage : container.Ended["message"].Text;
            if (OutOfMemory.AtStart(container) is not null) continue;
            if (CommandNotFound.Told(message) is not null || message.Contains("couldn't find key", StringComparison.Ordinal) || (message.Contains("not found", StringComparison.Ordinal) && (message.Contains("configmap", StringComparison.Ordinal) || message.Contains("secret", StringComparison.Ordinal)))) continue;
            var (offender, summary, advice) = Explain(container, message);
            yield return Found(snapshot, container.Pod, offender, 0.93, summary, failed ? Observed.Waiting(snapshot, container) : Observed.Ended(snapshot, container)) with { Advice = advice, Remedies = Rollouts.BackOrNone(snapshot, container.Pod) };
        }
    }

    private static (string Offender, string Summary, string Advice) Explain(Container container, string message)
    {
        if (message.Contains("runAsNonRoot", StringComparison.Ordinal))
            return ("runAsNonRoot", $"{container.Words} must not run as root (runAsNonRoot), and image {container.Image} does.", "Set runAsUser to a user of the image, or build the image with a numeric USER.");
        if (message.Contains("exec user process", StringComparison.Ordinal) || message.Contains("exec format error", StringComparison.Ordinal))
            return ("exec format", $"The command of {container.Words} in image {container.Image} is built for another architecture than the node's.", "Build the image for the node's architecture.");
        if (message.Contains("subPath", StringComparison.OrdinalIgnoreCase))
            return ("subPath", $"A subPath that {container.Words} mounts cannot be prepared: {message}", "Correct the subPath in the pod template.");
        if (container.WaitingReason == "PostStartHookError")
            return ("postStart", $"The postStart hook of {container.Words} fails: {message}", "Correct the hook's command.");
        return (container.Name, $"{container.Words} cannot be started: {message}", "Correct what the container runtime names in the pod template.");
    }
}
