using Prunella.Incidents;
using Prunella.Kubernetes.Causes.Pods;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>A container's memory grows without end. A peak that came once and went is no leak.</summary>
public sealed class MemoryLeak : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("memory-leak", "Applications", CauseLayer.Root)
    {
        RecognisedBy = "The series of a container's memory rises along its Theil–Sen line, by at least a quarter, in four of five steps of one run of at least ten minutes; or of less, when it was killed for memory and its limit had been raised before. A single peak, a step or the climb of a start does not.",
        Done = "The workload is restarted a few pods at a time; a person finds the leak. The limit is not raised: a leak fills any.",
        Actions = ["restart-workload"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Metrics.Count == 0) yield break;
        foreach (var container in Containers(snapshot))
        {
            if (MemoryTrend.OfLeak(snapshot, container) is not { } trend) continue;
            var killed = OutOfMemory.EndOf(container).Exists;
            var limit = container.Limit("memory");
            var left = !killed && limit is { } most && trend.BytesPerHour > 0 && most > trend.Last ? TimeSpan.FromHours(Math.Min(10_000, (most - trend.Last) / trend.BytesPerHour)) : (TimeSpan?)null;
            yield return Found(snapshot.TopOf(container.Pod), $"memory of {container.Name}", killed ? 0.97 : 0.88, Severity.Warning, $"The memory of {container.Words} grows by {Words.Bytes(trend.BytesPerHour)} an hour, from {Words.Bytes(trend.First)} to {Words.Bytes(trend.Last)} in {Words.Of(trend.Over)}{(left is { } time ? $"; its limit is reached in {Words.Of(time)}" : "")}{(killed && limit is { } bytes ? $"; it was killed for memory at its limit of {Words.Bytes(bytes)}" : "")}.",
                new Evidence("prometheus", container.Path, $"{Words.Bytes(trend.First)} → {Words.Bytes(trend.Last)}, rising in {trend.Rising:P0} of the steps", snapshot.TakenAt) { Value = trend.BytesPerHour / 60, Unit = "B/min" }) with
            {
                Pods = [container.Pod.Name], Remedies = [new Remedy("restart-workload", "A leak fills any limit; a restart gives the memory back for a while.")], Advice = "Find the leak; a heap profile of a pod shortly before its end tells most.",
            };
        }
    }
}
