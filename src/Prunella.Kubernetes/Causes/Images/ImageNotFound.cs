using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The registry answers, and has no such image, tag or platform.</summary>
public sealed class ImageNotFound : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("image-not-found",
        "The container waits for its image, and the registry says not found, manifest unknown or no matching platform.",
        "Back to the last revision when an earlier one is there; else a person pushes the image or corrects its name.");

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said) => Has(said, "platform", "matching manifest")
        ? ($"Image {container.Image} of {container.Words} exists, but not for the node's platform.", $"Build {container.Image} for the node's architecture, or select nodes that fit.")
        : ($"Image {container.Image} of {container.Words} does not exist: the registry {RegistryOf(container.Image)} answers not found.", $"Push {container.Image}, or correct the name or tag in the pod template.");
}
