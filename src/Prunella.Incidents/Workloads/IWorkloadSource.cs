namespace Prunella.Incidents.Workloads;

/// <summary>Reads workloads. Its twins are the Kubernetes one and an in-memory one for simulation. Thread-safe.</summary>
public interface IWorkloadSource
{
    /// <summary>
    /// The target that a signal is about, from its labels through owner references: pod → replica set → deployment.
    /// </summary>
    /// <returns>The target, or why there is none; never a guess.</returns>
    Task<TargetResolution> ResolveAsync(Signal signal, CancellationToken cancellation);

    /// <summary>The workload's present state; null when it does not exist.</summary>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    Task<WorkloadState?> ReadAsync(Target target, CancellationToken cancellation);

    /// <summary>What was observed about the target around the time: container states, events, previous logs, rollout history, node conditions.</summary>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    Task<IReadOnlyList<Evidence>> GatherAsync(Target target, DateTimeOffset around, CancellationToken cancellation);

    /// <summary>How many workloads there are and how many are unhealthy, in the target's namespace and its cluster.</summary>
    /// <exception cref="WorkloadUnreadableException">The API could not be asked, or forbids it.</exception>
    Task<Surroundings> SurveyAsync(Target target, CancellationToken cancellation);
}

/// <summary>The outcome of target resolution.</summary>
/// <param name="Target">The target; null when it could not be told.</param>
/// <param name="Why">How it was found, or what is missing: which label, which owner.</param>
public sealed record TargetResolution(Target? Target, string Why)
{
    /// <summary>Other targets that the labels fit equally well; not empty only when <see cref="Target"/> is null.</summary>
    public IReadOnlyList<Target> Candidates { get; init; } = [];

    /// <summary>Whether asking again later may help: the API was away, not the facts missing.</summary>
    public bool Transient { get; init; }
}

/// <summary>Counts of workloads, for blast radius and storm detection. Deployments, stateful sets, daemon sets with at least one desired replica.</summary>
/// <param name="NamespaceTotal">Workloads in the target's namespace.</param>
/// <param name="NamespaceUnhealthy">Of them, with fewer ready than desired replicas.</param>
/// <param name="ClusterTotal">Workloads in the cluster, or in the namespaces that may be read.</param>
/// <param name="ClusterUnhealthy">Of them, with fewer ready than desired replicas.</param>
public sealed record Surroundings(int NamespaceTotal, int NamespaceUnhealthy, int ClusterTotal, int ClusterUnhealthy);

/// <summary>A workload could not be read: the API is away, slow, refuses, or forbids.</summary>
/// <param name="message">What was asked, what came back, what to do.</param>
/// <param name="forbidden">Whether permission is missing, so that repeating is of no use.</param>
/// <param name="inner">The cause.</param>
public sealed class WorkloadUnreadableException(string message, bool forbidden = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether permission is missing.</summary>
    public bool Forbidden { get; } = forbidden;
}
