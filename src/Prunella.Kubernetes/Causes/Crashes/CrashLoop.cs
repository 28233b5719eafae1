using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Crashes;

/// <summary>A container keeps ending, and nothing tells why.</summary>
public sealed class CrashLoop : Cause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("crash-loop", "Crashes", CauseLayer.Symptom)
    {
        RecognisedBy = "A container waits in CrashLoopBackOff or keeps ending with an exit code other than 0, and no other cause explains it.",
        Done = "Back to the last revision when an earlier one is there; else a person reads the log, whose last line is told.",
        Actions = ["rollback-rollout"],
        Family = "crash",
        Precedence = 90,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            if (!container.Crashing || CrashCause.IsSettled(snapshot, container.Pod) || container.Pod.Owner is { Kind: "Job" }) continue;
            var log = snapshot.LastWords(container);
            var evidence = new List<Evidence>();
            if (container.Ended.Exists) evidence.Add(Observed.Ended(snapshot, container));
            if (log is { Lines.Count: > 0 }) evidence.Add(Observed.Log(snapshot, container, log, log.Lines.Count - 1));
            if (container.Waiting.Exists) evidence.Add(Observed.Waiting(snapshot, container));
            var code = container.ExitCode;
            var said = log is { Lines.Count: > 0 } ? $" Its last line: {log.Show(log.Lines.Count - 1)}" : log is null ? " Its log was not given." : " It wrote no log.";
            var meaning = code switch { 0 => " It ends well, so it is no server, or has nothing to do: a Job would be the right kind.", 137 => " It was killed; the reason is not memory.", 139 => " A segmentation fault.", 143 => " It was asked to end.", 1 or 2 or null => "", _ => "" };
            yield return Found(snapshot, container.Pod, container.Name, code == 0 ? 0.8 : 0.7, $"{container.Words} keeps ending (exit code {code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}, {container.Restarts} restarts), and nothing tells why.{meaning}{said}", evidence) with
            {
                Advice = $"Read the whole log: kubectl logs -n {container.Pod.Namespace} {container.Pod.Name} -c {container.Name} --previous.",
                Remedies = Rollouts.BackOrNone(snapshot, container.Pod),
            };
        }
    }
}
