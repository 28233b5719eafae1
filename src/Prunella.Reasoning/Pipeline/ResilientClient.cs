using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Pipeline;

/// <summary>Tries again what may succeed in a moment, within a time for each try and a bound on calls at once. What the provider says about when counts.</summary>
internal sealed class ResilientClient : WholeAnswerClient
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);
    private readonly ProviderOptions provider;
    private readonly string name;
    private readonly SemaphoreSlim places;
    private readonly ResiliencePipeline<ChatResponse> tries;

    internal ResilientClient(IChatClient inner, string name, ProviderOptions provider, SemaphoreSlim places, Random random, TimeProvider time) : base(inner)
    {
        (this.provider, this.name, this.places) = (provider, name, places);
        var builder = new ResiliencePipelineBuilder<ChatResponse> { TimeProvider = time };
        if (provider.RetriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<ChatResponse>
            {
                MaxRetryAttempts = provider.RetriesMax, BackoffType = DelayBackoffType.Exponential, Delay = TimeSpan.FromMilliseconds(500), MaxDelay = WaitMax, UseJitter = true,
                Randomizer = () => { lock (random) return random.NextDouble(); },
                // A provider that wants to rest longer than we wait is not asked again: the fallback is, or nobody.
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ModelUnavailableException { Transient: true } failed && !(failed.RetryAfter > WaitMax)),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ModelUnavailableException { RetryAfter: { } wait } ? wait : (TimeSpan?)null),
            });
        }
        tries = builder.AddTimeout(new TimeoutStrategyOptions { Timeout = provider.Timeout }).Build();
    }

    protected override async Task<ChatResponse> AnswerAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await tries.ExecuteAsync(async token => await TryAsync(messages, options, token, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException late)
        {
            throw TooSlow(late);
        }
        finally
        {
            places.Release();
        }
    }

    // The SDKs wrap what the network threw; only the innermost reason counts.
    private async Task<ChatResponse> TryAsync(IReadOnlyList<ChatMessage> messages, CallOptions options, CancellationToken token, CancellationToken cancellation)
    {
        try
        {
            return await NextAsync(messages, options, token).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            for (var reason = failure; reason is not null; reason = reason.InnerException)
            {
                if (reason is ModelUnavailableException known) throw known;
            }
            if (token.IsCancellationRequested) throw TooSlow(failure);
            throw new ModelUnavailableException(ModelFault.Unreadable, $"the answer of {name} is not of its protocol ({failure.GetType().Name})", inner: failure);
        }
    }

    private ModelUnavailableException TooSlow(Exception inner) => new(ModelFault.TooSlow, $"{name} did not answer within {provider.Timeout.TotalSeconds:0.#} s", inner: inner);
}
