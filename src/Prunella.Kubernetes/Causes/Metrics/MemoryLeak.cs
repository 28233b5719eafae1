using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>A container's memory grows without end. A peak that came once and went is no leak.</summary>
public sealed class MemoryLeak : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("memory-leak", "Applications", CauseLayer.Root)
    {
        RecognisedBy = "The series of a container's memory rises along its Theil–Sen line, by at least a quarter, in four of five steps. A single peak or a step does not.",
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
            if (MemoryTrend.Of(snapshot, container) is not { IsLeak: true } trend) continue;
            var limit = container.Limit("memory");
            var left = limit is { } most && trend.BytesPerHour > 0 && most > trend.Last ? TimeSpan.FromHours(Math.Min(10_000, (most - trend.Last) / trend.BytesPerHour)) : (TimeSpan?)null;
            yield return Found(snapshot.TopOf(container.Pod), $"memory of {container.Name}", 0.88, Severity.Warning, $"The memory of {container.Words} grows by {Words.Bytes(trend.BytesPerHour)} an hour, from {Words.Bytes(trend.First)} to {Words.Bytes(trend.Last)} in {Words.Of(trend.Over)}{(left is { } time ? $"; its limit is reached in {Words.Of(time)}" : "")}.",
                new Evidence("prometheus", container.Path, $"{Words.Bytes(trend.First)} → {Words.Bytes(trend.Last)}, rising in {trend.Rising:P0} of the steps", snapshot.TakenAt) { Value = trend.BytesPerHour / 60, Unit = "B/min" }) with
            {
                Pods = [container.Pod.Name], Remedies = [new Remedy("restart-workload", "A restart gives the memory back for a while.")], Advice = "Find the leak; a heap profile of an old pod tells most.",
            };
        }
    }
}
