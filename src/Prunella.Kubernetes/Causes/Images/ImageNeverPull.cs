using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The image is not on the node, and the pod forbids to pull it.</summary>
public sealed class ImageNeverPull : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("image-never-pull",
        "The container waits with ErrImageNeverPull: imagePullPolicy is Never and the node has no such image.",
        "Back to the last revision when an earlier one is there; else a person loads the image on the node or changes the policy.");

    private protected override double Confidence => 0.99;

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said) =>
        ($"Image {container.Image} of {container.Words} is not on node {container.Pod.Node}, and imagePullPolicy Never forbids to pull it.", "Set imagePullPolicy to IfNotPresent, or load the image on every node.");
}
