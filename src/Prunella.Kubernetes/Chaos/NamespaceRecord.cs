namespace Prunella.Kubernetes.Chaos;

/// <summary>What was seen of a pod or a workload at one moment.</summary>
/// <param name="At">When the API's news of it arrived here.</param>
/// <param name="Key">A pod's uid, a workload's kind and name.</param>
/// <param name="IsPod">A pod, or a workload.</param>
/// <param name="Trouble">Whether it shows a sign of trouble.</param>
/// <param name="Ready">Whether it is ready; a workload when all that it asks for are.</param>
/// <param name="Owner">The name of a pod's replica set; empty where it has none.</param>
/// <param name="Ending">A pod that is being deleted, or is gone.</param>
internal readonly record struct Sighting(DateTimeOffset At, string Key, bool IsPod, bool Trouble, bool Ready, string Owner = "", bool Ending = false);

/// <summary>How many pods a replica set asked for at one moment.</summary>
/// <param name="At">When the API's news of it arrived here.</param>
/// <param name="Name">The replica set's name.</param>
/// <param name="Pods">The pods.</param>
internal readonly record struct Asking(DateTimeOffset At, string Name, int Pods);

/// <summary>When trouble showed, and when all was well again, as the API told it. Immutable.</summary>
/// <param name="ShownAt">The first sign; null when none was seen.</param>
/// <param name="WellAt">Since when every workload has been ready without a break; null when one is not.</param>
/// <param name="Starting">How much of the time in between pods that became ready spent on starting.</param>
public sealed record NamespaceRecord(DateTimeOffset? ShownAt, DateTimeOffset? WellAt, TimeSpan Starting)
{
    /// <summary>From the first sign to well again.</summary>
    public TimeSpan? Recovery => ShownAt is { } shown && WellAt is { } well ? well > shown ? well - shown : TimeSpan.Zero : null;

    /// <summary>The same without the time that containers took to start.</summary>
    public TimeSpan? RecoveryBesidesStart => Recovery - Starting;

    // News of pods and of replica sets come on two connections; a rollout's word may be that much later than what it does.
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(500);

    internal static NamespaceRecord Of(IReadOnlyList<Sighting> sightings, IReadOnlyList<Asking> asked, DateTimeOffset from)
    {
        DateTimeOffset? shown = null;
        var wellSince = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        var (born, ready) = (new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        var (live, ended) = (new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var sighting in sightings)
        {
            var begins = sighting is { IsPod: true, Ending: true } && ended.Add(sighting.Key);
            if (begins) live.Remove(sighting.Key);
            else if (sighting is { IsPod: true, Ending: false }) live[sighting.Key] = sighting.Owner;
            // The end of a pod that its rollout takes away is no trouble, and what began to end before has nothing to do with it.
            var trouble = sighting.Trouble || (begins && live.Values.Count(owner => owner == sighting.Owner) < AskedOf(asked, sighting));
            if (trouble && sighting.At >= from) shown ??= sighting.At;
            if (sighting.IsPod)
            {
                born.TryAdd(sighting.Key, sighting.At);
                if (sighting.Ready) ready.TryAdd(sighting.Key, sighting.At);
            }
            else if (!sighting.Ready) wellSince[sighting.Key] = null;
            else if (wellSince.GetValueOrDefault(sighting.Key) is null) wellSince[sighting.Key] = sighting.At;
        }
        var well = wellSince.Count > 0 && wellSince.Values.All(since => since is not null) ? wellSince.Values.Max() : null;
        var starts = ready.Where(pod => born[pod.Key] >= from).Select(pod => (From: born[pod.Key], To: pod.Value)).OrderBy(span => span.From);
        return new NamespaceRecord(shown, well, shown is { } begin && well is { } end ? Union(starts, begin, end) : TimeSpan.Zero);
    }

    private static int AskedOf(IReadOnlyList<Asking> asked, Sighting sighting) => sighting.Owner.Length == 0
        ? int.MaxValue
        : asked.LastOrDefault(asking => asking.Name == sighting.Owner && asking.At <= sighting.At + Apart) is { Name: not null } last ? last.Pods : int.MaxValue;

    private static TimeSpan Union(IEnumerable<(DateTimeOffset From, DateTimeOffset To)> spans, DateTimeOffset begin, DateTimeOffset end)
    {
        var (total, covered) = (TimeSpan.Zero, begin);
        foreach (var span in spans)
        {
            var (from, to) = (span.From > covered ? span.From : covered, span.To < end ? span.To : end);
            if (to <= from) continue;
            total += to - from;
            covered = to;
        }
        return total;
    }
}
