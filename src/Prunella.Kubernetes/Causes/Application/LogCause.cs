using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Application;

/// <summary>What lines of a log told about the application.</summary>
internal sealed record LogSign(string Offender, string Summary, string Advice)
{
    internal double Confidence { get; init; } = 0.85;

    internal Severity? Severity { get; init; }

    internal IReadOnlyList<ObjectRef> Blames { get; init; } = [];

    internal IReadOnlyList<Remedy> Remedies { get; init; } = [];
}

/// <summary>
/// What the causes within applications share: they are told by lines of logs, of running containers too. One odd line
/// proves little, so most ask for several.
/// </summary>
public abstract class LogCause : Cause
{
    /// <summary>How many fitting lines it takes.</summary>
    private protected abstract int LinesMin { get; }

    private protected abstract bool Fits(string line);

    /// <summary>What it means; null when on a closer look it means nothing.</summary>
    private protected abstract LogSign? Explain(ClusterSnapshot snapshot, Container container, ContainerLog log, IReadOnlyList<int> lines);

    /// <inheritdoc/>
    public sealed override IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var container in Containers(snapshot))
        {
            foreach (var log in snapshot.LogsOf(container))
            {
                var lines = new List<int>();
                foreach (var index in log.Telling) if (Fits(log.Lines[index])) lines.Add(index);
                // What ended an hour ago and has run well since is over.
                if (lines.Count < LinesMin || (log.Previous && container.Ready && snapshot.Since(container.StartedAt) > TimeSpan.FromHours(1))) continue;
                if (CrashesSettled(snapshot, container) || Explain(snapshot, container, log, lines) is not { } sign) continue;
                var found = Found(snapshot, container.Pod, sign.Offender, sign.Confidence, sign.Summary,
                    new[] { lines[0], lines[^1] }.Distinct().Select(index => Observed.Log(snapshot, container, log, index)));
                yield return found with { Severity = sign.Severity ?? found.Severity, Advice = sign.Advice, Blames = [.. sign.Blames, .. found.Blames], Remedies = sign.Remedies };
                break;
            }
        }
    }

    private static bool CrashesSettled(ClusterSnapshot snapshot, Container container) => Crashes.CrashCause.IsSettled(snapshot, container.Pod);

    private protected static CauseDescriptor Describe(string name, CauseLayer layer, string recognisedBy, string done, params string[] actions) =>
        new(name, "Applications", layer) { RecognisedBy = recognisedBy, Done = done, Actions = actions };
}
