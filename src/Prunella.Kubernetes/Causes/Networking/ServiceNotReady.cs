using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Networking;

/// <summary>A service selects pods, and not one of them is ready.</summary>
public sealed class ServiceNotReady : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("service-without-ready-pods", "Services", CauseLayer.Symptom)
    {
        RecognisedBy = "Pods have the labels that the service selects, and none is ready: all its addresses are not-ready.",
        Done = "The pods' own cause is treated.",
        Family = "service",
        Precedence = 50,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var service in snapshot.Of("Service"))
        {
            var selector = service.Spec["selector"].Texts;
            if (selector.Count == 0 || service.Spec["publishNotReadyAddresses"].IsTrue) continue;
            var pods = snapshot.PodsIn(service.Namespace).Where(pod => pod.Live && LabelSelector.Fits(selector, pod.Labels)).ToList();
            if (pods.Count == 0 || pods.Exists(pod => pod.Ready)) continue;
            var owners = pods.Select(snapshot.TopOf).Distinct().ToList();
            if (owners.TrueForAll(owner => owner.Kind is "Job" or "CronJob") || owners.TrueForAll(owner => snapshot.Find(owner) is { } found && Controllers.ReplicasMissing.IsComing(snapshot, found) && pods.TrueForAll(pod => pod.Containers.All(container => container.Restarts == 0 && container.WaitingReason is "" or "ContainerCreating" or "PodInitializing")) && snapshot.Since(found.CreatedAt) < TimeSpan.FromMinutes(1))) continue;
            var evidence = new List<Evidence> { Observed.Object(snapshot, service, $"selects {LabelSelector.Describe(selector)}: {Words.Count(pods.Count, "pod", "pods")}, none ready") };
            if (snapshot.Find("Endpoints", service.Namespace, service.Name) is { } endpoints)
                evidence.Add(Observed.Object(snapshot, endpoints, $"{endpoints.Root["subsets"].Items.All().Sum(subset => subset["notReadyAddresses"].Count)} not-ready addresses, {endpoints.Root["subsets"].Items.All().Sum(subset => subset["addresses"].Count)} ready"));
            yield return Found(service.Ref, "not-ready addresses", 0.9, Severity.Critical, $"{(pods.Count == 1 ? "Its one pod is not ready" : $"None of its {pods.Count} pods is ready")} ({Words.List(owners.Select(owner => owner.ToString()))}).", evidence) with
            {
                Blames = owners, Pods = [.. pods.Select(pod => pod.Name)], Advice = $"Look at {owners[0]}.",
            };
        }
    }
}
