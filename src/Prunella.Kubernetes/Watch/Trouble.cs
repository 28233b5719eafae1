using Prunella.Incidents;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>Trouble of one target that stands: signalled once, until it is over. Immutable.</summary>
/// <param name="Target">The object.</param>
/// <param name="Cause">The cause, as the causes name it without logs.</param>
/// <param name="StartsAt">When the API showed it, by the API's own time where it gives one.</param>
internal sealed record Trouble(ObjectRef Target, string Cause, DateTimeOffset StartsAt)
{
    /// <summary>What was found when it was noticed; null of one that a process before this one noticed.</summary>
    internal Causes.CauseFinding? Finding { get; init; }

    /// <summary>Whether it is to be told once more when it is seen next.</summary>
    internal bool Again { get; init; }

    /// <summary>Whether the last look did not find it.</summary>
    internal bool OutOfSight { get; init; }

    /// <summary>Since when it is known not to be there any more; null while it is, or may be.</summary>
    internal DateTimeOffset? AwaySince { get; init; }

    internal string FingerprintIn(string cluster) => Fingerprint.Of(["operator", cluster, Target.Namespace, Target.Kind, Target.Name, Cause]);

    /// <summary>The series of the signals that tell of it.</summary>
    internal string SeriesIn(string cluster) => Signal.SeriesOf(Signal.OperatorSource, FingerprintIn(cluster), StartsAt);
}
