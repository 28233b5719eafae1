using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Reasoning;

/// <summary><c>prunella cost</c>: what models cost.</summary>
internal static class CostCommand
{
    internal static Command Create()
    {
        var days = new Option<int>("--days") { Description = "How many days back, today included. Default 30.", DefaultValueFactory = _ => 30 };
        return new VerbCommand("cost", "Show what models cost by day, tier and task, and what kept answers saved.") { days }
            .Such("prunella cost", "the last thirty days")
            .Such("prunella cost --days 1 --output json", "today, for a program")
            .Asks(async (parsed, server, cancellation) =>
            {
                var view = await server.GetAsync<SpendingView>(string.Create(CultureInfo.InvariantCulture, $"api/v1/reasoning/cost?days={parsed.GetValue(days)}"), cancellation);
                Output.Print(parsed, view, Table);
                if (view.Unavailable.Length > 0) parsed.Say($"Today {view.Unavailable}.");
                return ExitCode.Ok;
            });
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
