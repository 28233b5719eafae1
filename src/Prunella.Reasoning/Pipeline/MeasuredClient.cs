using Microsoft.Extensions.AI;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Pipeline;

/// <summary>The last link before the provider: every try is measured.</summary>
internal sealed class MeasuredClient(IChatClient inner, ReasoningMeter meter, TimeProvider time) : WholeAnswerClient(inner)
{
    protected override async Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var activity = ReasoningMeter.Activities.StartActivity("model call");
        activity?.SetTag("gen_ai.request.model", options.Choice.Model).SetTag("prunella.task", options.Question.Task);
        var outcome = "failed";
        try
        {
            var response = await NextAsync(messages, options, cancellation).ConfigureAwait(false);
            outcome = "answered";
            meter.Tokens(options.Choice.Model, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
            return response;
        }
        catch (ModelUnavailableException unavailable)
        {
            outcome = unavailable.Fault.ToString();
            throw;
        }
        finally
        {
            activity?.SetTag("outcome", outcome);
            meter.Try(options.Question.Task, options.Choice.Model, outcome, time.GetElapsedTime(started));
        }
    }
}
