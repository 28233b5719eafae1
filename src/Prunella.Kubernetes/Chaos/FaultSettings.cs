using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Chaos;

/// <summary>The details of a fault; which of them count depends on its kind.</summary>
public sealed record FaultSettings
{
    /// <summary>The containers; empty for the first, or for all where a fault hits whole pods.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Seconds a killed pod is given to end.</summary>
    public int GraceSeconds { get; init; }

    /// <summary>Processes that stress is done by.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Memory that each worker fills.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The image that is rolled out; null for the present repository with a tag that does not exist.</summary>
    public string? Image { get; init; }

    /// <summary>The environment variable that is rolled out.</summary>
    public string? Variable { get; init; }

    /// <summary>Its value; null removes it.</summary>
    public string? Value { get; init; }

    /// <summary>The key of the config map, or the label of the selector.</summary>
    public string? Key { get; init; }

    /// <summary>The workload whose pods are replaced, so that they read the change; null for none.</summary>
    public ObjectRef? Restart { get; init; }

    /// <summary>The port that nothing serves.</summary>
    public int Port { get; init; } = 1;

    /// <summary>The service port that is led astray, by name; null for the first.</summary>
    public string? PortName { get; init; }

    /// <summary>The probe that is broken: readiness, liveness or startup.</summary>
    public string Probe { get; init; } = "readiness";

    /// <summary>Pods that the namespace may still have.</summary>
    public int PodsMax { get; init; }
}
