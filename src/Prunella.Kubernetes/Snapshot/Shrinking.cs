namespace Prunella.Kubernetes.Snapshot;

/// <summary>A workload was given fewer replicas, so that its controller ended some of its pods; only a watch knows it.</summary>
/// <param name="Of">The workload.</param>
/// <param name="By">How many fewer.</param>
/// <param name="At">When it was seen: older servers date what comes by the scale subresource wrongly.</param>
internal sealed record Shrinking(ObjectRef Of, int By, DateTimeOffset At);
