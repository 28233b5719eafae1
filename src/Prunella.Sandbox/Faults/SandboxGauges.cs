using Prunella.Sandbox.Behaviours;

namespace Prunella.Sandbox.Faults;

/// <summary>Live measurements of a sandbox cluster. Safe to read from any thread; each call measures anew.</summary>
public sealed class SandboxGauges
{
    private readonly IGaugeSource source;

    internal SandboxGauges(IGaugeSource source) => this.source = source;

    /// <summary>One entry per running container, in namespace, pod and container order.</summary>
    public IReadOnlyList<PodGauges> Pods() => source.Pods();

    /// <summary>The running containers of one workload.</summary>
    public IReadOnlyList<PodGauges> Of(WorkloadName workload) => [.. Pods().Where(pod => pod.Workload == workload)];

    /// <summary>One entry per bound claim.</summary>
    public IReadOnlyList<VolumeGauges> Volumes() => source.Volumes();

    public IReadOnlyList<NodeGauges> Nodes() => source.Nodes();

    /// <summary>Every certificate whose expiry was set.</summary>
    public IReadOnlyList<CertificateGauges> Certificates() => source.Certificates();
}

/// <summary>Where gauges are measured.</summary>
internal interface IGaugeSource
{
    IReadOnlyList<PodGauges> Pods();
    IReadOnlyList<VolumeGauges> Volumes();
    IReadOnlyList<NodeGauges> Nodes();
    IReadOnlyList<CertificateGauges> Certificates();
}
