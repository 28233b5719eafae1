namespace Prunella.Kubernetes.Chaos;

/// <summary>An experiment is not allowed, or not possible; nothing was changed by it.</summary>
/// <param name="message">What, where, and what to do.</param>
public sealed class ChaosRefusedException(string message) : Exception(message);
