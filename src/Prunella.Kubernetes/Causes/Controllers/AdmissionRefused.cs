using System.Text.RegularExpressions;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Controllers;

/// <summary>An admission webhook or policy refuses the pods, or cannot be asked.</summary>
public sealed partial class AdmissionRefused : CreationRefused
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("admission-refused", 13,
        "The API refuses pods because a webhook denied them or could not be called, or because a pod security standard or policy is violated, or the namespace is being deleted.",
        "A person brings the pod template in line with the named policy, or the webhook back; webhooks are never changed by Prunella.");

    private protected override (string, string, string)? Explain(ClusterSnapshot snapshot, KubeObject workload, string message)
    {
        if (Failed().Match(message) is { Success: true } failed)
            return ($"webhook {failed.Groups[1].Value}", $"Its pods cannot be made because webhook {failed.Groups[1].Value} cannot be asked: {failed.Groups[2].Value}.", $"Bring the service behind webhook {failed.Groups[1].Value} back.");
        if (Denied().Match(message) is { Success: true } denied)
            return ($"webhook {denied.Groups[1].Value}", $"Webhook {denied.Groups[1].Value} denies its pods: {denied.Groups[2].Value}", "Bring the pod template in line with what the webhook asks for.");
        if (Policy().Match(message) is { Success: true } policy)
            return ("pod security policy", $"No pod security policy of {workload.Namespace} lets its pods in: {policy.Groups[1].Value}", "Bring the securityContext of the pod template in line with a policy, or let the service account use one that fits.");
        if (Terminating().Match(message) is { Success: true } ending)
            return ($"namespace {ending.Groups[1].Value}", $"Namespace {ending.Groups[1].Value} is being deleted, so nothing new is made in it.", "Deploy it into a namespace that stays; when the deletion was a mistake, make the namespace anew once it is gone.");
        if (PodSecurity().Match(message) is { Success: true } security)
            return ($"pod security {security.Groups[1].Value}", $"Its pods violate the pod security standard {security.Groups[1].Value} of {workload.Namespace}: {security.Groups[2].Value}", "Bring the securityContext of the pod template in line with the standard.");
        return null;
    }

    private protected override IEnumerable<ObjectRef> Blames(ClusterSnapshot snapshot, KubeObject workload, string message)
    {
        if (Failed().Match(message) is not { Success: true } failed) yield break;
        foreach (var configuration in snapshot.Of("ValidatingWebhookConfiguration").Concat(snapshot.Of("MutatingWebhookConfiguration")))
            if (configuration.Root["webhooks"].Items.All().Any(hook => hook["name"].Text == failed.Groups[1].Value)) yield return configuration.Ref;
    }

    [GeneratedRegex(@"failed calling webhook ""([^""]{1,253})"": (.{1,300})", RegexOptions.CultureInvariant)]
    private static partial Regex Failed();

    [GeneratedRegex(@"admission webhook ""([^""]{1,253})"" denied the request:? ?(.{0,300})", RegexOptions.CultureInvariant)]
    private static partial Regex Denied();

    [GeneratedRegex(@"violates PodSecurity ""([^""]{1,100})"": (.{1,300})", RegexOptions.CultureInvariant)]
    private static partial Regex PodSecurity();

    [GeneratedRegex(@"unable to validate against any pod security policy: (.{1,300})", RegexOptions.CultureInvariant)]
    private static partial Regex Policy();

    [GeneratedRegex(@"unable to create new content in namespace (\S{1,63}) because it is being terminated", RegexOptions.CultureInvariant)]
    private static partial Regex Terminating();
}
