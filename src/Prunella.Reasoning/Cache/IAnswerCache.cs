namespace Prunella.Reasoning.Cache;

/// <summary>Answers that were paid for once. Twins: in memory, and Redis. Thread-safe. A cache that is away is an empty one.</summary>
internal interface IAnswerCache : IAsyncDisposable
{
    /// <summary>The answer kept under a digest; null when there is none or it is too old.</summary>
    ValueTask<string?> FindAsync(string digest, CancellationToken cancellation);

    /// <summary>Keeps an answer for the configured time.</summary>
    ValueTask KeepAsync(string digest, string answer, CancellationToken cancellation);

    /// <summary>Forgets an answer that turned out to be of no use.</summary>
    ValueTask ForgetAsync(string digest, CancellationToken cancellation);
}
