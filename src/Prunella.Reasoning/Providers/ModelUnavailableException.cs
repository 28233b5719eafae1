namespace Prunella.Reasoning.Providers;

/// <summary>Why a model gave no answer.</summary>
public enum ModelFault
{
    /// <summary>The connection could not be made, or broke.</summary>
    Unreachable,

    /// <summary>No answer within the time allowed.</summary>
    TooSlow,

    /// <summary>Limits of the provider: 429.</summary>
    Limited,

    /// <summary>The provider is overloaded or broken: 5xx, 529 among them.</summary>
    Overloaded,

    /// <summary>The key does not hold, or does not suffice: 401, 403.</summary>
    NotEntitled,

    /// <summary>The provider refuses the request: other 4xx.</summary>
    Refused,

    /// <summary>The answer is longer than allowed, or not of the protocol.</summary>
    Unreadable,

    /// <summary>The key cannot be read from where it is kept.</summary>
    NoCredential,
}

/// <summary>A model gave no answer. The message holds nothing of the request and no key.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">For people.</param>
/// <param name="status">The HTTP status; null when there was none.</param>
/// <param name="retryAfter">When the provider wants to be asked again.</param>
/// <param name="inner">What lies below.</param>
public sealed class ModelUnavailableException(ModelFault fault, string message, int? status = null, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ModelFault Fault { get; } = fault;

    /// <summary>The HTTP status; null when there was none.</summary>
    public int? Status { get; } = status;

    /// <summary>When the provider wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request may succeed in a moment.</summary>
    public bool Transient => Fault is ModelFault.Unreachable or ModelFault.TooSlow or ModelFault.Limited or ModelFault.Overloaded;
}
