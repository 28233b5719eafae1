namespace Prunella.Kubernetes.Connection;

/// <summary>Says whether this process may write to the cluster at this moment. Its twins: the leader's lease, and the switch of the tests. Thread-safe.</summary>
internal interface IWriteGuard
{
    /// <summary>Why nothing may be written now; null when it may. Asks nobody, so it can stand before every request.</summary>
    string? WhyNot();
}
