using Microsoft.Extensions.Configuration;
using Prunella.Commands.Reasoning;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Tests.Scripted;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Reasoning;

public sealed class LocalSpendingTests : IDisposable
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-own-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static ReasoningOptions Options(ScriptedModel model, double dollarsPerDay)
    {
        var configuration = ModelConfiguration.Of(model);
        configuration["reasoning:dollarsPerDay"] = dollarsPerDay.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // Durations are read by the server's own check, which is not what is tested here.
        foreach (var key in configuration.Keys.Where(key => key.EndsWith("timeout", StringComparison.Ordinal) || key.EndsWith("within", StringComparison.Ordinal)).ToList()) configuration[key] = "00:02:00";
        return new ConfigurationBuilder().AddInMemoryCollection(configuration).Build().GetSection(ReasoningOptions.Section).Get<ReasoningOptions>()!;
    }

    private async Task<ModelAnswer<string>> AskAsync(ReasoningOptions options, string about, string? place = null)
    {
        await using var run = new LocalReasoner(options, place ?? folder);
        return await run.Reasoner.AskAsync(new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("test", about)], Read = json => json.GetProperty("ok").GetBoolean() ? "ok" : new Read<string>(null, "no") }, Cancellation);
    }

    [Fact]
    public async Task TheBudget_HoldsOverAllRuns_AndEachCallIsInTheLedger()
    {
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        (await AskAsync(Options(model, 1), "one")).Value.ShouldBe("ok");
        var spent = (await new LocalSpending(folder, TimeProvider.System).ReadAsync(Today.AddDays(-1), Today.AddDays(1), Cancellation)).Sum(day => day.Dollars());
        spent.ShouldBeGreaterThan(0);

        var refused = await AskAsync(Options(model, spent), "two");
        refused.Value.ShouldBeNull();
        refused.Why.ShouldContain("budget");
        model.Requests.Count.ShouldBe(1);

        var verified = await CommandRun.RunAsync("ledger", "verify", "--data", folder);
        verified.Code.ShouldBe(0, verified.Error);
        verified.Output.ShouldContain("2 entries are intact", customMessage: "one that was answered, one that was refused");
    }

    [Fact]
    public async Task WithoutAPlaceForTheBudget_NoModelIsAsked()
    {
        var file = Path.Combine(folder, "taken");
        await File.WriteAllTextAsync(file, "", Cancellation);
        await using var model = new ScriptedModel(ProviderKind.Anthropic, ModelReply.Say(new { ok = true }));
        foreach (var place in (string[])[file, ""]) (await AskAsync(Options(model, 1), "one", place)).Value.ShouldBeNull();
        model.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoRunsAtOnce_CountEachCall()
    {
        var spending = Enumerable.Range(0, 4).Select(_ => new LocalSpending(folder, TimeProvider.System)).ToList();
        await Task.WhenAll(spending.Select(AddAsync));
        (await spending[0].ReadAsync(Today, Today, Cancellation)).Single().Lines.Single().Calls.ShouldBe(4);

        static async Task AddAsync(LocalSpending one)
        {
            while (true)
            {
                var before = (await one.ReadAsync(Today, Today, Cancellation)).SingleOrDefault();
                var line = before?.Lines.Single() ?? new SpendingLine(ModelTier.Small, "test");
                if (await one.TryWriteAsync((before ?? new SpendingDay { Date = Today }) with { Lines = [line with { Calls = line.Calls + 1 }] }, [], null, Cancellation)) return;
            }
        }
    }

    [Fact]
    public async Task Cost_OfThisPerson_IsShownWithoutAServer()
    {
        var result = await CommandRun.RunAsync("cost", "--local", "--output", "json", "--server", "http://127.0.0.1:1");
        result.Code.ShouldBe(0, result.Error);
        result.Output.ShouldContain("dollarsPerDay");
    }
}
