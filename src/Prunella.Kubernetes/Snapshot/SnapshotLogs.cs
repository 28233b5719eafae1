using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Snapshot;

/// <summary>Reads the logs that the causes look at into a snapshot. What may not be read is told in it. Thread-safe.</summary>
internal sealed class SnapshotLogs(ClusterApi api, TimeProvider time)
{
    private const int LogsMax = 60;
    private const int LogsBesideMax = 6;
    private const int LogLinesMax = 400;

    // A kubelet that hangs answers nothing, and objects alone tell most.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Adds the logs.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="found">What was read so far.</param>
    /// <param name="about">The workload whose logs come first, with few of others, as one incident needs them; null for all.</param>
    /// <param name="cancellation">Ends the read.</param>
    internal async Task AddAsync(SnapshotBuilder builder, ClusterSnapshot found, ObjectRef? about, CancellationToken cancellation)
    {
        var wanted = Wanted(found).ToList();
        if (about is not null)
        {
            var own = wanted.Where(entry => found.TopOf(entry.Container.Pod) == about).ToList();
            wanted = [.. own, .. wanted.Except(own).Take(LogsBesideMax)];
        }
        using var deadline = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        await Task.WhenAll(wanted.Take(LogsMax).Select(entry => AddLogAsync(builder, entry.Container, entry.Previous, linked.Token, cancellation)));
    }

    /// <summary>The logs worth reading: of containers in trouble the run that ended, then of one pod of each other workload the present one.</summary>
    private static IEnumerable<(Container Container, bool Previous)> Wanted(ClusterSnapshot snapshot)
    {
        var seen = new HashSet<(ObjectRef, string)>();
        foreach (var troubled in snapshot.Pods.Where(pod => Answers(snapshot, pod)).SelectMany(pod => pod.Containers).Where(container => !container.Done && (container.Restarts > 0 || !container.Ready) && container.Status.Exists && container.Pod.Phase != "Succeeded"))
        {
            // Three pods of an owner tell what a hundred would.
            if (snapshot.PodsOf(snapshot.TopOf(troubled.Pod)).Take(3).All(pod => pod != troubled.Pod) && !seen.Add((snapshot.TopOf(troubled.Pod), troubled.Name))) continue;
            seen.Add((snapshot.TopOf(troubled.Pod), troubled.Name));
            if (troubled.Restarts > 0) yield return (troubled, true);
            if (troubled.Running || troubled.Ended.Exists) yield return (troubled, false);
        }
        foreach (var container in snapshot.Pods.Where(pod => pod.Live && Answers(snapshot, pod)).SelectMany(pod => pod.Containers).Where(container => container.Running))
            if (seen.Add((snapshot.TopOf(container.Pod), container.Name))) yield return (container, false);
    }

    /// <summary>Whether the kubelet that has the logs can be asked: of a node that is silent it would only hang.</summary>
    private static bool Answers(ClusterSnapshot snapshot, Pod pod) => snapshot.Find("Node", "", pod.Node)?.Condition("Ready")["status"].Text != "Unknown";

    private async Task AddLogAsync(SnapshotBuilder builder, Container container, bool previous, CancellationToken inTime, CancellationToken cancellation)
    {
        string? text;
        try
        {
            text = await api.LogTailAsync(container.Pod.Namespace, container.Pod.Name, container.Name, previous, inTime, LogLinesMax);
        }
        catch (ClusterApiException exception)
        {
            lock (builder) builder.AddUnread(exception.Message);
            return;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            lock (builder) builder.AddUnread($"the log of {container.Path}: no answer within {Patience.TotalSeconds:0} s");
            return;
        }
        if (text is null || (previous && text.StartsWith("unable to retrieve container logs", StringComparison.Ordinal))) return;
        lock (builder) builder.AddLog(container.Pod.Namespace, container.Pod.Name, container.Name, previous, text);
    }
}
