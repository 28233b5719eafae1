using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Metrics;

/// <summary>A container is slowed down by its own CPU limit.</summary>
public sealed class CpuThrottled : Cause
{
    private const double ShareMin = 0.9;
    private const double ThrottledMin = 0.25;

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("cpu-throttled", "Pods", CauseLayer.Failure)
    {
        RecognisedBy = "The share of throttled periods is above a quarter, or the metrics API shows at least 90 % of the CPU limit in use.",
        Done = "The CPU limit is raised within bounds, the nodes' room and the cap on growth.",
        Actions = ["raise-cpu-limit"],
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            if (container.Limit("cpu") is not { } limit || limit <= 0) continue;
            if (Throttled(snapshot, container, limit) is not { } found) continue;
            var (text, confidence) = found;
            yield return Found(snapshot.TopOf(container.Pod), $"cpu of {container.Name}", confidence, Severity.Warning, string.Create(CultureInfo.InvariantCulture, $"{container.Words} is slowed down by its CPU limit of {limit:0.###} cores: {text}."), new Evidence("kubernetes/metrics", container.Path, text, snapshot.TakenAt)) with
            {
                Pods = [container.Pod.Name], Remedies = [new Remedy("raise-cpu-limit", "It wants more than its limit.").With("container", container.Name)],
            };
        }
    }

    // The kernel's own count of throttled periods is the trouble itself; a use near the limit only makes it likely.
    private static (string Text, double Confidence)? Throttled(ClusterSnapshot snapshot, Container container, double limit)
    {
        var (throttled, periods) = (Grown(snapshot, container, "container_cpu_cfs_throttled_periods_total"), Grown(snapshot, container, "container_cpu_cfs_periods_total"));
        if (throttled is { } some && periods is > 0 && some / periods.Value is var share and <= 1) return share >= ThrottledMin ? (string.Create(CultureInfo.InvariantCulture, $"throttled in {share:P0} of its periods"), 0.92) : null;
        var used = snapshot.Find("PodMetrics", container.Pod.Namespace, container.Pod.Name)?.Root["containers"].Items.All().FirstOrDefault(candidate => candidate["name"].Text == container.Name)["usage"]["cpu"].Quantity;
        return used is { } cores && cores >= limit * ShareMin ? (string.Create(CultureInfo.InvariantCulture, $"uses {cores:0.###} of {limit:0.###} cores"), 0.85) : null;
    }

    private static double? Grown(ClusterSnapshot snapshot, Container container, string metric) =>
        snapshot.SeriesOf(container, name => name == metric).FirstOrDefault() is { Samples: [var first, .., var last] } ? last.Value - first.Value : null;
}
