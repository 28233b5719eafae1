using System.Globalization;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Reads what there is to know about a workload in trouble. All text that others wrote is made inert.</summary>
internal sealed class EvidenceGatherer(ClusterApi api, WorkloadReader reader, NamespaceEvents events, KubernetesOptions options, TimeProvider time)
{
    private const int PodsMax = 8;
    private const int LogsMax = 3;
    private const int NodesMax = 5;

    internal async Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation)
    {
        var snapshot = await reader.ReadAsync(target, cancellation);
        if (snapshot is null) return [new Evidence("kubernetes/object", target.ToString(), $"{target} does not exist.", time.GetUtcNow())];
        var evidence = new List<Evidence> { Summary(snapshot) };
        evidence.AddRange(RolloutHistory(snapshot));
        var troubled = snapshot.Pods.OrderBy(pod => pod.IsReady()).ThenByDescending(pod => pod.Restarts()).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal).Take(PodsMax).ToList();
        foreach (var pod in troubled) evidence.AddRange(PodFacts(pod));
        evidence.AddRange(await EventsAsync(snapshot, around, cancellation));
        evidence.AddRange(await NodesAsync(troubled, cancellation));
        evidence.AddRange(await LogsAsync(troubled, cancellation));
        return evidence;
    }

    private static Evidence Summary(WorkloadSnapshot snapshot)
    {
        var state = snapshot.State;
        var text = string.Create(CultureInfo.InvariantCulture, $"{state.Ready} of {state.Desired} ready, {state.Updated} updated, {state.Available} available{(state.RollingOut ? ", rollout under way" : "")}{(state.ManagedBy is { } manager ? $", managed by {manager}" : "")}");
        return new Evidence("kubernetes/workload", state.Target.ToString(), text, state.ReadAt) { Value = state.Ready, Unit = "pods" };
    }

    private static IEnumerable<Evidence> RolloutHistory(WorkloadSnapshot snapshot)
    {
        foreach (var set in snapshot.ReplicaSets.Take(5))
        {
            var images = string.Join(", ", set.Spec?.Template?.Spec?.Containers?.Select(container => $"{container.Name}={container.Image}") ?? []);
            var text = string.Create(CultureInfo.InvariantCulture, $"revision {Rollout.Revision(set)}: {images}; {set.Status?.Replicas ?? 0} pods, {set.Status?.ReadyReplicas ?? 0} ready");
            yield return new Evidence("kubernetes/rollout", $"{set.Metadata.NamespaceProperty}/{set.Metadata.Name}", InertText.OneLine(text, 500), Time(set.Metadata.CreationTimestamp, snapshot));
        }
        foreach (var revision in snapshot.Revisions.Take(5))
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"revision {revision.Revision}");
            yield return new Evidence("kubernetes/rollout", $"{revision.Metadata.NamespaceProperty}/{revision.Metadata.Name}", text, Time(revision.Metadata.CreationTimestamp, snapshot));
        }
    }

    private static DateTimeOffset Time(DateTime? time, WorkloadSnapshot snapshot) => PodStates.Time(time) ?? snapshot.State.ReadAt;

    private IEnumerable<Evidence> PodFacts(V1Pod pod)
    {
        var name = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
        var now = time.GetUtcNow();
        if (pod.Metadata.DeletionTimestamp is { } deletion) yield return new Evidence("kubernetes/pod", name, "is being deleted", PodStates.Time(deletion) ?? now);
        if (pod.Status?.Reason is { Length: > 0 } reason) yield return new Evidence("kubernetes/pod", name, InertText.OneLine($"{pod.Status.Phase}: {reason}: {pod.Status.Message}"), now);
        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            if (condition.Status == "True" || condition.Reason is "PodCompleted") continue;
            yield return new Evidence("kubernetes/pod", name, InertText.OneLine($"{condition.Type} is {condition.Status}: {condition.Reason} {condition.Message}"), PodStates.Time(condition.LastTransitionTime) ?? now);
        }
        var limits = pod.Spec?.Containers?.ToDictionary(container => container.Name, container => container.Resources?.Limits is { } values ? string.Join(", ", values.Select(limit => $"{limit.Key} {limit.Value}")) : "") ?? [];
        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            foreach (var fact in ContainerFacts(status)) yield return fact with { Object = $"{name}/{status.Name}" };
            if (limits.TryGetValue(status.Name, out var limit) && limit.Length > 0) yield return new Evidence("kubernetes/limits", $"{name}/{status.Name}", limit, now);
        }
    }

    private IEnumerable<Evidence> ContainerFacts(V1ContainerStatus status)
    {
        var now = time.GetUtcNow();
        if (status.State?.Waiting is { } waiting) yield return new Evidence("kubernetes/container", "", InertText.OneLine($"waits: {waiting.Reason}: {waiting.Message}", 500), now);
        foreach (var (ended, word) in new[] { (status.State?.Terminated, "ended"), (status.LastState?.Terminated, "last ended") })
        {
            if (ended is null || (ended.ExitCode == 0 && ended.Reason == "Completed" && status.State?.Terminated is not null)) continue;
            var text = string.Create(CultureInfo.InvariantCulture, $"{word}: {ended.Reason}, exit code {ended.ExitCode}{(ended.Message is { Length: > 0 } message ? ": " + message : "")}");
            yield return new Evidence("kubernetes/container", "", InertText.OneLine(text, 500), PodStates.Time(ended.FinishedAt) ?? now) { Value = ended.ExitCode };
        }
        if (status.RestartCount > 0) yield return new Evidence("kubernetes/container", "", $"restarted {status.RestartCount} times", now) { Value = status.RestartCount, Unit = "restarts" };
    }

    private async Task<IEnumerable<Evidence>> EventsAsync(WorkloadSnapshot snapshot, DateTimeOffset around, CancellationToken cancellation)
    {
        var mine = new HashSet<string>(snapshot.Pods.Select(pod => pod.Metadata.Uid).Concat(snapshot.ReplicaSets.Select(set => set.Metadata.Uid)), StringComparer.Ordinal) { snapshot.State.Uid };
        // Events about nodes carry the node's name as uid and live in the namespace "default".
        var isNode = snapshot.State.Target.Kind == "Node";
        if (isNode) mine.Add(snapshot.State.Target.Name);
        var all = await events.ReadAsync(isNode ? "default" : snapshot.State.Target.Namespace, isNode ? "involvedObject.kind=Node" : "", mine, cancellation);
        return mine.SelectMany(uid => all[uid])
            .Where(seen => seen.At >= around - TimeSpan.FromHours(1))
            .GroupBy(seen => (seen.Reason, seen.About.Kind, seen.Message))
            .Select(group =>
            {
                var newest = group.MaxBy(seen => seen.At)!;
                var count = group.Sum(seen => seen.Count);
                var text = string.Create(CultureInfo.InvariantCulture, $"{newest.Type} {newest.Reason}: {newest.Message}{(count > 1 ? $" (×{count})" : "")}");
                return new Evidence("kubernetes/event", $"{newest.About.Kind} {newest.About.Namespace}/{newest.About.Name}", text, newest.At) { Value = count };
            })
            .OrderByDescending(evidence => evidence.Time).Take(options.EventsMax);
    }

    private async Task<IEnumerable<Evidence>> NodesAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellation)
    {
        var evidence = new List<Evidence>();
        foreach (var name in pods.Select(pod => pod.Spec?.NodeName).Where(name => !string.IsNullOrEmpty(name)).Distinct().Take(NodesMax))
        {
            V1Node? node;
            try
            {
                node = await api.FindAsync<V1Node>(ApiKind.Node, "", name!, cancellation);
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Forbidden)
            {
                evidence.Add(new Evidence("kubernetes/node", name!, exception.Message, time.GetUtcNow()));
                break;
            }
            if (node?.Spec?.Unschedulable == true) evidence.Add(new Evidence("kubernetes/node", name!, "is cordoned", time.GetUtcNow()));
            foreach (var condition in node?.Status?.Conditions ?? [])
            {
                if (condition.Status == (condition.Type == "Ready" ? "True" : "False")) continue;
                evidence.Add(new Evidence("kubernetes/node", name!, InertText.OneLine($"{condition.Type} is {condition.Status}: {condition.Reason}: {condition.Message}"), PodStates.Time(condition.LastTransitionTime) ?? time.GetUtcNow()));
            }
        }
        return evidence;
    }

    private async Task<IEnumerable<Evidence>> LogsAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellation)
    {
        var evidence = new List<Evidence>();
        var suspects = pods.Where(pod => !pod.IsReady() || pod.Restarts() > 0)
            .SelectMany(pod => (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).Where(status => !status.Ready || status.RestartCount > 0).Select(status => (Pod: pod, Status: status)))
            .Where(pair => pair.Status.State?.Terminated?.ExitCode != 0).Take(LogsMax);
        foreach (var (pod, status) in suspects)
        {
            var previous = status.RestartCount > 0;
            string? log;
            try
            {
                log = await api.LogTailAsync(pod.Metadata.NamespaceProperty, pod.Metadata.Name, status.Name, previous, cancellation);
            }
            catch (ClusterApiException exception) when (exception.Failure == ClusterFailure.Forbidden)
            {
                evidence.Add(new Evidence("log", $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}/{status.Name}", exception.Message, time.GetUtcNow()));
                break;
            }
            if (string.IsNullOrWhiteSpace(log)) continue;
            evidence.Add(new Evidence("log", $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}/{status.Name}{(previous ? " (previous)" : "")}",
                InertText.Of(log, options.LogTailBytes).TrimEnd(), PodStates.Time(status.LastState?.Terminated?.FinishedAt) ?? time.GetUtcNow()));
        }
        return evidence;
    }
}
