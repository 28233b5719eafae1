using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>The registry cannot be reached, or answers with trouble of its own.</summary>
public sealed class RegistryUnreachable : ImageCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("registry-unreachable",
        "The container waits for its image, and the kubelet could not resolve, reach or trust the registry, or it answered 429 or 5xx.",
        "Back to the last revision when the registry's name is new; else a person looks at the registry, DNS or the node's way out.");

    private protected override double Confidence => 0.93;

    private protected override (string, string) Explain(ClusterSnapshot snapshot, Container container, string said)
    {
        var registry = RegistryOf(container.Image);
        var how = Has(said, "no such host", "server misbehaving", "lookup ") ? "its name cannot be resolved"
            : Has(said, "x509:", "tls") ? "its certificate is not trusted"
            : Has(said, "toomanyrequests", "429") ? "it limits the rate of pulls"
            : Has(said, "502", "503", "500 internal") ? "it answers with an error of its own"
            : "no connection comes about";
        return ($"The registry {registry} of {container.Image} ({container.Words}) cannot be used: {how}.", $"Check the registry's name {registry}, its state, and DNS and the way out from the node.");
    }
}
