using k8s.Models;
using Prunella.Incidents.Workloads;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Pods as the rest of Prunella sees them.</summary>
internal static class PodStates
{
    internal static PodState Of(V1Pod pod)
    {
        var ready = pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        return new PodState
        {
            Name = pod.Metadata.Name,
            Uid = pod.Metadata.Uid ?? "",
            Node = pod.Spec?.NodeName ?? "",
            Phase = pod.Status?.Phase ?? "",
            Ready = ready?.Status == "True",
            ReadyChangedAt = Time(ready?.LastTransitionTime),
            Terminating = pod.Metadata.DeletionTimestamp is not null,
            Containers = [.. Containers(pod)],
        };
    }

    /// <summary>Whether the pod still counts: not ended, not on its way out.</summary>
    internal static bool IsLive(this V1Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Phase is not ("Succeeded" or "Failed");

    internal static bool IsReady(this V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition.Type == "Ready" && condition.Status == "True") == true;

    internal static int Restarts(this V1Pod pod) => pod.Status?.ContainerStatuses?.Sum(status => status.RestartCount) ?? 0;

    internal static DateTimeOffset? Time(DateTime? time) =>
        time is { } value ? new DateTimeOffset(DateTime.SpecifyKind(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value, DateTimeKind.Utc)) : null;

    private static IEnumerable<ContainerState> Containers(V1Pod pod)
    {
        foreach (var container in pod.Spec?.InitContainers ?? [])
        {
            var status = pod.Status?.InitContainerStatuses?.FirstOrDefault(status => status.Name == container.Name);
            // Init containers that did their work say nothing; one that waits or failed is why the pod does not start.
            if (status is not null && status.State?.Terminated?.ExitCode != 0) yield return Of(container, status);
        }
        foreach (var container in pod.Spec?.Containers ?? [])
        {
            yield return Of(container, pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == container.Name));
        }
    }

    private static ContainerState Of(V1Container container, V1ContainerStatus? status)
    {
        var ended = status?.State?.Terminated ?? status?.LastState?.Terminated;
        return new ContainerState
        {
            Name = container.Name,
            Image = container.Image ?? "",
            Restarts = status?.RestartCount ?? 0,
            WaitingReason = status?.State?.Waiting?.Reason,
            LastTerminationReason = ended?.Reason,
            LastExitCode = ended?.ExitCode,
            LastTerminatedAt = Time(ended?.FinishedAt),
            StartedAt = Time(status?.State?.Running?.StartedAt),
            MemoryLimit = Quantities.Of(container.Resources?.Limits, "memory"),
            CpuLimit = Quantities.Of(container.Resources?.Limits, "cpu"),
        };
    }
}
