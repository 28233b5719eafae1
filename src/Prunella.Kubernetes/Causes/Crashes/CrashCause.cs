using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>What a line of a log told about a crash.</summary>
/// <param name="Line">The line that tells it.</param>
/// <param name="Offender">The precise offender.</param>
/// <param name="Summary">What happened, in words.</param>
/// <param name="Advice">What a person should do.</param>
internal sealed record CrashSign(int Line, string Offender, string Summary, string Advice)
{
    internal double Confidence { get; init; } = 0.9;

    internal IReadOnlyList<ObjectRef> Blames { get; init; } = [];

    /// <summary>Another line that shows it too: the first own frame.</summary>
    internal int? Second { get; init; }

    /// <summary>Whether going back a revision may help: what fails came with the rollout.</summary>
    internal bool CameWithRollout { get; init; } = true;
}

/// <summary>
/// What the causes of crashes share: containers that keep ending badly, and the last words of the run that ended. Only the
/// end of the log is looked at, backwards, so that the reason nearest to the end is told.
/// </summary>
public abstract class CrashCause : Cause
{
    private protected const int LinesMax = 200;

    private protected abstract CrashSign? Look(ClusterSnapshot snapshot, Container container, ContainerLog log);

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            if (!container.Crashing || (container.ExitCode is null or 0 && container.WaitingReason != "CrashLoopBackOff")) continue;
            if (container.EndedReason == "OOMKilled" || snapshot.LastWords(container) is not { } log || Look(snapshot, container, log) is not { } sign) continue;
            // A pod of a finished job that was retried and then did its work is no trouble.
            if (IsSettled(snapshot, container.Pod)) continue;
            var evidence = new List<Evidence> { Observed.Log(snapshot, container, log, sign.Line) };
            if (sign.Second is { } second && second != sign.Line) evidence.Add(Observed.Log(snapshot, container, log, second));
            evidence.Add(Observed.Ended(snapshot, container));
            var found = Found(snapshot, container.Pod, sign.Offender, sign.Confidence, sign.Summary, evidence);
            yield return found with { Advice = sign.Advice, Blames = [.. sign.Blames, .. found.Blames], Remedies = sign.CameWithRollout ? Rollouts.BackOrNone(snapshot, container.Pod) : [] };
        }
    }

    /// <summary>Whether the pod's job did its work in the end, or nothing waits for it any more.</summary>
    internal static bool IsSettled(ClusterSnapshot snapshot, Pod pod)
    {
        if (pod.Phase != "Failed") return false;
        if (pod.Owner is not { Kind: "Job" } owner) return pod.Owner is not null;
        return snapshot.Find(owner) is { } job && (job.Condition("Complete")["status"].Text == "True" || job.Status["succeeded"].Int() > 0 || job.Condition("Failed")["status"].Text != "True" && job.Status["active"].Int() > 0);
    }

    private protected static CauseDescriptor Describe(string name, int precedence, CauseLayer layer, string recognisedBy, string done, params string[] actions) =>
        new(name, "Crashes", layer) { RecognisedBy = recognisedBy, Done = done, Actions = actions, Family = "crash", Precedence = precedence };

    /// <summary>Lines from the last to the first that may matter.</summary>
    private protected static IEnumerable<(int Index, string Line)> Backwards(ContainerLog log)
    {
        for (var index = log.Lines.Count - 1; index >= Math.Max(0, log.Lines.Count - LinesMax); index--) yield return (index, log.Lines[index]);
    }
}
