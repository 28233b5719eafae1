namespace Prunella.Kubernetes.Chaos;

/// <summary>What was seen of a pod or a workload at one moment.</summary>
/// <param name="At">When the API's news of it arrived here.</param>
/// <param name="Key">A pod's uid, a workload's kind and name.</param>
/// <param name="IsPod">A pod, or a workload.</param>
/// <param name="Trouble">Whether it shows a sign of trouble.</param>
/// <param name="Ready">Whether it is ready; a workload when all that it asks for are.</param>
internal readonly record struct Sighting(DateTimeOffset At, string Key, bool IsPod, bool Trouble, bool Ready);

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

    internal static NamespaceRecord Of(IReadOnlyList<Sighting> sightings, DateTimeOffset from)
    {
        DateTimeOffset? shown = null;
        var wellSince = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        var (born, ready) = (new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal), new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        foreach (var sighting in sightings)
        {
            if (sighting.Trouble && sighting.At >= from) shown ??= sighting.At;
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
