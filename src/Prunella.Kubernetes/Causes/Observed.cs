using System.Globalization;
using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Causes;

/// <summary>Facts of a snapshot as evidence: inert, bounded, with source and time.</summary>
internal static class Observed
{
    internal static Evidence Object(ClusterSnapshot snapshot, KubeObject about, string text, DateTimeOffset? at = null) =>
        new("kubernetes/" + about.Kind.ToLowerInvariant(), about.Ref.ToString(), InertText.OneLine(text, 500), at ?? snapshot.TakenAt);

    internal static Evidence Waiting(ClusterSnapshot snapshot, Container container) =>
        new("kubernetes/container", container.Path, InertText.OneLine($"waits: {container.WaitingReason}{(container.WaitingMessage.Length > 0 ? ": " + container.WaitingMessage : "")}", 500), snapshot.TakenAt);

    internal static Evidence Ended(ClusterSnapshot snapshot, Container container)
    {
        var ran = container.RanFor is { } time ? string.Create(CultureInfo.InvariantCulture, $" after {Words.Of(time)}") : "";
        var message = container.Ended["message"].Text;
        var text = string.Create(CultureInfo.InvariantCulture, $"ended: {container.EndedReason}, exit code {container.ExitCode}{ran}{(container.Restarts > 0 ? $", restarted {Words.Count(container.Restarts, "time", "times")}" : "")}{(message.Length > 0 ? ": " + message : "")}");
        return new Evidence("kubernetes/container", container.Path, InertText.OneLine(text, 500), container.EndedAt ?? snapshot.TakenAt) { Value = container.ExitCode };
    }

    internal static Evidence Condition(ClusterSnapshot snapshot, KubeObject about, Field condition) =>
        Object(snapshot, about, $"{condition["type"].Text} is {condition["status"].Text}: {condition["reason"].Text} {condition["message"].Text}", condition["lastTransitionTime"].Time);

    internal static Evidence Event(ClusterSnapshot snapshot, KubeEvent happened) =>
        new("kubernetes/event", happened.About.ToString(), InertText.OneLine(string.Create(CultureInfo.InvariantCulture, $"{happened.Reason}: {happened.Message}{(happened.Count > 1 ? $" (×{happened.Count})" : "")}"), 500), happened.At ?? snapshot.TakenAt) { Value = happened.Count };

    internal static Evidence Log(ClusterSnapshot snapshot, Container container, ContainerLog log, int index) =>
        new("log", log.Object, log.Show(index), (log.Previous ? container.EndedAt : null) ?? snapshot.TakenAt);

    /// <summary>The newest events about an object with one of the reasons.</summary>
    internal static IEnumerable<KubeEvent> Events(ClusterSnapshot snapshot, ObjectRef about, params string[] reasons) =>
        snapshot.EventsOf(about).Where(happened => reasons.Contains(happened.Reason));
}
