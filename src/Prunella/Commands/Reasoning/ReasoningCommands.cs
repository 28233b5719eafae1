using System.CommandLine;
using System.Globalization;
using Prunella.Reasoning;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;
using Prunella.Reasoning.Providers;

namespace Prunella.Commands.Reasoning;

/// <summary><c>prunella reasoning</c>: models, and whether they answer.</summary>
internal static class ReasoningCommands
{
    internal static Command Create() => new("reasoning", "Models that help where the built-in reasoning is unsure.") { Test(), CalibrationCommand.Create() };

    private static Command Test()
    {
        var config = LocalReasoner.ConfigOption();
        var command = new VerbCommand("test", "Check the configured models with one tiny call for each tier, and print latency and cost.") { config, Output.FormatOption };
        command.Such("prunella reasoning test", "whether each tier answers, how fast, and for how much")
            .Such("prunella reasoning test --config prunella.yaml --output json", "another configuration, for a program");
        command.Does(async (parsed, cancellation) =>
        {
            var options = LocalReasoner.OptionsOf(parsed.GetValue(config));
            if (!options.Enabled || options.Providers.Count == 0)
            {
                parsed.Say($"Nothing to test: {NoModel.Text}. docs/models.md shows how to configure one.");
                return ExitCode.Ok;
            }
            options.Cache.Enabled = false; // an answer from yesterday proves nothing
            var rows = new List<TierTest>();
            foreach (var tier in Enum.GetValues<ModelTier>()) rows.Add(await TestAsync(options, tier, cancellation));
            Output.Print(parsed, rows, Table);
            return rows.TrueForAll(row => row.Answered) ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static async Task<TierTest> TestAsync(ReasoningOptions options, ModelTier tier, CancellationToken cancellation)
    {
        options.Tasks[ReasoningTasks.Test] = tier;
        await using var local = new LocalReasoner(options);
        var answer = await local.Reasoner.AskAsync(
            new ModelQuestion<string> { Task = ReasoningTasks.Test, Data = [new DataBlock("test", "Is anybody there?")], Read = json => json.GetProperty("ok").GetBoolean() ? "ok" : new Read<string>(null, "ok has to be true") }, cancellation);
        return new TierTest(tier.ToString(), answer.Model, answer.Value is not null, answer.Why, answer.Elapsed.TotalMilliseconds, answer.Dollars);
    }

    private static Spectre.Console.Table Table(List<TierTest> rows)
    {
        var table = Output.Table("tier", "model", "answered", "took", "cost", "why not");
        foreach (var row in rows)
            table.Row(row.Tier.ToLowerInvariant(), row.Model, row.Answered ? "yes" : "NO", row.ElapsedMs.ToString("0 ms", CultureInfo.InvariantCulture), row.Dollars.ToString("$0.000000", CultureInfo.InvariantCulture), row.Why);
        return table;
    }

    private sealed record TierTest(string Tier, string Model, bool Answered, string Why, double ElapsedMs, double Dollars);
}
