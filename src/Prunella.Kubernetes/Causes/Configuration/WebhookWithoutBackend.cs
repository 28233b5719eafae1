using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Configuration;

/// <summary>An admission webhook calls a service that does not exist or that nobody serves.</summary>
public sealed class WebhookWithoutBackend : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("webhook-without-backend", "Configuration", CauseLayer.Root)
    {
        RecognisedBy = "The service of a webhook's clientConfig does not exist, or has no ready pod. With failurePolicy Fail it blocks what it is asked about.",
        Done = "A person brings the service back; webhooks are never changed by Prunella.",
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var configuration in snapshot.Of("ValidatingWebhookConfiguration").Concat(snapshot.Of("MutatingWebhookConfiguration")))
        {
            foreach (var hook in configuration.Root["webhooks"].Items)
            {
                var reference = hook["clientConfig"]["service"];
                var @namespace = reference["namespace"].Text;
                var name = reference["name"].Text;
                if (name.Length == 0) continue;
                var service = snapshot.Find("Service", @namespace, name);
                if (service is null && !snapshot.Knows("Service", @namespace)) continue;
                var selector = service?.Spec["selector"].Texts;
                var pods = selector is { Count: > 0 } ? snapshot.PodsIn(@namespace).Where(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels)).ToList() : [];
                if (service is not null && (selector is not { Count: > 0 } || !snapshot.Knows("Pod", @namespace) || pods.Exists(pod => pod.Ready))) continue;
                var fails = hook["failurePolicy"].TextOrNull is null or "Fail";
                var asked = Words.List(hook["rules"].Items.All().SelectMany(rule => rule["resources"].Items.All().Select(resource => resource.Text)).Distinct());
                yield return Found(configuration.Ref, $"webhook {hook["name"].Text}", 0.95, fails ? Severity.Critical : Severity.Warning,
                    $"Its webhook {hook["name"].Text} calls service {@namespace}/{name}, which {(service is null ? "does not exist" : "has no ready pod")}{(fails ? $": every change of {asked} that it is asked about is refused" : "; it is ignored (failurePolicy Ignore)")}.", Observed.Object(snapshot, configuration, $"{hook["name"].Text} → {@namespace}/{name}, failurePolicy {hook["failurePolicy"].TextOrNull ?? "Fail"}")) with
                {
                    Blames = [.. pods.Select(snapshot.TopOf).Distinct(), new ObjectRef("Service", @namespace, name)], Advice = $"Bring service {@namespace}/{name} back; when it was removed for good, a person removes the webhook too.",
                };
            }
        }
    }
}
