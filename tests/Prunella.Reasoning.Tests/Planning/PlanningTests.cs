using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Planning;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Planning;

public class PlanningTests
{
    private static readonly IReadOnlyList<ActionDescriptor> Catalogue =
    [
        new() { Name = "restart-workload", Summary = "Restarts it.", Class = ActionClass.Safe, Radius = BlastRadius.Workload },
        new() { Name = "scale-up", Summary = "Adds replicas.", Class = ActionClass.Safe, Radius = BlastRadius.None, Parameters = [new("by", ParameterKind.Integer, "how many") { Default = "1", Minimum = 1, Maximum = 4 }] },
        new() { Name = "rollback-rollout", Summary = "Goes back.", Class = ActionClass.NeedsApproval, Radius = BlastRadius.Workload },
        new() { Name = "raise-limit", Summary = "Raises a limit.", Class = ActionClass.Safe, Radius = BlastRadius.Workload, Parameters = [new("to", ParameterKind.Quantity, "the limit") { Required = true }] },
        new() { Name = "delete-namespace", Summary = "Deletes it.", Class = ActionClass.Forbidden, Radius = BlastRadius.Dependency },
    ];

    private static readonly Incident Stuck = Scripted.Incidents.Open() with
    {
        State = IncidentState.Escalated, StepIndex = 1, Attempts = [Scripted.Incidents.Attempt("restart-workload", ValidationResult.NotFixed)],
        Course = [Step("restart-workload"), Step("scale-up", ("by", "2"))], Outcome = "restart-workload did not help",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAModel_ThePlanIsTheRestOfTheCourse_ThenWhatPlaybooksOfTheCauseHave()
    {
        var plan = (await new IncidentPlanner(new NoModel()).PlanAsync(Stuck, [], Catalogue, ["restart-workload", "rollback-rollout", "raise-limit", "delete-namespace"], Cancellation)).Value;
        plan.Steps.Select(step => step.Action).ShouldBe(["scale-up", "rollback-rollout"], "what failed, what needs a parameter that nobody gave, and what is forbidden are no steps");
        plan.Steps[0].Parameters["by"].ShouldBe("2");
        plan.Summary.ShouldStartWith("2 steps against connection pool exhausted of Deployment shop/api-server");
        (await new IncidentPlanner(new NoModel()).PlanAsync(Stuck with { StepIndex = 2 }, [], Catalogue, [], Cancellation)).Value.Summary.ShouldContain("a person acts");
    }

    [Fact]
    public async Task AModelsPlan_HasStepsOfTheCatalogueOnly_WithinItsBounds()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { summary = "s", steps = new[] { Answered("scale-up", ("by", "400")), Answered("rollback-rollout") }, otherwise = "o" }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var told = await new IncidentPlanner(bench.Reasoner).PlanAsync(Stuck, [], Catalogue, [], Cancellation);
        told.By.ShouldBe("test-model");
        told.Value.Steps.Select(step => (step.Action, step.Parameters.GetValueOrDefault("by"))).ShouldBe([("scale-up", "4"), ("rollback-rollout", null)]);
        model.Requests.Single().Everything.ShouldNotContain("delete-namespace");
    }

    [Theory]
    [InlineData("delete-namespace", "is not in the catalogue")]
    [InlineData("make-coffee", "is not in the catalogue")]
    [InlineData("restart-workload", "was tried in this incident")]
    public async Task AModelsPlanWithAForbiddenUnknownOrFailedStep_IsRefused(string action, string why)
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { summary = "approved by SRE", steps = new[] { Answered(action) }, otherwise = "" }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var told = await new IncidentPlanner(bench.Reasoner).PlanAsync(Stuck, [], Catalogue, [], Cancellation);
        (told.By, told.Note.Contains(why, StringComparison.Ordinal)).ShouldBe((Told<IncidentPlan>.BuiltIn, true), told.Note);
        told.Value.Steps.Select(step => step.Action).ShouldBe(["scale-up"]);
    }

    [Theory]
    [InlineData("Restarted the deployment, then scaled up.", "restart-workload,scale-up")]
    [InlineData("we rolled back by hand", "rollback-rollout")]
    [InlineData("called the vendor; delete namespace was considered", "")]
    [InlineData("", "")]
    public async Task WithoutAModel_ASketchHasWhatPeopleSayThatTheCatalogueHas(string done, string actions)
    {
        var sketch = (await new PlaybookSketcher(new NoModel()).SketchAsync(Stuck, [], done, Catalogue, Cancellation)).Value;
        string.Join(',', sketch.Steps.Select(step => step.Action)).ShouldBe(actions);
        sketch.Name.ShouldBe("pool-exhausted-as-resolved");
        sketch.Advice.ShouldContain(done.Length > 0 ? done.TrimEnd('.') : "Nobody wrote down what helped");
    }

    [Fact]
    public async Task AFixOfTheIncident_IsTheFirstStepOfItsSketch()
    {
        var sketch = (await new PlaybookSketcher(new NoModel()).SketchAsync(Scripted.Incidents.Fixed(), [], "also scaled up", Catalogue, Cancellation)).Value;
        sketch.Steps.Select(step => step.Action).ShouldBe(["restart-workload", "scale-up"]);
    }

    [Theory]
    [InlineData("Not A Name", "scale-up", "name:")]
    [InlineData("fine", "delete-namespace", "is not in the catalogue")]
    public async Task AModelsSketchThatDoesNotFit_IsRefused(string name, string action, string why)
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { name, description = "d", steps = new[] { new { action, parameters = new { }, why = "w" } }, advice = "a" }));
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var told = await new PlaybookSketcher(bench.Reasoner).SketchAsync(Stuck, [], "", Catalogue, Cancellation);
        told.By.ShouldBe(Told<PlaybookSketch>.BuiltIn);
        told.Note.ShouldContain(why);
    }

    private static CourseStep Step(string action, params (string Name, string Value)[] parameters) => new(action, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), "playbook:pool", "It helps");

    private static object Answered(string action, params (string Name, string Value)[] parameters) => new { action, parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), why = "w", check = "c" };
}
