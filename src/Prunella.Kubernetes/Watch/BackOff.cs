namespace Prunella.Kubernetes.Watch;

/// <summary>Pauses that double up to a bound, spread by chance so that many do not come back together, and start over after success. Not thread-safe.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan most, Random random)
{
    private int failures;

    /// <summary>The pause to make now: half of it to all of it; the one after is twice as long.</summary>
    internal TimeSpan Next() => Of(first, most, failures++) * (0.5 + random.NextDouble() / 2);

    /// <summary>It went well for long enough: the next pause is the first one again.</summary>
    internal void Reset() => failures = 0;

    /// <summary>The pause after so many failures.</summary>
    internal static TimeSpan Of(TimeSpan first, TimeSpan most, int failures)
    {
        var pause = first * Math.Pow(2, Math.Min(failures, 30));
        return pause < most ? pause : most;
    }
}
