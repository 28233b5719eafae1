using Microsoft.Extensions.AI;

namespace Prunella.Reasoning.Pipeline;

/// <summary>A link of the pipeline. Answers come whole: a stream would leave a link before it was checked.</summary>
internal abstract class WholeAnswerClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public sealed override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        AnswerAsync([.. messages], CallOptions.From(options), cancellationToken);

    public sealed override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Answers of models are read whole.");

    protected abstract Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation);

    protected Task<ChatResponse> NextAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation) => InnerClient.GetResponseAsync(messages, options, cancellation);
}
