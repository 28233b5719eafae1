using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>The kubelet ended pods to save the node, or because they used more disk than they may.</summary>
public sealed partial class Evicted : Cause
{
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("evicted", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "A pod has failed with the reason Evicted within the last day; the message tells the node's pressure or the pod's own limit.",
        Done = "Its controller makes a new pod, and the remains are removed; it is healed once the workload is whole. A person raises the limit that is named or finds what fills the node.",
        Actions = ["clean-up-pods"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            if (pod.Phase != "Failed" || pod.Status["reason"].Text != "Evicted" || EvictedAt(snapshot, pod) is var at && snapshot.Since(at) > TimeSpan.FromDays(1)) continue;
            var message = pod.Status["message"].Text;
            var own = OwnLimit().Match(message);
            var pressure = Pressure().Match(message) is { Success: true } low ? low.Groups[1].Value : "";
            var node = new ObjectRef("Node", "", pod.Node);
            var summary = own.Success ? $"The kubelet ended its pod: {message.Trim()}" : $"{(pod.Node.Length > 0 ? $"Node {pod.Node}" : "The node")} ended its pod to save itself{(pressure.Length > 0 ? $": it was low on {pressure}" : "")}.";
            var target = snapshot.TopOf(pod);
            // Of all pods evicted at once, as by one full volume each, none is replaced yet when the first look comes.
            var replaced = target.Kind is "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet"
                && (snapshot.PodsOf(target).Any(other => other.Live && other.Ready) || (at is not null && snapshot.Since(at) <= JustNow));
            var offender = own.Success ? own.Value : $"{(pressure.Length > 0 ? pressure : "pressure")} on {pod.Node}";
            yield return Found(target, offender, 0.97, Severity.Warning, summary, Observed.Object(snapshot, pod, $"Failed: Evicted: {message}", at)) with
            {
                Pods = [pod.Name],
                Remedies = replaced ? [new Remedy("clean-up-pods", "Its controller makes a new pod; what is left of the old one says no more than this.")] : [],
                Blames = own.Success ? [] : [node],
                Advice = own.Success ? "Raise the limit that is named, or write less to the pod's own disk." : $"Find what uses up {(pressure.Length > 0 ? pressure : "the resource")} on {(pod.Node.Length > 0 ? $"node {pod.Node}" : "its node")}; give the pods requests that tell the truth.",
            };
        }
    }

    // The status keeps the time of the pod's start, and has none for its end: that is in a condition, the containers or an event, and at first nowhere but in the write itself.
    private static DateTimeOffset? EvictedAt(ClusterSnapshot snapshot, Pod pod) =>
        pod.Condition("DisruptionTarget")["lastTransitionTime"].Time
        ?? pod.Containers.Max(container => container.EndedAt)
        ?? Observed.Events(snapshot, pod.Ref, "Evicted").FirstOrDefault()?.At
        ?? pod.Condition("Ready")["lastTransitionTime"].Time
        ?? pod.WrittenAt;

    [GeneratedRegex(@"EmptyDir volume ""[^""]{1,253}""|ephemeral local storage usage exceeds[^.]{0,120}|Container \S{1,253} exceeded its local ephemeral storage limit[^.]{0,60}", RegexOptions.CultureInvariant)]
    private static partial Regex OwnLimit();

    [GeneratedRegex(@"low on resource: ([\w.-]{0,60}\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Pressure();
}
