using System.Globalization;
using k8s.Models;
using Prunella.Incidents;
using Prunella.Incidents.Workloads;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Reads one workload with its pods and revisions: at most four requests, however many pods the cluster has.</summary>
internal sealed class WorkloadReader(ClusterApi api, TimeProvider time)
{
    /// <summary>The workload; null when it does not exist or its kind is none that has pods.</summary>
    internal async Task<WorkloadSnapshot?> ReadAsync(Target target, CancellationToken cancellation) => target.Kind switch
    {
        "Deployment" => await DeploymentAsync(target, cancellation),
        "StatefulSet" => await StatefulSetAsync(target, cancellation),
        "DaemonSet" => await DaemonSetAsync(target, cancellation),
        "ReplicaSet" => await ReplicaSetAsync(target, cancellation),
        "Job" => await JobAsync(target, cancellation),
        "Pod" => await PodAsync(target, cancellation),
        "Node" => await NodeAsync(target, cancellation),
        _ => await OtherAsync(target, cancellation),
    };

    private async Task<WorkloadSnapshot?> DeploymentAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1Deployment>(ApiKind.Deployment, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var selector = Selector.Of(found.Spec.Selector);
        var setsTask = api.ListAsync<V1ReplicaSet>(ApiKind.ReplicaSet, target.Namespace, cancellation, selector);
        var podsTask = api.ListAsync<V1Pod>(ApiKind.Pod, target.Namespace, cancellation, selector);
        await Task.WhenAll(setsTask, podsTask);
        var sets = (await setsTask).Where(set => OwnedBy(set.Metadata, found.Metadata.Uid)).OrderByDescending(Rollout.Revision).ToList();
        var setUids = sets.Select(set => set.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var pods = (await podsTask).Where(pod => pod.Metadata.OwnerReferences?.Any(owner => setUids.Contains(owner.Uid)) == true).ToList();
        var state = Begin(target, found.Metadata, pods, found.Spec.Template) with
        {
            Desired = found.Spec.Replicas ?? 1,
            Ready = found.Status?.ReadyReplicas ?? 0,
            Updated = found.Status?.UpdatedReplicas ?? 0,
            Available = found.Status?.AvailableReplicas ?? 0,
            ObservedGeneration = found.Status?.ObservedGeneration ?? 0,
            Revision = found.Metadata.Annotations?.TryGetValue(Rollout.RevisionAnnotation, out var revision) == true ? revision : null,
            RolledOutAt = Rollout.RolledOutAt(found, sets),
            RollingOut = Rollout.UnderWay(found),
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, Template = found.Spec.Template, ReplicaSets = sets, PodsAtOnce = Rollout.PodsAtOnce(found) };
    }

    private async Task<WorkloadSnapshot?> StatefulSetAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1StatefulSet>(ApiKind.StatefulSet, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var (pods, revisions) = await PodsAndRevisionsAsync(target, found.Metadata, found.Spec.Selector, cancellation);
        var current = revisions.FirstOrDefault(revision => revision.Metadata.Name == found.Status?.UpdateRevision);
        var state = Begin(target, found.Metadata, pods, found.Spec.Template) with
        {
            Desired = found.Spec.Replicas ?? 1,
            Ready = found.Status?.ReadyReplicas ?? 0,
            // The controller leaves updatedReplicas at 0 once the update revision has become the current one.
            Updated = found.Status is { } status && status.UpdateRevision == status.CurrentRevision ? status.Replicas : found.Status?.UpdatedReplicas ?? 0,
            // availableReplicas came with 1.22; before it, ready is the nearest known.
            Available = found.Status?.AvailableReplicas is > 0 and var available ? available : found.Status?.ReadyReplicas ?? 0,
            ObservedGeneration = found.Status?.ObservedGeneration ?? 0,
            Revision = Number(current) ?? found.Status?.UpdateRevision,
            RolledOutAt = PodStates.Time(current?.Metadata.CreationTimestamp),
            RollingOut = Rollout.UnderWay(found),
            Stateful = true,
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, Template = found.Spec.Template, Revisions = revisions, PodsAtOnce = Math.Min(1, state.Desired) };
    }

    private async Task<WorkloadSnapshot?> DaemonSetAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1DaemonSet>(ApiKind.DaemonSet, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var (pods, revisions) = await PodsAndRevisionsAsync(target, found.Metadata, found.Spec.Selector, cancellation);
        var state = Begin(target, found.Metadata, pods, found.Spec.Template) with
        {
            Desired = found.Status?.DesiredNumberScheduled ?? 0,
            Ready = found.Status?.NumberReady ?? 0,
            Updated = found.Status?.UpdatedNumberScheduled ?? 0,
            Available = found.Status?.NumberAvailable ?? 0,
            ObservedGeneration = found.Status?.ObservedGeneration ?? 0,
            Revision = Number(revisions.FirstOrDefault()),
            RolledOutAt = PodStates.Time(revisions.FirstOrDefault()?.Metadata.CreationTimestamp),
            RollingOut = Rollout.UnderWay(found),
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, Template = found.Spec.Template, Revisions = revisions, PodsAtOnce = Rollout.PodsAtOnce(found) };
    }

    private async Task<WorkloadSnapshot?> ReplicaSetAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1ReplicaSet>(ApiKind.ReplicaSet, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var pods = await OwnedPodsAsync(target, found.Metadata, found.Spec.Selector, cancellation);
        var state = Begin(target, found.Metadata, pods, found.Spec.Template) with
        {
            Desired = found.Spec.Replicas ?? 1,
            Ready = found.Status?.ReadyReplicas ?? 0,
            Updated = found.Status?.Replicas ?? 0,
            Available = found.Status?.AvailableReplicas ?? 0,
            ObservedGeneration = found.Status?.ObservedGeneration ?? 0,
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, Template = found.Spec.Template };
    }

    private async Task<WorkloadSnapshot?> JobAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1Job>(ApiKind.Job, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var pods = await OwnedPodsAsync(target, found.Metadata, found.Spec.Selector, cancellation);
        var ended = found.Status?.Conditions?.Any(condition => condition is { Type: "Complete", Status: "True" }) == true;
        var desired = ended || found.Spec.Suspend == true ? 0 : found.Spec.Parallelism ?? 1;
        var ready = pods.Count(pod => pod.IsLive() && pod.IsReady());
        var state = Begin(target, found.Metadata, pods, found.Spec.Template) with
        {
            Desired = desired,
            Ready = ready,
            Updated = desired,
            Available = ready,
            ObservedGeneration = found.Metadata.Generation ?? 0,
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, Template = found.Spec.Template };
    }

    private async Task<WorkloadSnapshot?> PodAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1Pod>(ApiKind.Pod, target.Namespace, target.Name, cancellation) is not { } found) return null;
        var ready = found.IsReady() ? 1 : 0;
        var state = Begin(target, found.Metadata, [found], null) with
        {
            Desired = found.Status?.Phase == "Succeeded" ? 0 : 1,
            Ready = ready,
            Updated = 1,
            Available = ready,
            ObservedGeneration = found.Metadata.Generation ?? 0,
            Stateful = MountsClaim(found.Spec),
        };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = [found], PodsAtOnce = 1 };
    }

    private async Task<WorkloadSnapshot?> NodeAsync(Target target, CancellationToken cancellation)
    {
        if (await api.FindAsync<V1Node>(ApiKind.Node, "", target.Name, cancellation) is not { } found) return null;
        var pods = await api.ListAsync<V1Pod>(ApiKind.Pod, "", cancellation, fields: $"spec.nodeName={target.Name}");
        var ready = found.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true ? 1 : 0;
        var state = Begin(target, found.Metadata, pods, null) with { Desired = 1, Ready = ready, Updated = 1, Available = found.Spec?.Unschedulable == true ? 0 : ready, ObservedGeneration = found.Metadata.Generation ?? 0 };
        return new WorkloadSnapshot { State = state, Metadata = found.Metadata, Pods = pods, PodsAtOnce = pods.Count };
    }

    private async Task<WorkloadSnapshot?> OtherAsync(Target target, CancellationToken cancellation)
    {
        var metadata = await new OwnerChain(api).FindMetadataAsync(target.Kind, target.Namespace, target.Name, cancellation);
        return metadata is null ? null : new WorkloadSnapshot { State = Begin(target, metadata, [], null) with { ObservedGeneration = metadata.Generation ?? 0 }, Metadata = metadata };
    }

    private async Task<(List<V1Pod> Pods, List<V1ControllerRevision> Revisions)> PodsAndRevisionsAsync(Target target, V1ObjectMeta metadata, V1LabelSelector selector, CancellationToken cancellation)
    {
        var podsTask = OwnedPodsAsync(target, metadata, selector, cancellation);
        var revisionsTask = api.ListAsync<V1ControllerRevision>(ApiKind.ControllerRevision, target.Namespace, cancellation, Selector.Of(selector));
        await Task.WhenAll(podsTask, revisionsTask);
        return (await podsTask, [.. (await revisionsTask).Where(revision => OwnedBy(revision.Metadata, metadata.Uid)).OrderByDescending(revision => revision.Revision)]);
    }

    private async Task<List<V1Pod>> OwnedPodsAsync(Target target, V1ObjectMeta metadata, V1LabelSelector selector, CancellationToken cancellation) =>
        [.. (await api.ListAsync<V1Pod>(ApiKind.Pod, target.Namespace, cancellation, Selector.Of(selector))).Where(pod => OwnedBy(pod.Metadata, metadata.Uid))];

    private WorkloadState Begin(Target target, V1ObjectMeta metadata, IReadOnlyList<V1Pod> pods, V1PodTemplateSpec? template) => new()
    {
        Target = target,
        Uid = metadata.Uid ?? "",
        ReadAt = time.GetUtcNow(),
        Generation = metadata.Generation ?? 0,
        ManagedBy = Management.Of(metadata),
        Stateful = MountsClaim(template?.Spec),
        Labels = new Dictionary<string, string>(metadata.Labels ?? new Dictionary<string, string>()),
        Annotations = new Dictionary<string, string>(metadata.Annotations ?? new Dictionary<string, string>()),
        Pods = [.. pods.Select(PodStates.Of)],
    };

    private static string? Number(V1ControllerRevision? revision) => revision is null ? null : string.Create(CultureInfo.InvariantCulture, $"{revision.Revision}");

    private static bool MountsClaim(V1PodSpec? spec) => spec?.Volumes?.Any(volume => volume.PersistentVolumeClaim is not null) == true;

    private static bool OwnedBy(V1ObjectMeta metadata, string uid) => metadata.OwnerReferences?.Any(owner => owner.Uid == uid) == true;
}
