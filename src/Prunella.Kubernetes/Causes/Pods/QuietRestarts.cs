using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Pods;

/// <summary>A container that looks fine now and keeps being restarted.</summary>
public sealed class QuietRestarts : Cause
{
    private const int RestartsMin = 3;

    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = new("quiet-restarts", "Pods", CauseLayer.Symptom)
    {
        RecognisedBy = "A running container was restarted at least three times, at least once an hour since its pod began, and last within the hour.",
        Done = "A person reads the end of the previous log; the exit code and how long it ran are told.",
        Family = "crash",
        Precedence = 95,
    };

    /// <inheritdoc/>
    public override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            if (!container.Running || container.Restarts < RestartsMin || snapshot.Since(container.EndedAt) > TimeSpan.FromHours(1)) continue;
            var age = snapshot.Since(container.Pod.CreatedAt);
            if (age > TimeSpan.Zero && container.Restarts / Math.Max(age.TotalHours, 0.02) < 1) continue;
            var evidence = new List<Evidence> { Observed.Ended(snapshot, container) };
            if (snapshot.Log(container, previous: true) is { Lines.Count: > 0 } log) evidence.Add(Observed.Log(snapshot, container, log, log.Lines.Count - 1));
            yield return Found(snapshot.TopOf(container.Pod), container.Name, 0.85, Severity.Warning,
                $"{container.Words} runs now, but was restarted {container.Restarts} times{(age > TimeSpan.Zero ? $" in {Words.Of(age)}" : "")}; it last ended with {container.EndedReason}, exit code {container.ExitCode}{(container.RanFor is { } ran ? $", after {Words.Of(ran)}" : "")}.", evidence) with
            {
                Pods = [container.Pod.Name], Advice = $"Read the previous log: kubectl logs -n {container.Pod.Namespace} {container.Pod.Name} -c {container.Name} --previous.",
            };
        }
    }
}
