namespace Prunella.Kubernetes.Snapshot;

/// <summary>A file of objects could not be read.</summary>
/// <param name="message">Which file, where in it, what was expected.</param>
/// <param name="inner">The cause.</param>
public sealed class SnapshotUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
