using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Remediation.Stages;
using Spectre.Console;

namespace Prunella.Commands.Safety;

/// <summary><c>prunella stage status</c>, <c>promote</c> and <c>demote</c>.</summary>
internal static class StageCommands
{
    internal static Command Status()
    {
        var scope = new Argument<string?>("scope") { Description = "Only this scope.", Arity = ArgumentArity.ZeroOrOne };
        return new VerbCommand("status", "Show how each scope has done in its stage, and what it lacks for the next.") { scope }
            .Such("prunella stage status", "agreements, successes, failures and days of every scope")
            .Asks(async (parsed, server, cancellation) =>
            {
                var all = await server.GetAsync<List<StageFiguresView>>("api/v1/stages/figures", cancellation);
                var wanted = parsed.GetValue(scope);
                var list = all.Where(figures => wanted is null || figures.Scope == wanted).ToList();
                if (wanted is not null && list.Count == 0) throw new CommandFailedException(ExitCode.NotFound, $"The scope \"{wanted}\" was never set and has no decisions; known are {string.Join(", ", all.Select(figures => figures.Scope))}.");
                Output.Print(parsed, list, Table);
                return ExitCode.Ok;
            });
    }

    internal static Command Promote() => Step("promote", "Take a scope one step up: shadow, dry run, canary of 5, 10, 25 and 50 %, full. Refused, with each figure that is missing, until the scope has earned it.",
        "prunella stage promote shop/Safe --reason \"three weeks without a wrong decision\"", "the next step of trust for safe actions in shop");

    internal static Command Demote() => Step("demote", "Take a scope one step down.", "prunella stage demote shop/Safe --reason \"new team, new service\"", "one step less of trust for safe actions in shop");

    private static Command Step(string verb, string description, string line, string text)
    {
        var scope = new Argument<string>("scope") { Description = "namespace/class: shop/Safe, shop/*." };
        var reason = SafetyCommands.ReasonOption();
        return new VerbCommand(verb, description) { scope, reason }.Such(line, text).Asks(async (parsed, server, cancellation) =>
        {
            var set = await server.SendAsync<StageView>(HttpMethod.Post, $"api/v1/stages/{verb}", new StageStepRequest(parsed.GetValue(scope), parsed.GetValue(reason)), cancellation);
            Output.Print(parsed, set, one => new Text($"{one.Scope}: {new StageStep(one.Stage, one.CanaryPercent)}\n"));
            return ExitCode.Ok;
        });
    }

    private static Table Table(List<StageFiguresView> list)
    {
        var table = Output.Table("scope", "stage", "days", "decisions", "right", "wrong", "executions", "fixed", "failed", "next", "missing for it");
        foreach (var one in list)
            table.Row(one.Scope, new StageStep(one.Stage, one.CanaryPercent).ToString(), one.Days.ToString("0.0", CultureInfo.InvariantCulture), Whole(one.Decisions), Whole(one.Agreed), Whole(one.Disagreed), Whole(one.Executions), Whole(one.Fixed), Whole(one.Failed),
                one.Next ?? "–", one.Missing.Count == 0 ? "nothing" : string.Join("; ", one.Missing));
        return table;
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
