namespace Prunella.Incidents.Workloads;

/// <summary>Facts about a target from beside the cluster: what its logs say. Thread-safe.</summary>
public interface IEvidenceSource
{
    /// <summary>What is known about the target now; nothing where nothing is. Never waits for another machine.</summary>
    IReadOnlyList<Evidence> Gather(Target target);
}
