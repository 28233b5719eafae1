using Prunella.Incidents;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>What is known of a workload at this moment.</summary>
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

    /// <summary>Since when it is in trouble; null when it is not, or that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether trouble stands, or fewer replicas are ready than asked for.</summary>
    public bool IsUnwell => Cause is not null || Ready < Desired;
}

/// <summary>Tells what workloads there are. From what the operator keeps, from the API where none is run, or from a list in memory. Thread-safe.</summary>
public interface IWatchedWorkloads
{
    /// <summary>Deployments, stateful and daemon sets, and everything else that is in trouble; null while nothing is watched here, because another replica does.</summary>
    /// <exception cref="ClusterApiException">The API had to be asked, and is away or refuses.</exception>
    ValueTask<IReadOnlyList<WatchedWorkload>?> WorkloadsAsync(CancellationToken cancellation);

    /// <summary>Whether the answer comes at once, from memory; false where the API is asked.</summary>
    bool IsInMemory { get; }

    /// <summary>What is not read and why, for people.</summary>
    IReadOnlyList<string> Unread { get; }
}

/// <summary>Makes the list out of objects and the troubles that were found in them.</summary>
internal static class WorkloadList
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal) { "Deployment", "StatefulSet", "DaemonSet" };

    internal static bool IsPart(KubeObject known) => known is Pod || Kinds.Contains(known.Kind);

    /// <param name="cluster">What targets of the cluster are called.</param>
    /// <param name="objects">Pods and workloads.</param>
    /// <param name="topOf">The top owner of a pod.</param>
    /// <param name="troubles">What is wrong, of each object once.</param>
    internal static IReadOnlyList<WatchedWorkload> Of(string cluster, IReadOnlyList<KubeObject> objects, Func<KubeObject, ObjectRef> topOf, Dictionary<ObjectRef, FoundTrouble> troubles)
    {
        var restarts = new Dictionary<ObjectRef, int>();
        foreach (var pod in objects.OfType<Pod>().Where(pod => pod.Live))
        {
            var top = topOf(pod);
            restarts[top] = restarts.GetValueOrDefault(top) + pod.Containers.Sum(container => container.Restarts);
        }
        var listed = new List<WatchedWorkload>();
        foreach (var workload in objects.Where(known => known is not Pod))
        {
            var desired = workload.Kind == "DaemonSet" ? workload.Status["desiredNumberScheduled"].Int() : workload.Spec["replicas"].Int(1);
            var ready = workload.Status[workload.Kind == "DaemonSet" ? "numberReady" : "readyReplicas"].Int();
            troubles.Remove(workload.Ref, out var trouble);
            listed.Add(Told(workload.Ref, desired, ready, trouble));
        }
        listed.AddRange(troubles.Select(entry => Told(entry.Key, 0, 0, entry.Value)));
        return listed;

        WatchedWorkload Told(ObjectRef about, int desired, int ready, FoundTrouble? trouble) => new(new Target(cluster, about.Namespace, about.Kind, about.Name), desired, ready, restarts.GetValueOrDefault(about))
        {
            Cause = trouble?.Cause, Summary = trouble?.Summary ?? "", Since = trouble?.Since,
        };
    }
}

/// <summary>What is wrong with an object.</summary>
/// <param name="Cause">The cause, as the catalogue names it.</param>
/// <param name="Summary">What was found; empty when that is not known.</param>
/// <param name="Since">Since when; null when that is not known.</param>
internal sealed record FoundTrouble(string Cause, string Summary, DateTimeOffset? Since);
