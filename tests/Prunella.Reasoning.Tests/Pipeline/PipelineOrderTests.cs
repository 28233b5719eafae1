using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Pipeline;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Pipeline;

/// <summary>Redact, cache, budget, resilience, telemetry, provider: each link is where it is because of what can be seen here.</summary>
public sealed class PipelineOrderTests : IDisposable
{
    // Instruments are one for a process: what belongs to a test has its model's name.
    private readonly string modelName = $"model-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> tries = [];
    private readonly MeterListener listener = new();

    public PipelineOrderTests()
    {
        listener.InstrumentPublished = (instrument, listening) => { if (instrument.Meter.Name == ReasoningMeter.Name && instrument.Name == "prunella.model.duration") listening.EnableMeasurementEvents(instrument); };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var told = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
            if (told["model"] == modelName) tries.Enqueue(told["outcome"]!);
        });
        listener.Start();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ModelQuestion<string> About(string data) => new() { Task = ReasoningTasks.Test, Data = [new DataBlock("thing", data)], Read = _ => "yes" };

    private ReasoningOptions Options(ScriptedModel model, Action<ReasoningOptions>? adapt = null) => ReasoningBench.With(model.Provider(), options =>
    {
        options.Small.Model = modelName;
        adapt?.Invoke(options);
    });

    [Fact]
    public async Task RedactionIsFirst_TheCacheIsKeyedByWhatIsLeft_AndAHitReachesNeitherBudgetNorTelemetryNorProvider()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        await using var bench = new ReasoningBench(Options(model));
        (await bench.Reasoner.AskAsync(About("mail of ana@example.com from 10.1.2.3"), Cancellation)).Value.ShouldBe("yes");
        var spent = bench.Spending.Calls.ShouldHaveSingleItem();
        (await bench.Reasoner.AskAsync(About("mail of bo@example.org from 192.168.7.9"), Cancellation)).Value.ShouldBe("yes");

        bench.Spending.Calls.Select(call => (call.Outcome, call.Dollars > 0)).ShouldBe([(CallOutcome.Answered, true), (CallOutcome.Cached, false)]);
        bench.Spending.Calls[^1].RequestDigest.ShouldBe(spent.RequestDigest);
        bench.Spending.Calls.ShouldAllBe(call => call.Redactions == 2);
        (await DollarsAsync(bench)).ShouldBe(spent.Dollars, 1e-12, "a hit sets nothing aside and settles nothing");
        model.Requests.Count.ShouldBe(1);
        tries.ShouldBe(["answered"]);
    }

    [Fact]
    public async Task TheCacheIsBeforeTheBudget_WhatWasPaidForIsAnsweredWhenNothingIsLeft()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { ok = true }) with { InputTokens = 400_000 });
        await using var bench = new ReasoningBench(Options(model, options => options.DollarsPerDay = 0.5));
        (await bench.Reasoner.AskAsync(About("x"), Cancellation)).Value.ShouldBe("yes");
        var refused = await bench.Reasoner.AskAsync(About("y"), Cancellation);
        refused.Why.ShouldContain("daily budget");
        (await bench.Reasoner.AskAsync(About("x"), Cancellation)).Value.ShouldBe("yes");
        bench.Spending.Calls.Select(call => call.Outcome).ShouldBe([CallOutcome.Answered, CallOutcome.OverBudget, CallOutcome.Cached]);
        tries.ShouldHaveSingleItem("what the budget refuses is never tried").ShouldBe("answered");
    }

    [Fact]
    public async Task TheBudgetIsBeforeResilience_ARetryIsPaidOnce_AndTelemetryIsAfterIt_EveryTryIsSeen()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Fail(529, "0"), ModelReply.Fail(429, "0"), ModelReply.Say(new { ok = true }));
        // Room for one call's estimate and not for two: were each try set aside, the second would be refused.
        await using var bench = new ReasoningBench(Options(model, options => options.DollarsPerDay = 0.06));
        var answer = await bench.Reasoner.AskAsync(About("x"), Cancellation);
        answer.Value.ShouldBe("yes", answer.Why);

        model.Requests.Count.ShouldBe(3);
        tries.ShouldBe(["Overloaded", "Limited", "answered"]);
        var call = bench.Spending.Calls.ShouldHaveSingleItem();
        (call.Outcome, call.Dollars).ShouldBe((CallOutcome.Answered, answer.Dollars));
        (await DollarsAsync(bench)).ShouldBe(answer.Dollars, 1e-12);
    }

    public void Dispose() => listener.Dispose();

    private static async Task<double> DollarsAsync(ReasoningBench bench)
    {
        var days = await bench.Spending.ReadAsync(DateOnly.MinValue, DateOnly.MaxValue, Cancellation);
        return days.Sum(day => day.Dollars());
    }
}
