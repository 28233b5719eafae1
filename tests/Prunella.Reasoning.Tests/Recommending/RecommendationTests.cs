using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Recommending;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Recommending;

public class RecommendationTests
{
    private static readonly ActionDescriptor Rollback = new() { Name = "rollback-rollout", Summary = "Goes back.", Class = ActionClass.NeedsApproval, Radius = BlastRadius.Workload, Reversible = true, Risks = "Newer data may not be read." };

    private static Proposal Proposal(double confidence) => Scripted.Incidents.Attempt("rollback-rollout", null, confidence).Proposal;

    private static ActionPlan Plan(params string[] blockers) => new() { Proposal = Proposal(0.8), Diff = "- image: v2\n+ image: v1", Objects = [], PodsAffected = 1, PodsTotal = 3, Blockers = blockers };

    [Theory]
    [InlineData(0.85, "approve")]
    [InlineData(0.6, "approve")]
    [InlineData(0.4, "unsure")]
    public void TheBuiltInAdvice_FollowsConfidenceAndReversibility(double confidence, string verdict) =>
        BuiltInRecommendation.Of(Scripted.Incidents.Open(), Proposal(confidence), Rollback, Plan()).Verdict.ShouldBe(verdict);

    [Fact]
    public void TheBuiltInAdvice_NamesRisksChecksAndAlternatives()
    {
        var incident = Scripted.Incidents.Open() with { Course = [new CourseStep("rollback-rollout", new Dictionary<string, string>(), "p", "w"), new CourseStep("scale-up", new Dictionary<string, string>(), "p", "more room")] };
        var advice = BuiltInRecommendation.Of(incident, Proposal(0.85), Rollback, Plan());
        advice.Risks.ShouldBe(["Newer data may not be read.", "It disturbs 1 of 3 pods, in a rollout."]);
        advice.CheckFirst.ShouldContain("Has the newer revision changed a database's schema?");
        advice.Alternatives.Select(alternative => alternative.Action).ShouldBe(["scale-up", "wait"]);
        BuiltInRecommendation.Of(incident, Proposal(0.85), Rollback, Plan("the budget is exhausted")).Verdict.ShouldBe("reject");
        BuiltInRecommendation.Of(incident, Proposal(0.85), null, null).Verdict.ShouldBe("reject");
    }

    [Fact]
    public async Task AnAlternativeOutsideTheCatalogue_IsRepairedOrNotUsed()
    {
        object Answer(string action) => new { verdict = "approve", why = "w", risks = Array.Empty<string>(), checkFirst = Array.Empty<string>(), alternatives = new[] { new { action, why = "w" } } };
        await using var model = new ScriptedModel(Providers.ProviderKind.OpenAi, ModelReply.Say(Answer("delete-namespace")), ModelReply.Say(Answer("wait")), ModelReply.Say(Answer("format-disk")), ModelReply.Say(Answer("format-disk")));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.Cache.Enabled = false));
        var recommender = new Recommender(bench.Reasoner);
        ActionDescriptor forbidden = new() { Name = "delete-namespace", Summary = "s", Class = ActionClass.Forbidden, Radius = BlastRadius.Dependency };
        (await recommender.AdviseAsync(Scripted.Incidents.Open(), Proposal(0.8), Rollback, Plan(), [Rollback, forbidden], TestContext.Current.CancellationToken)).Value.Alternatives.Single().Action.ShouldBe("wait");
        var told = await recommender.AdviseAsync(Scripted.Incidents.Open(), Proposal(0.8), Rollback, Plan(), [Rollback], TestContext.Current.CancellationToken);
        told.By.ShouldBe("built-in");
        told.Note.ShouldContain("format-disk are not in the catalogue");
    }
}
