using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Diagnosing;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Reasoning.Tools;

namespace Prunella.Reasoning.Tests.Asking;

/// <summary>What is the same for every question of a task stands first and without the nonce, so that providers keep it; and what that costs is counted.</summary>
public class PromptCachingTests
{
    private static readonly object Fine = new { cause = "unknown", confidence = 0.1, summary = "s", facts = Array.Empty<int>(), actions = Array.Empty<object>(), advice = "" };

    private static readonly IReadOnlyList<ActionDescriptor> Actions = [new() { Name = "restart-workload", Summary = "Restarts it.", Class = ActionClass.Safe, Radius = BlastRadius.Workload }];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ModelQuestion<DiagnosisOpinion> About(string summary, params ReadOnlyTool[] tools) => DiagnosisQuestion.Of(
        Scripted.Incidents.Open() with { Title = summary }, [], [], [new CauseEntry("connection-pool-exhausted", "no free connections"), new CauseEntry("disk-full", "no space left")], Actions, tools);

    [Fact]
    public async Task Anthropic_IsAskedToKeepWhatTwoQuestionsOfATaskShare_AndNothingThatDiffers()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(Fine));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        await bench.Reasoner.AskAsync(About("one"), Cancellation);
        await bench.Reasoner.AskAsync(About("another"), Cancellation);

        var requests = model.Requests.ToArray();
        requests.Length.ShouldBe(2);
        requests[1].CacheMarks.ShouldBe(requests[0].CacheMarks, "instructions, then catalogues, to the byte");
        requests[0].CacheMarks.Count.ShouldBe(2);
        requests[0].CacheMarks[0].ShouldContain("second opinion on an incident");
        requests[0].CacheMarks[0].ShouldNotContain("disk-full");
        requests[0].CacheMarks[1].ShouldContain("disk-full: no space left");
        requests[0].CacheMarks[1].ShouldContain("restart-workload: Restarts it.");
        requests[0].CacheMarks[1].ShouldNotContain("PoolExhausted");
        requests[0].Turns.Single().Text.ShouldContain("PoolExhausted");
        requests[0].Turns.Single().Text.ShouldNotBe(requests[1].Turns.Single().Text);
    }

    [Fact]
    public async Task Anthropic_WhileToolsAreCalled_KeepsTheDataAndTheNewestResults_WithFourMarksAtMost()
    {
        var calls = 0;
        await using var model = new ScriptedModel(ProviderKind.Anthropic, (_, number) => number <= 3 ? ModelReply.Call(("count", new { number }), ("count", new { number = -number })) : ModelReply.Say(Fine));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        await bench.Reasoner.AskAsync(About("one", new CountTool(() => ++calls)), Cancellation);

        var requests = model.Requests.ToArray();
        requests.Select(request => request.CacheMarks.Count).ShouldBe([3, 4, 4, 4]);
        for (var index = 1; index < requests.Length; index++)
        {
            // What the call before asked to keep is the beginning of this one: that is what the provider charges a tenth for.
            foreach (var kept in requests[index - 1].CacheMarks) requests[index].CacheMarks[^1].ShouldStartWith(kept);
            requests[index].CacheMarks[^1].ShouldContain($"looked {index * 2} times");
        }
    }

    [Fact]
    public async Task OpenAi_TheBeginningOfTwoQuestionsOfATask_IsTheSameToTheByte()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(Fine));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        await bench.Reasoner.AskAsync(About("one"), Cancellation);
        await bench.Reasoner.AskAsync(About("another"), Cancellation);

        var bodies = model.Requests.Select(request => request.Raw.Body).ToArray();
        var shared = bodies[0].Zip(bodies[1]).TakeWhile(pair => pair.First == pair.Second).Count();
        // The first that differs is the nonce of the first mark of data; two nonces may begin alike.
        bodies[0][..shared].ShouldMatch("data-[0-9a-f]{0,12}$");
        bodies[0][..shared].ShouldContain("restart-workload: Restarts it.");
        bodies[0][..shared].ShouldContain("disk-full: no space left");
    }

    // Prices: 2 a million sent, 10 answered; 2.5 stored, and 2 found again where a site names no price for it.
    [Theory]
    [InlineData(ProviderKind.Anthropic, 100, 0, 0, 200, 2_000)]
    [InlineData(ProviderKind.Anthropic, 100, 0, 1_000, 2_700, 2_000)]
    [InlineData(ProviderKind.Anthropic, 100, 1_000, 0, 2_200, 2_000)]
    [InlineData(ProviderKind.OpenAi, 1_100, 1_000, 0, 2_200, 2_000)]
    public async Task TokensKeptByTheProvider_AreCountedAtTheirPrice(ProviderKind kind, int input, int read, int written, double sentMicroDollars, double answeredMicroDollars)
    {
        await using var model = new ScriptedModel(kind, ModelReply.Say(Fine) with { InputTokens = input, CacheRead = read, CacheWritten = written, OutputTokens = 200 });
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        (await bench.Reasoner.AskAsync(About("one"), Cancellation)).Dollars.ShouldBe((sentMicroDollars + answeredMicroDollars) / 1e6, 1e-12);
        bench.Spending.Calls.ShouldHaveSingleItem().InputTokens.ShouldBe(kind == ProviderKind.Anthropic ? input + read + written : input);
    }

    private sealed class CountTool(Func<int> count) : ReadOnlyTool
    {
        public override string Name => "count";

        public override string Description => "Counts.";

        public override string Schema => """{"type":"object","additionalProperties":false,"required":["number"],"properties":{"number":{"type":"integer"}}}""";

        public override Task<string> ReadAsync(System.Text.Json.JsonElement arguments, CancellationToken cancellation) => Task.FromResult($"looked {count()} times");
    }
}
