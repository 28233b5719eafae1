using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Logs;
using Prunella.Logs.Pipeline;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Tests.Reasoning;

/// <summary>Questions to the server's own archive, as the console's page and tools ask them, with a model and without.</summary>
public sealed class LogDeskQuestionTests : IDisposable
{
    private const string Odd = "is checkout feeling sluggish lately";
    private const int Lines = 40;
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-desk-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task WhatTheGrammarDoesNotKnow_AModelTranslates_AndTheAnswerIsTheArchives()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { query = "service=checkout \"took\" | count" }));
        await using var server = await StartAsync(ModelConfiguration.Of(model));
        var desk = server.Services.GetRequiredService<LogDesk>();

        var reading = await desk.AskAsync(new LogAsked(Odd, IsWritten: false, Pattern: null), Cancellation);
        reading.Model.ShouldNotBeEmpty();
        reading.Question.ToString().ShouldBe("service=checkout \"took\" | count");
        reading.Count.Answer.Total.ShouldBe(Lines);
        reading.Literal.ShouldBeEmpty();

        // What the grammar understands costs nothing, and what is written is not translated.
        (await desk.AskAsync(new LogAsked("how many errors of checkout", IsWritten: false, Pattern: null), Cancellation)).Model.ShouldBeEmpty();
        (await desk.AskAsync(new LogAsked("\"sluggish\" \"feeling\"", IsWritten: true, Pattern: null), Cancellation)).Model.ShouldBeEmpty();
        model.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("service=checkout | delete")]
    [InlineData("service=nobody-has-this")]
    public async Task WhatAModelMakesUp_IsRefused_TheGrammarStandsAndThePageSaysWhy(string query)
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Say(new { query }), ModelReply.Say(new { query }));
        await using var server = await StartAsync(ModelConfiguration.Of(model));

        var reading = await server.Services.GetRequiredService<LogDesk>().AskAsync(new LogAsked(Odd, IsWritten: false, Pattern: null), Cancellation);
        reading.Model.ShouldBeEmpty();
        reading.Note.ShouldNotBeEmpty();
        reading.Literal.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task WithoutAModel_TheGrammarAnswers_AndKnowsTheHostsOfTheLines()
    {
        await using var server = await StartAsync([]);
        var desk = server.Services.GetRequiredService<LogDesk>();

        var odd = await desk.AskAsync(new LogAsked(Odd, IsWritten: false, Pattern: null), Cancellation);
        (odd.Model, odd.Note).ShouldBe(("", ""));

        var hosts = await desk.AskAsync(new LogAsked("how many lines from web-3", IsWritten: false, Pattern: null), Cancellation);
        hosts.Question.ToString().ShouldContain("host=web-3");
        hosts.Count.Answer.Total.ShouldBe(Lines / 2);
    }

    private async Task<RunningServer> StartAsync(Dictionary<string, string?> model)
    {
        var server = await RunningServer.StartAsync([.. model, new("logs:ingest:folder", folder), new("logs:pipeline:archiveAfterSeconds", "1"), new("logs:signals:enabled", "false")]);
        var text = new StringBuilder();
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        for (var line = 0; line < Lines; line++)
            text.Append(CultureInfo.InvariantCulture, $"<30>1 {begin.AddSeconds(line):yyyy-MM-ddTHH:mm:ss.fffZ} web-{3 + line % 2} checkout 12 - - order {4_000 + line} took {900 + line} ms\n");
        var pipeline = server.Services.GetRequiredService<LogPipeline>();
        pipeline.TryAccept(Encoding.UTF8.GetBytes(text.ToString())).ShouldBeTrue();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        while (pipeline.Archived < Lines) await Task.Delay(50, patience.Token);
        return server;
    }
}
