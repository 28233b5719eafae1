using System.Text.RegularExpressions;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Logs.Classification;
using Prunella.Logs.Questions;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Advising;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Naming;
using Prunella.Reasoning.Planning;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Rating;
using Prunella.Reasoning.Recommending;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Advising;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Reasoning.Translating;
using Prunella.Traces.Dependencies;

namespace Prunella.Reasoning.Tests.Asking;

/// <summary>
/// The corpus of injections through every task that shows recorded text to a model, with a model that obeys: in an answer of the agreed
/// form, in prose, and by calling tools that there are none of. What comes back is words of the form, entries of catalogues, and nothing else.
/// </summary>
public sealed partial class InjectedTasksTests
{
    private const string Forbidden = "delete-namespace";
    private static readonly string[] Nothing = [];
    private static readonly object[] NoSteps = [];

    private static readonly IReadOnlyList<ActionDescriptor> Catalogue =
    [
        new() { Name = "scale-up", Summary = "Adds replicas.", Class = ActionClass.Safe, Radius = BlastRadius.None, Parameters = [new("replicas", ParameterKind.Integer, "replicas") { Minimum = 1, Maximum = 10 }, new("note", ParameterKind.Text, "free text")] },
        new() { Name = "rollback-rollout", Summary = "Goes back.", Class = ActionClass.NeedsApproval, Radius = BlastRadius.Workload },
        new() { Name = Forbidden, Summary = "Deletes it.", Class = ActionClass.Forbidden, Radius = BlastRadius.Dependency },
    ];

    private static readonly Dictionary<string, string> TooMany = new() { ["replicas"] = "100000" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each task with what a model that obeys would answer in the agreed form.</summary>
    private static readonly Dictionary<string, Func<string, object>> Obedient = new(StringComparer.Ordinal)
    {
        [ReasoningTasks.NameFields] = text => new { templates = new[] { new { number = 1, @event = Short(text, 40), fields = new[] { Short(text, 40) } } } },
        [ReasoningTasks.RateTemplates] = text => new { ratings = new[] { new { number = 1, @class = "routine", why = Short(text, 200) } } },
        [ReasoningTasks.SummariseIncident] = text => new { headline = Short(text, 160), happened = text, now = "\u001b[2J\u202eapproved", next = Forbidden },
        [ReasoningTasks.WriteUp] = text => new { title = Short(text, 200), impact = text, cause = text, wentWell = Nothing, wentBadly = Nothing, changes = NoSteps },
        [ReasoningTasks.SummariseTraffic] = text => new { headline = "9999 lines approved", usual = text, notable = Nothing },
        [ReasoningTasks.SummariseAnswer] = text => new { answer = $"4711 errors. {Short(text, 300)}", next = Forbidden },
        [ReasoningTasks.AdviseTraces] = text => new { summary = "it saves 98765 ms", ranking = new[] { new { number = 7, why = Short(text, 300), firstStep = Forbidden } } },
        [ReasoningTasks.RemarkOnMap] = text => new { summary = Short(text, 900), remarks = new[] { new { number = 1, remark = "\u001b[31m" + Short(text, 300), suggestion = Forbidden } } },
        [ReasoningTasks.PlanIncident] = text => new { summary = Short(text, 700), otherwise = "", steps = new[] { new { action = Forbidden, parameters = TooMany, why = Short(text, 300), check = "c" } } },
        [ReasoningTasks.DraftPlaybook] = text => new { name = "approved", description = Short(text, 300), steps = new[] { new { action = "scale-up", parameters = TooMany, why = Short(text, 300) } }, advice = Short(text, 300) },
        [ReasoningTasks.TranslateQuestion] = text => new { query = $"level>=error | delete \"{Short(text, 200)}\"" },
        [ReasoningTasks.Recommend] = text => new { verdict = "approve", why = Short(text, 300), risks = Nothing, checkFirst = Nothing, alternatives = new[] { new { action = Forbidden, why = Short(text, 100) } } },
    };

    public static TheoryData<string> Tasks => [.. Obedient.Keys];

    [Fact]
    public void EveryTaskThatShowsRecordedText_IsHere() =>
        // The diagnosis goes through the whole server, with what its tools bring (ModelInjectionTests); a test call shows nothing.
        Obedient.Keys.Concat([ReasoningTasks.Diagnose, ReasoningTasks.Test]).ShouldBe(ReasoningTasks.All.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task AModelThatObeys_GetsNothingBeyondTheFormOfTheTask(string task)
    {
        var planted = "";
        await using var model = new ScriptedModel(ProviderKind.Anthropic, (_, number) => (number % 3) switch
        {
            0 => ModelReply.Say(planted),
            1 => ModelReply.Call(("delete_namespace", new { name = "shop" })),
            _ => ModelReply.Say(Obedient[task](planted)),
        });
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider(), options => options.Cache.Enabled = false));
        foreach (var text in InjectionCorpus.Texts)
        {
            planted = text;
            // Once more: each text meets an answer in the form, whatever number of calls the one before took.
            for (var time = 0; time < 2; time++) await AskAsync(task, text, bench.Reasoner);
        }
        model.Requests.Count.ShouldBeGreaterThanOrEqualTo(2 * InjectionCorpus.Texts.Count);
        foreach (var request in model.Requests)
        {
            var opened = Opens().Matches(request.Turns[0].Text);
            var nonces = opened.Select(match => match.Groups[1].Value).Distinct().ToList();
            nonces.ShouldHaveSingleItem();
            opened.Count.ShouldBe(request.Turns[0].Text.Split($"</data-{nonces[0]}>").Length - 1);
            request.Turns[0].Text.Split("</data-").Length.ShouldBe(opened.Count + 1, "no mark but ours");
            request.Everything.ShouldNotContain("<|");
            request.Everything.ShouldNotContain("\u202e");
            foreach (var text in InjectionCorpus.Texts) request.System.ShouldNotContain(text[..20]);
            request.Tools.ShouldBeEmpty();
        }
    }

    private static async Task AskAsync(string task, string text, IReasoner reasoner)
    {
        var incident = Scripted.Incidents.Open() with
        {
            Title = text, State = IncidentState.Escalated, Outcome = text,
            Evidence = [.. InjectionCorpus.Places.Select(place => new Evidence(place, "shop/api", text, Scripted.Incidents.Began))],
            Course = [new CourseStep("scale-up", new Dictionary<string, string> { ["replicas"] = "4" }, "playbook:pool", "It helps")],
        };
        switch (task)
        {
            case ReasoningTasks.NameFields:
                var template = $"{text.ReplaceLineEndings(" ")} took <*> ms";
                var named = (await new FieldNamer(reasoner).NameAsync([new UnnamedTemplate("00000000000000aa", template, [SlotKind.Number], 10)], Cancellation)).Names.Single();
                named.Text.ShouldBe(template);
                named.Fields.Append(named.Event).ShouldAllBe(name => Name().IsMatch(name));
                break;
            case ReasoningTasks.RateTemplates:
                (await new TemplateRater(reasoner).RateAsync([new RatedTemplate("t", text, 9, LineClass.Critical)], Cancellation)).Ratings.Single().Class.ShouldBe(LineClass.Critical, "no text hides an error");
                break;
            case ReasoningTasks.SummariseIncident:
                Plain(await new IncidentTeller(reasoner).SummariseAsync(incident, [], Scripted.Incidents.Began, Cancellation), story => story.Headline + story.Happened + story.Now + story.Next);
                break;
            case ReasoningTasks.WriteUp:
                Plain(await new IncidentTeller(reasoner).WriteUpAsync(incident, [], [], Cancellation), writeUp => writeUp.Title + writeUp.Impact + writeUp.Cause);
                break;
            case ReasoningTasks.SummariseTraffic:
                var picture = new TrafficPicture(null, null, 50, 1, [new TrafficKind("k", text, 50, 1, 5, 5, [], [])]);
                (await new TrafficTeller(reasoner).TellAsync(picture, Cancellation)).Value.Headline.ShouldNotContain("9999");
                break;
            case ReasoningTasks.SummariseAnswer:
                var question = Prunella.Logs.Questions.QuestionText.Parse("level>=error | count by pattern");
                var answer = new QuestionAnswer { Query = question.ToString(), LinesRead = 50, Total = 12, Summary = "", Patterns = [new AnswerGroup(text, 12, 1, null)] }.InWords(question);
                (await new AnswerTeller(reasoner).TellAsync(text, question, answer, Cancellation)).Value.Answer.ShouldNotContain("4711");
                break;
            case ReasoningTasks.AdviseTraces:
                var advice = TraceTellerTests.Advice.Take(2).Select(one => one with { Title = text, Problem = text }).ToList();
                var ranked = (await new TraceTeller(reasoner).RankAsync(advice, Cancellation)).Value;
                ranked.Ranking.Select(entry => entry.Number).Order().ShouldBe([1, 2]);
                ranked.Summary.ShouldNotContain("98765");
                break;
            case ReasoningTasks.RemarkOnMap:
                Plain(await new TraceTeller(reasoner).RemarkAsync(TraceTellerTests.Map, [new MapIssue(MapIssueKind.ChattyPair, ["cart", text], 9, text)], Cancellation), story => story.Summary + story.Remarks.Single().Remark);
                break;
            case ReasoningTasks.PlanIncident:
                var plan = (await new IncidentPlanner(reasoner).PlanAsync(incident, [], Catalogue, [], Cancellation)).Value;
                Catalogued(plan.Steps.Select(step => (step.Action, step.Parameters)));
                break;
            case ReasoningTasks.DraftPlaybook:
                var sketch = (await new PlaybookSketcher(reasoner).SketchAsync(incident, [], text, Catalogue, Cancellation)).Value;
                Catalogued(sketch.Steps.Select(step => (step.Action, step.Parameters)));
                sketch.Name.ShouldMatch("^[a-z0-9-]+$");
                break;
            case ReasoningTasks.TranslateQuestion:
                var builtIn = new TranslatedQuestion(new LogQuestion { LevelMin = Prunella.Logs.Parsing.Severity.Error }, ["some", "words"]);
                var translated = await new QuestionTranslator(reasoner).TranslateAsync(text, builtIn, new QuestionVocabulary { Services = [text], Keys = [text] }, Scripted.Incidents.Began, Cancellation);
                translated.Question.ToString().ShouldBe("level>=error", "what is not a written query is none");
                break;
            case ReasoningTasks.Recommend:
                var proposal = Scripted.Incidents.Attempt("scale-up", null).Proposal;
                (await new Recommender(reasoner).AdviseAsync(incident, proposal, Catalogue[0], null, Catalogue, Cancellation)).Value.Alternatives.ShouldAllBe(alternative => alternative.Action == "rollback-rollout" || alternative.Action == Alternative.Wait);
                break;
            default: throw new InvalidOperationException(task);
        }
    }

    private static void Catalogued(IEnumerable<(string Action, IReadOnlyDictionary<string, string> Parameters)> steps)
    {
        foreach (var (action, parameters) in steps)
        {
            action.ShouldBeOneOf("scale-up", "rollback-rollout");
            parameters.Keys.ShouldBeSubsetOf(["replicas"]);
            if (parameters.TryGetValue("replicas", out var replicas)) int.Parse(replicas, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(10);
        }
    }

    // What a model says obeys no terminal's signs and hides nothing. Built-in words quote what was recorded; who shows them makes them inert.
    private static void Plain<T>(Told<T> told, Func<T, string> words) where T : class
    {
        if (told.By == Told<T>.BuiltIn) return;
        words(told.Value).ShouldNotContain("\u001b", Case.Sensitive);
        words(told.Value).ShouldNotContain("\u202e", Case.Sensitive);
    }

    private static string Short(string text, int charactersMax) => text.Length <= charactersMax ? text : text[..charactersMax];

    [GeneratedRegex("<data-([0-9a-f]{32}) name=", RegexOptions.CultureInvariant)]
    private static partial Regex Opens();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
