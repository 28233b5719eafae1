using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>The pod's sandbox cannot be made: network, runtime class, or the runtime itself.</summary>
public sealed partial class SandboxFailed : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("sandbox-failed", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "Event FailedCreatePodSandBox on a pod whose containers have not started; the message tells network plug-in, runtime handler or quota of addresses.",
        Done = "A person looks at the node's network plug-in or runtime; a runtime class without its handler is named.",
        Family = "start",
        Precedence = 20,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            if (!pod.Live || pod.Ready || pod.Containers.Any(container => container.Running || container.Restarts > 0)) continue;
            var happened = Observed.Events(snapshot, pod.Ref, "FailedCreatePodSandBox").FirstOrDefault();
            if (happened is null) continue;
            var runtimeClass = pod.Spec["runtimeClassName"].Text;
            var (offender, summary, advice) = Handler().Match(happened.Message) is { Success: true } handler
                ? ($"runtime handler {handler.Groups[1].Value}", $"Node {pod.Node} has no runtime handler {handler.Groups[1].Value}, which runtime class {runtimeClass} asks for.", $"Configure the handler {handler.Groups[1].Value} on the nodes, or correct runtimeClassName.")
                : Network().IsMatch(happened.Message)
                    ? ("network plug-in", $"The network plug-in on node {pod.Node} cannot set up its network.", $"Look at the network plug-in's pod and log on node {pod.Node}, and at free addresses.")
                    : ("sandbox", $"The container runtime on node {pod.Node} cannot make its sandbox.", $"Look at the container runtime's log on node {pod.Node}.");
            yield return Found(snapshot, pod, offender, 0.93, summary, Observed.Event(snapshot, happened)) with { Advice = advice, Blames = [new ObjectRef("Node", "", pod.Node)] };
        }
    }

    [GeneratedRegex(@"no runtime for ""([^""]{1,100})"" is configured|(?:RuntimeHandler|runtime handler) ""?([\w-]{1,100})""? not (?:supported|found)", RegexOptions.CultureInvariant)]
    private static partial Regex Handler();

    [GeneratedRegex(@"\bcni\b|plugin type=|network for (?:sandbox|pod)|NetworkPlugin|failed to (?:allocate|assign) .{0,20}(?:ip|address)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Network();
}
