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
            var (text, fits) = Throttled(snapshot, container, limit);
            if (!fits) continue;
            yield return Found(snapshot.TopOf(container.Pod), $"cpu of {container.Name}", 0.85, Severity.Warning, string.Create(CultureInfo.InvariantCulture, $"{container.Words} is slowed down by its CPU limit of {limit:0.###} cores: {text}."), new Evidence("kubernetes/metrics", container.Path, text, snapshot.TakenAt)) with
            {
                Pods = [container.Pod.Name], Remedies = [new Remedy("raise-cpu-limit", "It wants more than its limit.").With("container", container.Name)],
            };
        }
    }

    private static (string Text, bool Fits) Throttled(ClusterSnapshot snapshot, Container container, double limit)
    {
        double? throttled = null, periods = null;
        foreach (var series in snapshot.Metrics)
        {
            if (series.Labels.GetValueOrDefault("pod", "") != container.Pod.Name || (series.Labels.TryGetValue("container", out var named) && named != container.Name) || series.Samples.Count < 2) continue;
            var grown = series.Samples[^1].Value - series.Samples[0].Value;
            if (series.Name == "container_cpu_cfs_throttled_periods_total") throttled = grown;
            if (series.Name == "container_cpu_cfs_periods_total") periods = grown;
        }
        if (throttled is { } some && periods is > 0 && some / periods.Value is var share && share <= 1) return (string.Create(CultureInfo.InvariantCulture, $"throttled in {share:P0} of its periods"), share >= ThrottledMin);
        var used = snapshot.Find("PodMetrics", container.Pod.Namespace, container.Pod.Name)?.Root["containers"].Items.All().FirstOrDefault(candidate => candidate["name"].Text == container.Name)["usage"]["cpu"].Quantity;
        return used is { } cores ? (string.Create(CultureInfo.InvariantCulture, $"uses {cores:0.###} of {limit:0.###} cores"), cores >= limit * ShareMin) : ("", false);
    }
}
