using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Commands;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Reasoning;

/// <summary>Commands that tell, name or weigh without a server: the same form with a model and without one.</summary>
public sealed class TellingCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-telling-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Summary_OfAFileAndOfItsArchive_TellsTheRoutine_AndSaysWho()
    {
        var log = WriteLog();
        var run = await CommandRun.RunAsync("logs", "summary", log, "--no-model");
        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("took <*> ms");
        run.Error.ShouldContain("Told by built-in rules: no model was to be asked.");
        var archive = Path.Combine(folder, "app.parc");
        (await CommandRun.RunAsync("logs", "summary", archive + "x")).Code.ShouldBe((int)ExitCode.Configuration);
        (await CommandRun.RunAsync("logs", "archive", log, "-o", archive, "--summaries")).Code.ShouldBe(0);
        var archived = await CommandRun.RunAsync("logs", "summary", archive, "-o", "json");
        using var json = JsonDocument.Parse(archived.Output);
        json.RootElement.GetProperty("by").GetString().ShouldBe("built-in");
        json.RootElement.GetProperty("traffic").GetProperty("lines").GetInt64().ShouldBeGreaterThan(0);
        File.Delete(archive + ".summary.jsonl");
        (await CommandRun.RunAsync("logs", "summary", archive)).Error.ShouldContain("--summaries");
    }

    [Fact]
    public async Task Summary_ByAModel_HasTheSameForm()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { headline = "A web shop at work.", usual = "Requests come and go.", notable = Array.Empty<string>() }));
        var run = await CommandRun.RunAsync("logs", "summary", WriteLog(), "--config", ModelConfiguration.FileOf(model, folder), "-o", "json");
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("headline").GetString().ShouldBe("A web shop at work.");
        json.RootElement.GetProperty("by").GetString().ShouldBe("test-model");
        run.Error.ShouldContain("Told by test-model");
        model.Requests.Single().Everything.ShouldNotContain("timed out", customMessage: "an error is no routine");
    }

    [Fact]
    public async Task Fields_AreLearnedOnce_AndAppliedWithoutAModel()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, (request, _) => ModelReply.Say(new
        {
            templates = request.Turns[0].Text.Split('\n').Where(line => line.Contains("; by rules ", StringComparison.Ordinal))
                .Select((line, index) => new { number = index + 1, @event = "learned", fields = Enumerable.Range(1, int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).Select(field => $"field_{field}") }),
        }));
        var (log, names, config) = (WriteLog(), Path.Combine(folder, "names.json"), ModelConfiguration.FileOf(model, folder));
        (await CommandRun.RunAsync("logs", "fields", log, "--apply", "--names", names, "--config", config)).Code.ShouldBe(0);
        var again = await CommandRun.RunAsync("logs", "fields", log, "--names", names, "--config", config, "-o", "json");
        model.Requests.Count.ShouldBe(1, "what has names is not asked about again");
        using var rows = JsonDocument.Parse(again.Output);
        rows.RootElement.EnumerateArray().ShouldAllBe(row => row.GetProperty("by").GetString() == "test-model");
        model.Received.ShouldNotContain("10.0.3.", customMessage: "templates are sent, no values");
        // What people correct is kept and applied.
        await File.WriteAllTextAsync(names, (await File.ReadAllTextAsync(names, Cancellation)).Replace("learned", "corrected", StringComparison.Ordinal), Cancellation);
        var fixedByHand = await CommandRun.RunAsync("logs", "fields", log, "--names", names, "--no-model");
        fixedByHand.Output.ShouldContain("corrected");
        fixedByHand.Error.ShouldContain("0 of 2 templates named");
        (await CommandRun.RunAsync("logs", "parse", log, "--names", names)).Code.ShouldBe((int)ExitCode.Configuration);
    }

    [Fact]
    public async Task Query_Tell_KeepsItsNumbers_WhateverAModelSays()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { answer = "120 charges timed out.", next = "Look at payment." }), ModelReply.Say(new { answer = "9999 charges timed out.", next = "" }), ModelReply.Say(new { answer = "9999 charges timed out.", next = "" }));
        var (log, config) = (WriteLog(), ModelConfiguration.FileOf(model, folder));
        var told = await CommandRun.RunAsync("logs", "query", "how many errors", log, "--tell", "--config", config);
        told.Output.ShouldContain("120 charges timed out.");
        told.Error.ShouldContain("Told by test-model; check it before you rely on it. Asking cost $0.0015.");
        var refused = await CommandRun.RunAsync("logs", "query", "how many errors", log, "--tell", "--config", config, "-o", "json");
        using var json = JsonDocument.Parse(refused.Output);
        json.RootElement.GetProperty("total").GetInt64().ShouldBe(120);
        json.RootElement.GetProperty("summary").GetString().ShouldStartWith("120 errors");
        refused.Error.ShouldContain("Told by built-in rules");
        refused.Error.ShouldContain("Asking cost $0.0030.", customMessage: "what was asked twice and was of no use is paid too");
        (await CommandRun.RunAsync("logs", "query", "how many errors", log, "--tell", "--no-model")).Output.ShouldContain("120 errors");
        model.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Query_AlwaysSuggestsAQueryThatRuns()
    {
        var log = WriteLog();
        foreach (var question in new[] { "top 3 patterns", "errors by service", "errors per minute" })
        {
            var run = await CommandRun.RunAsync("logs", "query", question, log, "-o", "json");
            using var json = JsonDocument.Parse(run.Output);
            var next = json.RootElement.GetProperty("next").GetString()!;
            var query = next[(next.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            (await CommandRun.RunAsync("logs", "query", "-w", query, log)).Code.ShouldBe(0, query);
        }
    }

    [Fact]
    public async Task Traces_Tell_RanksAndRemarks()
    {
        var traces = Path.Combine(Checkout.Root, "samples/traces/shop-jaeger.json");
        var ranked = await CommandRun.RunAsync("traces", "optimize", traces, "--tell", "--no-model", "--output", "json");
        using var json = JsonDocument.Parse(ranked.Output);
        json.RootElement.GetProperty("told").GetProperty("value").GetProperty("ranking").GetArrayLength().ShouldBeGreaterThan(1);
        json.RootElement.GetProperty("advice").ValueKind.ShouldNotBe(JsonValueKind.Undefined);
        await using var model = new ScriptedModel(ProviderKind.OpenAi, (request, _) => ModelReply.Say(new { summary = "The shop is chatty.", remarks = Enumerable.Range(1, request.Turns[0].Text.Split("issue ").Length - 1).Select(number => new { number, remark = "It will break.", suggestion = "Mend it." }) }));
        var remarked = await CommandRun.RunAsync("traces", "map", traces, "--tell", "--config", ModelConfiguration.FileOf(model, folder));
        remarked.Output.ShouldContain("The shop is chatty.");
        remarked.Error.ShouldContain("Told by test-model");
    }

    [Theory]
    [InlineData("scaled-to-zero", true)]
    [InlineData("quota-exceeded", false)]
    public async Task Diagnose_AsksAModelWhereTheRulesAreUnsure_AndSaysWhatItSaid(string cause, bool agrees)
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { cause, confidence = 0.9, summary = "Nobody wanted pods.", facts = new[] { 1 }, actions = new[] { new { action = "scale-up", parameters = new { }, why = "It needs pods." } }, advice = "Ask who scaled it." }));
        string[] command = ["diagnose", "--from", Path.Combine(Checkout.Root, "tests/Prunella.Kubernetes.Tests/Recorded/scaled-to-zero.json"), "--config", ModelConfiguration.FileOf(model, folder)];
        var run = await CommandRun.RunAsync([.. command, "-o", "json"]);
        using var json = JsonDocument.Parse(run.Output);
        var unsure = json.RootElement.EnumerateArray().First(finding => finding.TryGetProperty("secondOpinion", out _));
        unsure.GetProperty("cause").GetString().ShouldBe("scaled-to-zero");
        var opinion = unsure.GetProperty("secondOpinion");
        (opinion.GetProperty("model").GetString(), opinion.GetProperty("agrees").GetBoolean()).ShouldBe(("test-model", agrees));
        var confidence = unsure.GetProperty("confidence").GetDouble();
        if (agrees) confidence.ShouldBe(0.69, "zero replicas are somebody's decision: a model that agrees does not make Prunella act");
        else confidence.ShouldBeLessThan(0.65);
        foreach (var proposal in opinion.GetProperty("proposals").EnumerateArray()) proposal.GetProperty("verdict").GetString().ShouldNotBe("Execute", "an opinion alone is never enough to act");
        opinion.GetProperty("proposals").GetArrayLength().ShouldBe(agrees ? 0 : 1);

        var note = await CommandRun.RunAsync(command);
        note.Output.ShouldContain(agrees ? "second opinion: test-model agrees: Nobody wanted pods." : "second opinion: test-model believes quota-exceeded");
        var asked = model.Requests.Count;
        var refused = await CommandRun.RunAsync([.. command, "--no-model", "-o", "json"]);
        refused.Output.ShouldNotContain("secondOpinion");
        model.Requests.Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Diagnose_WithoutAModel_SaysThatTheRulesAreUnsure()
    {
        var run = await CommandRun.RunAsync("diagnose", "--from", Path.Combine(Checkout.Root, "tests/Prunella.Kubernetes.Tests/Recorded/scaled-to-zero.json"), "-o", "json");
        run.Error.ShouldContain("no model is configured");
        run.Output.ShouldNotContain("secondOpinion");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // 08:00:00 to 08:29:59, a line a second; from 08:20 on an error every five seconds.
    private string WriteLog()
    {
        var text = new StringBuilder();
        for (var second = 0; second < 1800; second++)
        {
            var time = new DateTime(2026, 3, 17, 8, 0, 0).AddSeconds(second).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            if (second >= 1200 && second % 5 == 0) text.Append(CultureInfo.InvariantCulture, $"{time} ERROR payment: charge {second} timed out after 2500 ms\n");
            else text.Append(CultureInfo.InvariantCulture, $"{time} INFO web: request {second} from 10.0.3.{second % 200} took {second % 60} ms\n");
        }
        var path = Path.Combine(folder, "app.log");
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
