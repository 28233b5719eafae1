using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;
using Prunella.Commands;
using Prunella.Hosting;
using Prunella.Incidents;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Reasoning;

public sealed class ReasoningCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-reasoning-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Test_ConfiguredModels_AreAskedOncePerTier()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        var result = await CommandRun.RunAsync("reasoning", "test", "--config", ModelConfiguration.FileOf(model, folder), "--output", "json");
        result.Code.ShouldBe(0, result.Error);
        using var rows = JsonDocument.Parse(result.Output);
        rows.RootElement.EnumerateArray().Select(row => (row.GetProperty("tier").GetString(), row.GetProperty("answered").GetBoolean(), row.GetProperty("dollars").GetDouble())).ShouldBe([("Small", true, 0.0015), ("Medium", true, 0.0015), ("Large", true, 0.0015)]);
        model.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Test_AModelThatRefusesTheKey_IsNamedAndEndsWith1()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, ModelReply.Fail(401));
        var result = await CommandRun.RunAsync("reasoning", "test", "--config", ModelConfiguration.FileOf(model, folder));
        result.Code.ShouldBe((int)ExitCode.No);
        result.Output.ShouldContain("main does not accept the key (401)");
        (result.Output + result.Error).ShouldNotContain(ScriptedModel.Key);
    }

    [Fact]
    public async Task AKeyInPlaceOfAReference_IsAFaultThatDoesNotRepeatIt()
    {
        var path = Path.Combine(folder, "wrong.yaml");
        await File.WriteAllTextAsync(path, "reasoning:\n  providers: { main: { credential: sk-ant-api03-abcdefgh } }\n", Cancellation);
        var result = await CommandRun.RunAsync("config", "check", "--config", path);
        result.Code.ShouldBe((int)ExitCode.Configuration);
        (result.Output + result.Error).ShouldContain("reasoning:providers:main:credential");
        (result.Output + result.Error).ShouldNotContain("abcdefgh");
    }

    [Fact]
    public async Task SummaryWriteUpAndCost_ComeFromTheModelAndTheStore()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { headline = "Pool was full", happened = "It was.", now = "Over.", next = "Nothing." }));
        await using var server = await RunningServer.StartAsync(ModelConfiguration.Of(model), new ServeSettings { WithoutEngine = true });
        var incident = await EndedAsync(server);
        var token = await TokenAsync(server);

        foreach (var _ in (int[])[1, 2])
        {
            var summary = await CommandRun.RunAsync("incident", "summary", incident.Id.Short, "--server", server.Address.ToString(), "--token", token);
            summary.Output.ShouldContain("Pool was full");
            summary.Error.ShouldContain("Told by test-model");
        }
        model.Requests.Count.ShouldBe(1, "the second comes from the cache");
        // What the model says of a write-up has the form of a summary: it is refused twice, and the built-in one stands.
        var writeUp = await CommandRun.RunAsync("incident", "write-up", incident.Id.Short, "--server", server.Address.ToString(), "--token", token);
        writeUp.Output.ShouldContain("## What went badly");
        writeUp.Error.ShouldContain("did not have the agreed form, twice");

        var cost = await CommandRun.RunAsync("cost", "--server", server.Address.ToString(), "--token", token, "--output", "json");
        using var view = JsonDocument.Parse(cost.Output);
        var rows = view.RootElement.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("task").GetString()!);
        (rows["summarise-incident"].GetProperty("calls").GetInt32(), rows["summarise-incident"].GetProperty("cacheHits").GetInt32()).ShouldBe((1, 1));
        rows["summarise-incident"].GetProperty("saved").GetDouble().ShouldBe(0.0015, 1e-9);
        rows["write-up"].GetProperty("calls").GetInt32().ShouldBe(2);
        view.RootElement.GetProperty("today").GetDouble().ShouldBe(3 * 0.0015, 1e-9);
        var entries = (await server.Store.ReadLedgerAsync(incident.Id.ToString(), 100, Cancellation)).Where(entry => entry.Kind == "model-call").ToList();
        entries.Select(entry => (entry.Payload.GetProperty("task").GetString(), entry.Payload.GetProperty("outcome").GetString(), entry.Payload.GetProperty("used").GetBoolean()))
            .ShouldBe([("summarise-incident", "answered", true), ("summarise-incident", "cached", true), ("write-up", "answered", false), ("write-up", "answered", false)]);
    }

    [Fact]
    public async Task WithoutAModel_EverythingIsToldByRules_AndSaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        var incident = await EndedAsync(server);
        var token = await TokenAsync(server);
        var summary = await CommandRun.RunAsync("incident", "summary", incident.Id.Short, "--server", server.Address.ToString(), "--token", token);
        summary.Output.ShouldContain("connection pool exhausted, needs a person");
        summary.Error.ShouldContain("Told by built-in rules: no model is configured");
        (await CommandRun.RunAsync("cost", "--server", server.Address.ToString(), "--token", token)).Error.ShouldContain("no model is configured");
    }

    [Fact]
    public async Task Rate_OpenTemplates_AreRatedAndKept()
    {
        await using var model = new ScriptedModel(ProviderKind.OpenAi, (request, _) => ModelReply.Say(new { ratings = Enumerable.Range(1, request.Turns[0].Text.Split(" lines, by words").Length - 1).Select(number => new { number, @class = "critical", why = "look" }) }));
        var log = Path.Combine(folder, "app.log");
        await File.WriteAllLinesAsync(log, Enumerable.Range(0, 200).Select(index => $"2026-11-23T12:00:{index % 60:00}Z INFO request {index} served in {index} ms").Append("2026-11-23T12:01:00Z INFO lease of node-7 moved away from 10.0.0.7"), Cancellation);
        var classes = Path.Combine(folder, "classes");
        var result = await CommandRun.RunAsync("logs", "rate", log, "--apply", "--classes", classes, "--config", ModelConfiguration.FileOf(model, folder));
        result.Code.ShouldBe(0, result.Error);
        result.Error.ShouldContain("1 of 1 open templates rated by a model");
        model.Received.ShouldNotContain("10.0.0.7");
        (await File.ReadAllTextAsync(classes, Cancellation)).ShouldContain("Critical");
        (await CommandRun.RunAsync("logs", "patterns", log, "--classes", classes)).Output.ShouldContain("Critical");
    }

    private static async Task<string> TokenAsync(RunningServer server) => (await server.Services.GetRequiredService<TokenBook>().CreateAsync("ana", Role.Viewer, null, "test", Cancellation))!;

    private static async Task<Incident> EndedAsync(RunningServer server)
    {
        var now = new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);
        var signal = new Signal { Id = new SignalId(Guid.CreateVersion7()), Source = "alertmanager", Fingerprint = "f", Status = SignalStatus.Firing, Name = "PoolExhausted", StartsAt = now, ReceivedAt = now };
        var incident = new Incident
        {
            Id = new IncidentId(Guid.CreateVersion7()), Target = new Target("default", "shop", "Deployment", "api"), Family = "f", Title = "PoolExhausted", State = IncidentState.Escalated, StartedAt = now, NoticedAt = now, ClosedAt = now, FirstSignal = signal,
            Diagnosis = new Diagnosis { Cause = "connection-pool-exhausted", Confidence = 0.6, Summary = "s", DecidedBy = "playbook:p" }, Outcome = "restart-workload was rejected by ana", OpenSeries = [signal.Series],
        };
        await server.Store.CommitAsync(new StoreChange { Incidents = [incident] }, Cancellation);
        return incident;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
