using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>What the operator knows of a workload at this moment.</summary>
/// <param name="Target">The workload; of trouble also other objects, such as nodes, services and jobs.</param>
/// <param name="Desired">Replicas asked for; 0 for what has none.</param>
/// <param name="Ready">Replicas that are ready.</param>
/// <param name="Restarts">Restarts of the containers of the pods that there are.</param>
public sealed record WatchedWorkload(Target Target, int Desired, int Ready, int Restarts)
{
    /// <summary>The cause of its trouble, as the catalogue names it; null when none stands.</summary>
    public string? Cause { get; init; }

    /// <summary>What was found, in one or two sentences; empty when no trouble stands, or a process before this one noticed it.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Since when it is in trouble; null when it is not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether trouble stands, or fewer replicas are ready than asked for.</summary>
    public bool IsUnwell => Cause is not null || Ready < Desired;
}

/// <summary>Tells what is watched. Its twins are the operator and a list in memory. Thread-safe.</summary>
public interface IWatchedWorkloads
{
    /// <summary>Deployments, stateful and daemon sets, and everything else that is in trouble; null while nothing is watched here, because another replica does.</summary>
    IReadOnlyList<WatchedWorkload>? Workloads();

    /// <summary>What is not read and why, for people.</summary>
    IReadOnlyList<string> Unread { get; }
}

/// <summary>Makes the list out of what the operator keeps.</summary>
internal static class WorkloadList
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal) { "Deployment", "StatefulSet", "DaemonSet" };

    internal static IReadOnlyList<WatchedWorkload> Of(string cluster, WatchStore store, TroubleBook book)
    {
        var objects = store.All(known => known is Pod || Kinds.Contains(known.Kind));
        var restarts = new Dictionary<ObjectRef, int>();
        foreach (var pod in objects.OfType<Pod>().Where(pod => pod.Live))
        {
            var top = store.TopOf(pod);
            restarts[top] = restarts.GetValueOrDefault(top) + pod.Containers.Sum(container => container.Restarts);
        }
        var troubles = book.Standing.ToDictionary(trouble => trouble.Target);
        var listed = new List<WatchedWorkload>();
        foreach (var workload in objects.Where(known => known is not Pod))
        {
            var desired = workload.Kind == "DaemonSet" ? workload.Status["desiredNumberScheduled"].Int() : workload.Spec["replicas"].Int(1);
            var ready = workload.Status[workload.Kind == "DaemonSet" ? "numberReady" : "readyReplicas"].Int();
            troubles.Remove(workload.Ref, out var trouble);
            listed.Add(Told(new WatchedWorkload(TargetOf(cluster, workload.Ref), desired, ready, restarts.GetValueOrDefault(workload.Ref)), trouble));
        }
        listed.AddRange(troubles.Values.Select(trouble => Told(new WatchedWorkload(TargetOf(cluster, trouble.Target), 0, 0, restarts.GetValueOrDefault(trouble.Target)), trouble)));
        return listed;
    }

    private static Target TargetOf(string cluster, ObjectRef about) => new(cluster, about.Namespace, about.Kind, about.Name);

    private static WatchedWorkload Told(WatchedWorkload workload, Trouble? trouble) =>
        trouble is null ? workload : workload with { Cause = trouble.Cause, Since = trouble.StartsAt, Summary = trouble.Finding?.Summary ?? "" };
}
