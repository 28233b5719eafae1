using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Pipeline;

/// <summary>Puts the links together, in this order and no other: redact, cache, budget, resilience, telemetry, provider. Thread-safe.</summary>
internal sealed class ModelPipelines(ProviderClients clients, IAnswerCache? cache, CallBook book, ReasoningMeter meter, Random random, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Provider, string Model), IChatClient> pipelines = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> places = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The pipeline of a model. What is not called through it does not reach a provider.</summary>
    internal IChatClient For(ModelChoice choice) => pipelines.GetOrAdd((choice.ProviderName, choice.Model), _ => Make(choice));

    private RedactingClient Make(ModelChoice choice)
    {
        var room = places.GetOrAdd(choice.ProviderName, _ => new SemaphoreSlim(choice.Provider.CallsMax));
        IChatClient client = new MeasuredClient(clients.For(choice), meter, time);
        client = new ResilientClient(client, choice.ProviderName, choice.Provider, room, random, time);
        client = new BudgetClient(client, book, meter, time);
        if (cache is not null) client = new CachingClient(client, cache, meter, time);
        return new RedactingClient(client);
    }
}
