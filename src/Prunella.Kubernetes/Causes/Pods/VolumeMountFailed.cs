using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>A volume cannot be attached or mounted for another reason than a missing config map or secret.</summary>
public sealed partial class VolumeMountFailed : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("volume-mount-failed", "Pods", CauseLayer.Root)
    {
        RecognisedBy = "Events FailedMount, FailedAttachVolume or FailedMapVolume on a pod that does not start, naming the volume and why.",
        Done = "A person looks at the named volume: where it is attached, its server, its path. A pod that waits for a detach comes up by itself.",
        Family = "start",
        Precedence = 30,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods)
        {
            if (!pod.Live || pod.Ready || pod.Containers.Any(container => container.Running || container.Restarts > 0)) continue;
            var happened = Observed.Events(snapshot, pod.Ref, "FailedAttachVolume", "FailedMount", "FailedMapVolume").OrderBy(candidate => candidate.Message.StartsWith("Unable to attach or mount", StringComparison.Ordinal)).FirstOrDefault();
            if (happened is null || IsConfig().IsMatch(happened.Message)) continue;
            var volume = Volume().Match(happened.Message) is { Success: true } named ? named.Groups[1].Value : "a volume";
            var claim = pod.Spec["volumes"].Items.All().FirstOrDefault(candidate => candidate["name"].Text == volume)["persistentVolumeClaim"]["claimName"].Text;
            var multi = happened.Message.Contains("Multi-Attach", StringComparison.Ordinal);
            var summary = multi ? $"Volume {volume} is still attached to another node and may only be attached to one." : $"Volume {volume} cannot be mounted: {Reason(happened.Message)}";
            yield return Found(snapshot, pod, volume, 0.92, summary, Observed.Event(snapshot, happened)) with
            {
                Blames = claim.Length > 0 ? [new ObjectRef("PersistentVolumeClaim", pod.Namespace, claim)] : [],
                Advice = multi ? "Find the pod that still holds the volume; when its node is gone, the volume attachment has to be removed by a person." : $"Put right what the kubelet names about volume {volume}: path, server, driver or permissions.",
            };
        }
    }

    private static string Reason(string message)
    {
        var at = message.IndexOf("\" : ", StringComparison.Ordinal);
        return at > 0 ? message[(at + 4)..] : message;
    }

    [GeneratedRegex(@"for volume ""([^""]{1,253})""", RegexOptions.CultureInvariant)]
    private static partial Regex Volume();

    [GeneratedRegex(@"(configmap|secret)s? ""[^""]+"" not found|references non-existent|couldn't find key|failed to sync (configmap|secret) cache|object ""[^""]+"" not registered", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex IsConfig();
}
