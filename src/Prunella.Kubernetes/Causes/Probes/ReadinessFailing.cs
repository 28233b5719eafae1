using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Probes;

/// <summary>A container runs but is not ready, so no traffic reaches it.</summary>
public sealed class ReadinessFailing : ProbeCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("readiness-probe-failing", 20,
        "Events Unhealthy name the readiness probe of a running container that is not ready; port and path are held against what the container declares.",
        "Back to the last revision when an earlier one is there; more time, with an approval, where the timing is too tight; else a person corrects port or path, or treats what the health check finds.");

    private protected override string Kind => "Readiness";

    private protected override string FieldName => "readinessProbe";

    private protected override bool Suffers(ClusterSnapshot snapshot, Container container, bool killed) => container.Running && !container.Ready;

    private protected override string Consequence(Container container) => "It runs, and gets no traffic.";
}
