using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The registry does not let the kubelet in.</summary>
public sealed class ImageUnauthorised : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("image-unauthorised",
        "The container waits for its image, and the registry says 401, 403, denied or authentication required; the pull secrets of pod and service account are looked up.",
        "A person creates or renews the pull secret; Prunella never touches credentials.");

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said)
    {
        var pod = container.Pod;
        var secrets = PullSecrets.Of(snapshot, pod).ToList();
        var missing = secrets.Where(name => snapshot.Knows("Secret", pod.Namespace) && snapshot.Find("Secret", pod.Namespace, name) is null).ToList();
        var registry = RegistryOf(container.Image);
        if (missing.Count > 0) return ($"The registry {registry} refuses {container.Image} of {container.Words}, and the pull secret {Words.List(missing)} does not exist in {pod.Namespace}.", $"Create the secret {Words.List(missing)} of type kubernetes.io/dockerconfigjson in namespace {pod.Namespace} (kubectl create secret docker-registry).");
        return secrets.Count > 0
            ? ($"The registry {registry} refuses {container.Image} of {container.Words} with the pull secret {Words.List(secrets)}.", $"Renew the credentials in secret {pod.Namespace}/{Words.List(secrets)}, or check that the repository's name is right: registries also refuse what does not exist.")
            : ($"The registry {registry} refuses {container.Image} of {container.Words}, and neither the pod nor its service account names a pull secret.", $"Create a pull secret for {registry} in namespace {pod.Namespace} and name it in imagePullSecrets, or check the repository's name: registries also refuse what does not exist.");
    }
}
