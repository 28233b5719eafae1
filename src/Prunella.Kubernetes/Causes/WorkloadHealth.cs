using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>Why an object that a person worries about is healthy.</summary>
/// <param name="Target">The object.</param>
/// <param name="Confidence">0 to 1; lower when little was known about it.</param>
/// <param name="Summary">Why, in words.</param>
/// <param name="Evidence">The facts.</param>
public sealed record WorkloadHealth(ObjectRef Target, double Confidence, string Summary, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>The answer for an object in which no cause was recognised; null when it is not in the snapshot.</summary>
    public static WorkloadHealth? Of(ClusterSnapshot snapshot, ObjectRef target)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var found = snapshot.Find(target);
        var pods = found is Pod pod ? [pod] : snapshot.PodsOf(target).Where(candidate => candidate.Live).ToList();
        if (found is null && pods.Count == 0) return null;
        var ready = pods.Count(candidate => candidate.Ready);
        var restarts = pods.Sum(candidate => candidate.Containers.Sum(container => container.Restarts));
        var newest = pods.SelectMany(candidate => candidate.Containers).Max(container => container.EndedAt);
        var evidence = new List<Evidence>();
        var parts = new List<string>();
        if (found is { Kind: "Deployment" or "StatefulSet" or "ReplicaSet" } && found.Spec["replicas"].Whole == 0) parts.Add("scaled to zero on purpose: nothing expects traffic from it");
        else if (pods.Count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{ready} of {pods.Count} pods ready"));
        if (pods.Count > 0) parts.Add(restarts == 0 ? "no restarts" : string.Create(CultureInfo.InvariantCulture, $"{restarts} restarts in all{(newest is { } at ? $", the last {Words.Of(snapshot.Since(at))} ago" : "")}"));
        var warnings = pods.Append(found).OfType<KubeObject>().SelectMany(candidate => snapshot.EventsOf(candidate.Ref)).Where(happened => happened.Warning && snapshot.Since(happened.At) < TimeSpan.FromMinutes(30)).ToList();
        parts.Add(warnings.Count == 0 ? "no warnings in the last 30 minutes" : $"{Words.Count(warnings.Count, "warning", "warnings")} in the last 30 minutes that {(warnings.Count == 1 ? "has" : "have")} passed, the newest {warnings[0].Reason}");
        evidence.AddRange(pods.Take(5).Select(candidate => Observed.Object(snapshot, candidate, $"{candidate.Phase}, {(candidate.Ready ? "ready" : "not ready")}", candidate.Condition("Ready")["lastTransitionTime"].Time)));
        foreach (var type in new[] { "Available", "Progressing", "Complete" })
            if (found is not null && found.Condition(type) is { Exists: true } condition) evidence.Add(Observed.Condition(snapshot, found, condition));
        evidence.AddRange(warnings.Take(2).Select(happened => Observed.Event(snapshot, happened)));
        return new WorkloadHealth(target, pods.Count > 0 || found is not null ? 0.9 : 0.5, $"Healthy: {string.Join(", ", parts)}.", evidence);
    }
}
