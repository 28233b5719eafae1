using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Images;

/// <summary>What the causes of images that do not come share: the container that waits, and everything the kubelet said about the pull.</summary>
public abstract class ImageCause : Cause
{
    private static readonly string[] PullReasons = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "SignatureValidationFailed"];

    private protected abstract (string Summary, string Advice) Explain(ClusterSnapshot snapshot, Container container, string said);

    private protected virtual double Confidence => 0.97;

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            if (!PullReasons.Contains(container.WaitingReason)) continue;
            var events = snapshot.EventsOf(container.Pod.Ref).Where(happened => happened.Reason is "Failed" or "ErrImageNeverPull" or "InspectFailed" or "FailedToRetrieveImagePullSecret" && happened.IsAbout(container.Name) && happened.Message.Length > 30).ToList();
            var text = string.Join('\n', events.Select(happened => happened.Message).Prepend(container.WaitingMessage));
#pragma warning disable CA1308 // Compared in lower case, never shown.
            var said = (text.Length > 16_384 ? text[..16_384] : text).ToLowerInvariant();
#pragma warning restore CA1308
            if (Meaning(container.WaitingReason, said) != Descriptor.Name) continue;
            var (summary, advice) = Explain(snapshot, container, said);
            var back = Rollouts.BackOrNone(snapshot, container.Pod, container.Image);
            yield return Found(snapshot, container.Pod, container.Image, Confidence, summary, events.Take(2).Select(happened => Observed.Event(snapshot, happened)).Prepend(Observed.Waiting(snapshot, container))) with
            {
                Advice = advice, Remedies = back,
            };
        }
    }

    /// <summary>The one cause that the words mean, so that no two claim the same pull.</summary>
    private static string Meaning(string reason, string said) => reason switch
    {
        "InvalidImageName" => "image-name-invalid",
        "ErrImageNeverPull" => "image-never-pull",
        _ when Has(said, "401 unauthorized", "403 forbidden", "unauthorized", "authentication required", "denied: ", "access denied", "pull access denied", "no basic auth credentials", "insufficient_scope", "authorization failed") => "image-unauthorised",
        _ when Has(said, "no such host", "dial tcp", "i/o timeout", "connection refused", "tls handshake", "x509:", "network is unreachable", "no route to host", "server misbehaving", "503 service unavailable", "502 bad gateway", "500 internal", "toomanyrequests", "429 too many") || reason == "RegistryUnavailable" => "registry-unreachable",
        _ when Has(said, "not found", "manifest unknown", "notfound", "does not exist", "name unknown", "no match for platform", "no matching manifest") => "image-not-found",
        _ => "image-pull-failing",
    };

    private protected static bool Has(string said, params ReadOnlySpan<string> words)
    {
        foreach (var word in words) if (said.Contains(word, StringComparison.Ordinal)) return true;
        return false;
    }

    private protected static CauseDescriptor Describe(string name, string recognisedBy, string done) =>
        new(name, "Images", CauseLayer.Root) { RecognisedBy = recognisedBy, Done = done, Actions = ["rollback-rollout"], Family = "image" };

    /// <summary>The registry's host of an image's name.</summary>
    private protected static string RegistryOf(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash > 0 ? image[..slash] : "";
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? first : "docker.io";
    }
}
