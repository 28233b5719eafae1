using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes.Probes;

/// <summary>The kubelet kills a container because its liveness probe fails.</summary>
public sealed class LivenessFailing : ProbeCause
{
    /// <inheritdoc/>
    public override CauseDescriptor Descriptor { get; } = Describe("liveness-probe-failing", 10,
        "Events Unhealthy or Killing name the liveness probe of a container that is being restarted; port, path and timing are held against what the container declares. A kill past its grace ends with 137 and is no lack of memory.",
        "Back to the last revision when an earlier one is there; more time, with an approval, where the timing is too tight; else a person corrects port, path or timing as told.");

    private protected override string Kind => "Liveness";

    private protected override string FieldName => "livenessProbe";

    private protected override bool Suffers(ClusterSnapshot snapshot, Container container, bool killed) => (killed || container.Restarts > 0) && container.EndedReason != "OOMKilled" && !(container.Ready && snapshot.Since(container.StartedAt) > TimeSpan.FromMinutes(20));

    private protected override string Consequence(Container container) => $"The kubelet has restarted it {container.Restarts} times{(container.ExitCode == 137 ? "; exit code 137 is that kill, not a lack of memory" : "")}.";
}
