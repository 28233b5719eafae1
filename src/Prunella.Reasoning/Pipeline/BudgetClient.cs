using Microsoft.Extensions.AI;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Pipeline;

/// <summary>Sets the most that a call can cost aside before it is made, and what it did cost after.</summary>
internal sealed class BudgetClient(IChatClient inner, CallBook book, ReasoningMeter meter, TimeProvider time) : WholeAnswerClient(inner)
{
    private const double Million = 1_000_000;

    // What Anthropic's client calls the tokens that the provider stored for the next call, and charges a quarter more for.
    private const string StoredInPromptCache = "CacheCreationInputTokens";

    protected override async Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation)
    {
        var (question, choice) = (options.Question, options.Choice);
        var prices = choice.Prices;
        var input = TokenCount.Of(messages, options.Tools ?? []);
        var estimate = (input * Math.Max(prices.Input, prices.CacheWrite) + (options.MaxOutputTokens ?? 0) * prices.Output) / Million;
        var record = question.Record(time.GetUtcNow(), choice, CallOutcome.Answered) with { RequestDigest = options.Digest };
        Reservation reserved;
        try
        {
            reserved = await book.ReserveAsync(question.Tier, estimate, cancellation).ConfigureAwait(false);
        }
        catch (BudgetExceededException)
        {
            meter.Refused(question.Task);
            question.Records.Add(record with { Outcome = CallOutcome.OverBudget });
            throw;
        }
        var started = time.GetTimestamp();
        // What an answer that never came may have cost is not known; a provider does not bill what it did not begin.
        record = record with { Outcome = "interrupted" };
        var dollars = 0.0;
        try
        {
            var response = await NextAsync(messages, options, cancellation).ConfigureAwait(false);
            var usage = response.Usage;
            var sent = usage?.InputTokenCount ?? input;
            var answered = usage?.OutputTokenCount ?? TokenCount.Of(response.Text);
            var cached = Math.Clamp(usage?.CachedInputTokenCount ?? 0, 0, sent);
            var stored = Math.Clamp(usage?.AdditionalCounts?.GetValueOrDefault(StoredInPromptCache) ?? 0, 0, sent - cached);
            dollars = ((sent - cached - stored) * prices.Input + cached * prices.CachedInput + stored * prices.CacheWrite + answered * prices.Output) / Million;
            record = record with { Outcome = CallOutcome.Answered, InputTokens = sent, OutputTokens = answered, Dollars = dollars, AnswerDigest = RequestText.Hash(response.Text) };
            return response;
        }
        catch (ModelUnavailableException unavailable)
        {
            record = record with { Outcome = $"failed: {unavailable.Fault}" };
            throw;
        }
        finally
        {
            question.Records.Add(record with { ElapsedMs = time.GetElapsedTime(started).TotalMilliseconds });
            question.Reservations.Add(await book.AdjustAsync(reserved, dollars, CancellationToken.None).ConfigureAwait(false));
        }
    }
}
