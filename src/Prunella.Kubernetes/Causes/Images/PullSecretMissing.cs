using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>A pod names a pull secret that does not exist.</summary>
public sealed class PullSecretMissing : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("pull-secret-missing", "Images", CauseLayer.Root)
    {
        RecognisedBy = "A pull secret named by the pod or its service account is not in the namespace (or the kubelet says so), and an image does not come.",
        Done = "A person creates the named secret.",
        Family = "image",
        Precedence = 10,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var pod in snapshot.Pods.Where(pod => pod.Live && !pod.Ready))
        {
            var waiting = pod.Containers.FirstOrDefault(container => container.WaitingReason is "ErrImagePull" or "ImagePullBackOff");
            if (waiting is null) continue;
            var told = Observed.Events(snapshot, pod.Ref, "FailedToRetrieveImagePullSecret").FirstOrDefault();
            foreach (var name in PullSecrets.Of(snapshot, pod))
            {
                var gone = snapshot.Knows("Secret", pod.Namespace) && snapshot.Find("Secret", pod.Namespace, name) is null;
                if (!gone && !(told is not null && told.Message.Contains(name, StringComparison.Ordinal))) continue;
                var evidence = new List<Evidence> { Observed.Waiting(snapshot, waiting) };
                if (told is not null) evidence.Insert(0, Observed.Event(snapshot, told));
                yield return Found(snapshot, pod, name, 0.95, $"The pull secret {pod.Namespace}/{name}, which it names, does not exist, and {waiting.Image} cannot be pulled.", evidence) with
                {
                    Advice = $"Create the secret {name} of type kubernetes.io/dockerconfigjson in namespace {pod.Namespace} (kubectl create secret docker-registry).",
                };
            }
        }
    }
}
