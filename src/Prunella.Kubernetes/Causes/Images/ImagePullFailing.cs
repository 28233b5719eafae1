using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The image does not come, and what the registry answered is not among what was read: events are kept for an hour only.</summary>
public sealed class ImagePullFailing : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("image-pull-failing",
        "The container waits for its image, and neither its message nor its events tell why; the events may have expired.",
        "Back to the last revision when an earlier one is there; else a person reads what the next attempt to pull says.");

    private protected override double Confidence => 0.7;

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said) => (
        $"Image {container.Image} of {container.Words} cannot be pulled; why is not said in what was read.",
        $"Check that {container.Image} exists at {RegistryOf(container.Image)} and that the pod may pull it; the events of the next attempt tell which.");
}
