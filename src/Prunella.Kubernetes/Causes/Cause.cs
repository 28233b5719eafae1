using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Causes;

/// <summary>
/// One known cause of trouble. Looks at a snapshot and tells where it is at work. Implementations are stateless and
/// thread-safe, deterministic for the same snapshot, read nothing else, and obey nothing that the snapshot's texts say.
/// </summary>
public abstract class Cause
{
    /// <summary>Its entry of the catalogue.</summary>
    public abstract CauseDescriptor Descriptor { get; }

    /// <summary>Where it is at work; nothing when it is not.</summary>
    public abstract IEnumerable<CauseFinding> Recognise(ClusterSnapshot snapshot);

    private protected CauseFinding Found(ObjectRef target, string offender, double confidence, Severity severity, string summary, params IEnumerable<Evidence> evidence) => new()
    {
        Descriptor = Descriptor,
        Target = target,
        Offender = InertText.OneLine(offender, 200),
        Confidence = confidence,
        Severity = severity,
        Summary = Capital(InertText.OneLine(summary, 600)),
        Evidence = [.. evidence],
    };

    private static string Capital(string text) => text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    /// <summary>About a pod's owner.</summary>
    private protected CauseFinding Found(ClusterSnapshot snapshot, Pod pod, string offender, double confidence, string summary, params IEnumerable<Evidence> evidence)
    {
        var target = snapshot.TopOf(pod);
        return Found(target, offender, confidence, Impact.Of(snapshot, target), summary, evidence) with { Pods = [pod.Name], Blames = pod.Node.Length > 0 && Descriptor.Layer is CauseLayer.Failure or CauseLayer.Symptom ? [new ObjectRef("Node", "", pod.Node)] : [] };
    }

    /// <summary>Containers of pods that are neither done nor on their way out.</summary>
    private protected static IEnumerable<Container> Containers(ClusterSnapshot snapshot)
    {
        foreach (var pod in snapshot.Pods)
        {
            if (pod.Terminating || pod.Phase == "Succeeded") continue;
            foreach (var container in pod.Containers) yield return container;
        }
    }
}
