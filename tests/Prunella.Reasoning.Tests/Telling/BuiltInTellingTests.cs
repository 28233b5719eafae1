using Prunella.Incidents;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Telling;

/// <summary>What people get without a model.</summary>
public class BuiltInTellingTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Web = new(System.Text.Json.JsonSerializerDefaults.Web);

    [Fact]
    public void AFixedIncident_IsToldWithCauseActionAndTimes()
    {
        var story = BuiltInStory.Of(Scripted.Incidents.Fixed(), Scripted.Incidents.Began.AddMinutes(5));
        story.Headline.ShouldBe("Deployment shop/api-server: connection pool exhausted, fixed by restart-workload");
        story.Happened.ShouldBe("PoolExhausted began at 03:04:05 UTC on 2026-11-23 and was noticed 20 s later. The cause is connection-pool-exhausted with a confidence of 0.84: 20 of 20 connections are in use. restart-workload on Deployment shop/api-server fixed it: ready for 30 s.");
        story.Now.ShouldBe("Resolved; it recovered 60 s after it was noticed.");
    }

    [Fact]
    public void AnIncidentNobodyKnows_AsksForAPlaybook()
    {
        var unknown = Scripted.Incidents.Open(Diagnosis.Unknown, 0) with { State = IncidentState.Escalated, ClosedAt = Scripted.Incidents.Began.AddMinutes(9), Outcome = "no known cause fits the facts" };
        BuiltInStory.Of(unknown, Scripted.Incidents.Began.AddMinutes(10)).Headline.ShouldContain("cause unknown, needs a person");
        BuiltInWriteUp.Of(unknown, []).Changes.ShouldContain(change => change.What == "Write a playbook for PoolExhausted");
    }

    [Fact]
    public void TheWriteUp_SaysWhatCameBackAndWhatWouldBeLost()
    {
        var grown = Scripted.Incidents.Fixed("raise-memory-limit");
        var before = Scripted.Incidents.Fixed() with { Id = new IncidentId(Guid.CreateVersion7()) };
        var writeUp = BuiltInWriteUp.Of(grown, [before]);
        writeUp.Impact.ShouldContain("for 80 s");
        writeUp.Changes.Select(change => change.What).ShouldBe(["Find out why Deployment shop/api-server has had connection pool exhausted 2 times", "Set the memory limit of Deployment shop/api-server in its manifest to what it runs with now"]);
    }

    [Fact]
    public void BuiltInAnswers_HaveTheFormOfTheModels()
    {
        Holds(ReasoningTasks.SummariseIncident, BuiltInStory.Of(Scripted.Incidents.Fixed(), Scripted.Incidents.Began.AddMinutes(5)));
        Holds(ReasoningTasks.WriteUp, BuiltInWriteUp.Of(Scripted.Incidents.Fixed("scale-up"), []));
        Holds(ReasoningTasks.Recommend, Reasoning.Recommending.BuiltInRecommendation.Of(Scripted.Incidents.Open(), Scripted.Incidents.Attempt("rollback-rollout", null).Proposal, null, null));

        Holds(ReasoningTasks.SummariseTraffic, BuiltInTraffic.Of(TrafficTests.Busy));
        Holds(ReasoningTasks.SummariseTraffic, BuiltInTraffic.Of(TrafficPicture.Of([])));
        Holds(ReasoningTasks.PlanIncident, Reasoning.Planning.BuiltInPlan.Of(Scripted.Incidents.Open(), [], []));
        Holds(ReasoningTasks.DraftPlaybook, Reasoning.Planning.BuiltInSketch.Of(Scripted.Incidents.Fixed(), "restarted the workload", []));
        Holds(ReasoningTasks.AdviseTraces, Reasoning.Advising.BuiltInTraceWords.Of([]));

        static void Holds<T>(string task, T answer)
        {
            var (json, problem) = AnswerReader.Read(System.Text.Json.JsonSerializer.Serialize(answer, Web), PromptLibrary.Of(task).Schema);
            json.ShouldNotBeNull(problem);
        }
    }

    [Fact]
    public async Task AModelsStory_TakesThePlaceOfTheBuiltInOne_AndSaysWho()
    {
        await using var model = new ScriptedModel(Providers.ProviderKind.Anthropic, ModelReply.Say(new { headline = "h", happened = "w", now = "n", next = "x" }), ModelReply.Fail(401));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.Cache.Enabled = false));
        var teller = new IncidentTeller(bench.Reasoner);
        var told = await teller.SummariseAsync(Scripted.Incidents.Fixed(), [], Scripted.Incidents.Began, TestContext.Current.CancellationToken);
        (told.Value.Headline, told.By, told.Note).ShouldBe(("h", "test-model", ""));
        var builtIn = await teller.SummariseAsync(Scripted.Incidents.Fixed(), [], Scripted.Incidents.Began, TestContext.Current.CancellationToken);
        (builtIn.By, builtIn.Note).ShouldBe((Told<IncidentStory>.BuiltIn, "main does not accept the key (401)"));
        builtIn.Value.Headline.ShouldContain("fixed by restart-workload");
    }
}
