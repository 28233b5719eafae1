using Prunella.Reasoning.Advising;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Traces.Advice;
using Prunella.Traces.Analysis;
using Prunella.Traces.Dependencies;

namespace Prunella.Reasoning.Tests.Advising;

/// <summary>Over the shop's traces of the samples: two kinds of advice and more.</summary>
public class TraceTellerTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Web = new(System.Text.Json.JsonSerializerDefaults.Web);
    private static readonly Lazy<TraceReport> Shop = new(() =>
    {
        var path = Path.Combine(Checkout.Root, "samples/traces/shop-jaeger.json");
        return new TracePipeline(threads: 1).Analyze([new TraceOrigin(path, () => File.OpenRead(path))], new AnalysisOptions(), []);
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static IReadOnlyList<TraceAdvice> Advice => Advisor.Of(Shop.Value);

    internal static ServiceMap Map => Shop.Value.Map;

    [Fact]
    public async Task WithoutAModel_AdviceIsRankedByTheComputedGain_AndHasItsFigures()
    {
        Advice.Count.ShouldBeGreaterThan(1);
        var told = await new TraceTeller(new NoModel()).RankAsync(Advice, Cancellation);
        told.Value.Ranking.Select(entry => entry.Number).ShouldBe(Enumerable.Range(1, Advice.Count));
        told.Value.Summary.ShouldStartWith("Most is gained by ");
        told.Value.Summary.ShouldContain(BuiltInTraceWords.Gain(Advice[0]));
        told.Value.Ranking[0].FirstStep.ShouldBe(Advice[0].Change);
        Holds(ReasoningTasks.AdviseTraces, told.Value);
    }

    [Fact]
    public async Task AModel_MayRankAnew_ButNeitherLeaveOutNorInvent()
    {
        var upsideDown = Enumerable.Range(1, Advice.Count).Reverse().ToList();
        await using var model = new ScriptedModel(
            ProviderKind.Anthropic, Ranked(upsideDown, "do it"), Ranked(upsideDown.Skip(1), "do it"), Ranked(upsideDown.Skip(1), "do it"), Ranked(upsideDown, "it saves 98765 ms"), Ranked(upsideDown, "it saves 98765 ms"));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.Cache.Enabled = false));
        var teller = new TraceTeller(bench.Reasoner);
        (await teller.RankAsync(Advice, Cancellation)).Value.Ranking.Select(entry => entry.Number).ShouldBe(upsideDown);
        (await teller.RankAsync(Advice, Cancellation)).Note.ShouldContain("has to be there once");
        (await teller.RankAsync(Advice, Cancellation)).Note.ShouldContain("98765");
    }

    [Fact]
    public async Task AMapsIssues_AreRemarkedOn_WhatTakesMostDownFirst()
    {
        MapIssue[] issues = [new(MapIssueKind.ChattyPair, ["cart", "stock"], 90, "cart calls stock up to 90 times in one trace"), new(MapIssueKind.SinglePointOfFailure, ["db"], 7, "7 nodes depend on db")];
        var told = await new TraceTeller(new NoModel()).RemarkAsync(Shop.Value.Map, issues, Cancellation);
        told.Value.Remarks.Select(remark => remark.Number).ShouldBe([2, 1]);
        told.Value.Remarks[0].Suggestion.ShouldContain("Run db in several replicas");
        told.Value.Summary.ShouldContain("2 issues");
        Holds(ReasoningTasks.RemarkOnMap, told.Value);
        (await new TraceTeller(new NoModel()).RemarkAsync(Shop.Value.Map, [], Cancellation)).Note.ShouldBe("the map has no issues");

        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { summary = "The shop hangs on db.", remarks = new[] { new { number = 2, remark = "r", suggestion = "s" }, new { number = 1, remark = "90 calls", suggestion = "s" } } }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        (await new TraceTeller(bench.Reasoner).RemarkAsync(Shop.Value.Map, issues, Cancellation)).Value.Summary.ShouldBe("The shop hangs on db.");
    }

    private static ModelReply Ranked(IEnumerable<int> numbers, string why) => ModelReply.Say(new { summary = "s", ranking = numbers.Select(number => new { number, why, firstStep = "f" }) });

    private static void Holds<T>(string task, T answer)
    {
        var (json, problem) = AnswerReader.Read(System.Text.Json.JsonSerializer.Serialize(answer, Web), PromptLibrary.Of(task).Schema);
        json.ShouldNotBeNull(problem);
    }
}
