using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Probes;

/// <summary>The kubelet kills a container because it does not come up in the time that its startup probe gives.</summary>
public sealed class StartupFailing : ProbeCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("startup-probe-failing", 5,
        "Events Unhealthy or Killing name the startup probe of a container that has not started; port, path and timing are held against what the container declares.",
        "Back to the last revision when an earlier one is there; more time, with an approval, where the timing is too tight; else a person corrects port, path or timing as told.");

    private protected override string Kind => "Startup";

    private protected override string FieldName => "startupProbe";

    private protected override bool Suffers(ClusterSnapshot snapshot, Container container, bool killed) => !container.Ready;

    private protected override string Consequence(Container container) => $"It has {Words.Of(Allowed(container.Spec[FieldName]))} to start and was restarted {container.Restarts} times.";
}
