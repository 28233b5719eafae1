using Microsoft.Extensions.AI;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;

namespace Prunella.Reasoning.Pipeline;

/// <summary>Answers from what was paid for before: the same model, prompt version and content after redaction.</summary>
internal sealed class CachingClient(IChatClient inner, IAnswerCache cache, ReasoningMeter meter, TimeProvider time) : WholeAnswerClient(inner)
{
    protected override async Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation)
    {
        var question = options.Question;
        var started = time.GetTimestamp();
        var digest = options.Digest;
        if (digest.Length > 0 && await cache.FindAsync(digest, cancellation).ConfigureAwait(false) is { } kept && RequestText.Read(kept, question.Nonce) is { } answer)
        {
            meter.Hit(question.Task, answer.Dollars);
            question.Records.Add(question.Record(time.GetUtcNow(), options.Choice, CallOutcome.Cached) with
            {
                RequestDigest = digest, AnswerDigest = RequestText.Hash(answer.Response.Text), Saved = answer.Dollars, ElapsedMs = time.GetElapsedTime(started).TotalMilliseconds,
            });
            return answer.Response;
        }
        meter.Miss(question.Task);
        var response = await NextAsync(messages, options, cancellation).ConfigureAwait(false);
        if (digest.Length > 0 && RequestText.Write(response, question.Records[^1].Dollars, question.Nonce) is { } written) await cache.KeepAsync(digest, written, cancellation).ConfigureAwait(false);
        return response;
    }
}
