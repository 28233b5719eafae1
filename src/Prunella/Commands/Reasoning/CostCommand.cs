using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Reasoning;
using Prunella.Reasoning.Budget;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Reasoning;

/// <summary><c>prunella cost</c>: what models cost.</summary>
internal static class CostCommand
{
    internal static Command Create()
    {
        var days = new Option<int>("--days") { Description = "How many days back, today included. Default 30.", DefaultValueFactory = _ => 30 };
        var local = new Option<bool>("--local") { Description = "What commands without a server cost this person on this machine." };
        var config = LocalReasoner.ConfigOption();
        return new VerbCommand("cost", "Show what models cost by day, tier and task, and what kept answers saved.") { days, local, config }
            .Such("prunella cost", "the last thirty days")
            .Such("prunella cost --days 1 --output json", "today, for a program")
            .Such("prunella cost --local", "what diagnose, logs and traces cost you here")
            .Asks(async (parsed, server, cancellation) =>
            {
                var view = parsed.GetValue(local)
                    ? await LocalAsync(LocalReasoner.OptionsOf(parsed.GetValue(config)), parsed.GetValue(days), cancellation)
                    : await server.GetAsync<SpendingView>(string.Create(CultureInfo.InvariantCulture, $"api/v1/reasoning/cost?days={parsed.GetValue(days)}"), cancellation);
                Output.Print(parsed, view, Table);
                if (view.Unavailable.Length > 0) parsed.Say($"Today {view.Unavailable}.");
                return ExitCode.Ok;
            });
    }

    private static async Task<SpendingView> LocalAsync(ReasoningOptions options, int days, CancellationToken cancellation)
    {
        await using var reasoner = new LocalReasoner(options);
        try
        {
            return await SpendingView.ReadAsync(reasoner.Spending, options, reasoner.Reasoner, TimeProvider.System, days, cancellation);
        }
        catch (SpendingUnavailableException away)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"What was spent cannot be read: {away.Message}");
        }
    }

    private static Rows Table(SpendingView view)
    {
        var table = Output.Table("day", "tier", "task", "calls", "kept answers", "refused", "tokens in", "tokens out", "cost", "saved");
        foreach (var row in view.Rows)
            table.Row(row.Date, row.Tier.ToLowerInvariant(), row.Task, Whole(row.Calls), Whole(row.CacheHits), Whole(row.Refused), Whole(row.InputTokens), Whole(row.OutputTokens), Dollars(row.Dollars), Dollars(row.Saved));
        IRenderable sums = Output.Cell($"Today {Dollars(view.Today)} of {Dollars(view.DollarsPerDay)}, this month {Dollars(view.Month)} of {Dollars(view.DollarsPerMonth)}; kept answers saved {Dollars(view.Rows.Sum(row => row.Saved))}.");
        return view.Rows.Count == 0 ? new Rows(sums) : new Rows(table, new Text(""), sums);
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Dollars(double dollars) => dollars.ToString(dollars is > 0 and < 0.01 ? "$0.0000" : "$0.00", CultureInfo.InvariantCulture);
}
