using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>What the history of a workload's revisions says.</summary>
internal static class Rollouts
{
    /// <summary>A revision that has been there for longer is not what broke just now, unless the one before still serves.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);

    /// <summary>
    /// The way back, when the pod is of the newest revision, that one is fresh or never took over, and an earlier one is there
    /// that does not have the offender in it; null otherwise. Going back to the same fault helps nobody.
    /// </summary>
    /// <param name="snapshot">Where the revisions are.</param>
    /// <param name="pod">A pod in trouble.</param>
    /// <param name="offender">A text of the pod template that is to blame: the image, the key; empty for none.</param>
    internal static Remedy? Back(ClusterSnapshot snapshot, Pod pod, string offender = "")
    {
        var target = snapshot.TopOf(pod);
        if (target.Kind != "Deployment" || pod.Owner is not { Kind: "ReplicaSet" } owner) return null;
        KubeObject? present = null, before = null;
        foreach (var set in snapshot.Of("ReplicaSet", target.Namespace))
        {
            if (set.Owner != target) continue;
            if (set.Name == owner.Name) present = set;
            else if (before is null || Revision(set) > Revision(before)) before = set;
        }
        if (present is null || before is null || Revision(before) <= 0 || Revision(present) <= Revision(before)) return null;
        var serves = before.Status["readyReplicas"].Int() > 0;
        if (!serves && snapshot.Since(present.CreatedAt) > Fresh) return null;
        if (offender.Length > 0 && Holds(before.Spec["template"], offender)) return null;
        return new Remedy("rollback-rollout", serves
            ? $"Revision {Revision(before)} still serves; revision {Revision(present)} does not."
            : $"Revision {Revision(before)} was there before revision {Revision(present)}, which fails.");
    }

    /// <summary>The way back as a list, to spread into remedies.</summary>
    internal static IReadOnlyList<Remedy> BackOrNone(ClusterSnapshot snapshot, Pod pod, string offender = "") => Back(snapshot, pod, offender) is { } back ? [back] : [];

    private static long Revision(KubeObject set) => set.Annotations["deployment.kubernetes.io/revision"].Whole ?? 0;

    private static bool Holds(Field template, string text)
    {
        foreach (var item in template.Items) if (Holds(item, text)) return true;
        foreach (var (_, value) in template.Members) if (Holds(value, text)) return true;
        return template.IsText && template.Text == text;
    }
}
