namespace Prunella.Incidents.Workloads;

/// <summary>Tells what was rolled out lately, whoever did it. Thread-safe.</summary>
public interface IRolloutSource
{
    /// <summary>Revisions that came into being in a span of time, of every workload that may be read.</summary>
    /// <param name="since">From here on.</param>
    /// <param name="until">Before this.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    Task<IReadOnlyList<SeenRollout>> RolloutsAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellation);
}

/// <summary>A revision of a workload.</summary>
/// <param name="At">When it came into being.</param>
/// <param name="Target">The workload.</param>
/// <param name="Text">Which revision, with what images where it says so; inert.</param>
public sealed record SeenRollout(DateTimeOffset At, Target Target, string Text);
