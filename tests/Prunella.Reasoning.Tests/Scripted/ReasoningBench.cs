using Microsoft.Extensions.Logging;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Cache;
using Prunella.Reasoning.Pipeline;
using Prunella.Reasoning.Providers;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>The whole of reasoning, with a scripted provider at the other end of a socket.</summary>
internal sealed class ReasoningBench : IAsyncDisposable
{
    private readonly ProviderClients clients;
    private readonly ReasoningMeter meter = new();
    private readonly CallBook book;

    internal ReasoningBench(ReasoningOptions options, TimeProvider? time = null, ISpendingStore? store = null)
    {
        options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)).ShouldBeEmpty();
        time ??= TimeProvider.System;
        clients = new ProviderClients(Credential, time);
        book = new CallBook(store ?? Spending, options, time);
        Cache = options.Cache.Enabled ? new MemoryAnswerCache(options.Cache.AnswersMax, options.Cache.Lifetime, time) : null;
        var pipelines = new ModelPipelines(clients, Cache, book, meter, new Random(7), time);
        Reasoner = new Reasoner(options, pipelines, Cache, book, meter, time, new Logger<Reasoner>(Log));
    }

    internal FixedCredential Credential { get; } = new(ScriptedModel.Key);

    internal MemorySpendingStore Spending { get; } = new();

    internal KeptLog Log { get; } = new();

    internal MemoryAnswerCache? Cache { get; }

    internal IReasoner Reasoner { get; }

    internal static ReasoningOptions With(ProviderOptions provider, Action<ReasoningOptions>? adapt = null)
    {
        var options = new ReasoningOptions { Within = TimeSpan.FromMinutes(5) };
        options.Providers["main"] = provider;
        foreach (var tier in new[] { options.Small, options.Medium, options.Large })
        {
            (tier.Model, tier.InputPrice, tier.OutputPrice) = ("test-model", 2, 10);
            tier.Provider = "main";
        }
        adapt?.Invoke(options);
        return options;
    }

    public ValueTask DisposeAsync()
    {
        clients.Dispose();
        book.Dispose();
        meter.Dispose();
        return ValueTask.CompletedTask;
    }
}
