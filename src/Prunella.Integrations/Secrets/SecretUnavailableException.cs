namespace Prunella.Integrations.Secrets;

/// <summary>A secret could not be read. The message names the reference and never the secret.</summary>
public sealed class SecretUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
