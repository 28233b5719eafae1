namespace Prunella.Kubernetes.Chaos;

/// <summary>What an experiment does to its targets.</summary>
public enum FaultKind
{
    /// <summary>Deletes pods; their owner replaces them.</summary>
    PodKill,

    /// <summary>Makes pods unusable for a while by giving their containers an image that does not exist.</summary>
    PodFailure,

    /// <summary>Ends the first process of a container.</summary>
    ContainerKill,

    /// <summary>Fills memory inside a container.</summary>
    MemoryStress,

    /// <summary>Burns processor time inside a container.</summary>
    CpuStress,

    /// <summary>Disturbs the network; Chaos Mesh only.</summary>
    Network,

    /// <summary>Rolls out an image that does not exist.</summary>
    BadImage,

    /// <summary>Rolls out a wrong or missing environment variable.</summary>
    BadConfiguration,

    /// <summary>Removes a key of a config map.</summary>
    MissingKey,

    /// <summary>Leads a service to a port that nothing serves.</summary>
    WrongPort,

    /// <summary>Takes all replicas of a workload away.</summary>
    ScaleToZero,

    /// <summary>Makes a service select no pod.</summary>
    SelectorDrift,

    /// <summary>Makes a probe of a container fail.</summary>
    ProbeBreakage,

    /// <summary>Keeps new pods off a node.</summary>
    NodeCordon,

    /// <summary>Allows a namespace fewer pods than it has.</summary>
    QuotaSqueeze,
}
