using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The image's name is no name.</summary>
public sealed class ImageNameInvalid : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("image-name-invalid",
        "The container waits with InvalidImageName.",
        "Back to the last revision when an earlier one is there; else a person corrects the name.");

    private protected override double Confidence => 0.99;

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said) =>
        ($"\"{container.Image}\" of {container.Words} is no image name{(container.Image.Any(char.IsAsciiLetterUpper) ? ": repositories are written in lower case" : "")}.", "Correct the image in the pod template.");
}
