using System.CommandLine;
using Prunella.Api;
using Prunella.Commands.Incidents;
using Spectre.Console;

namespace Prunella.Commands.Safety;

/// <summary><c>prunella shadow</c>: what would have been done, and what people think of it.</summary>
internal static class ShadowCommands
{
    internal static Command Create() => new("shadow", "Review what Prunella would have done while it only watched; promotion counts these reviews.") { List(), Judge("agree", true), Judge("disagree", false) };

    private static Command List()
    {
        var scope = new Option<string?>("--scope") { Description = "Only this scope: shop/Safe, shop/*.", HelpName = "SCOPE" };
        var all = new Option<bool>("--all") { Description = "Reviewed ones too." };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 500.", DefaultValueFactory = _ => 50 };
        return new VerbCommand("list", "List decisions that wait for a review, newest first.") { scope, all, limit }
            .Such("prunella shadow list --scope shop/Safe", "what it would have done in shop")
            .Asks(async (parsed, server, cancellation) =>
            {
                var query = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"api/v1/shadow?limit={parsed.GetValue(limit)}");
                if (parsed.GetValue(scope) is { } one) query += $"&scope={Uri.EscapeDataString(one)}";
                if (parsed.GetValue(all)) query += "&all=true";
                var found = await server.GetAsync<List<StageDecisionView>>(query, cancellation);
                Output.Print(parsed, found, list =>
                {
                    var table = Output.Table("decision", "at", "scope", "stage", "would", "action", "target", "incident", "review");
                    foreach (var decision in list)
                        table.Row(decision.Digest[..12], IncidentCommands.Time(decision.At), decision.Scope, decision.Stage.ToString(), decision.WouldBe, decision.Action, decision.Target.ToString(), decision.IncidentShort,
                            decision.Agreed is { } agreed ? $"{(agreed ? "right" : "wrong")} ({decision.ReviewedBy}{(decision.ReviewReason is { } why ? $": {why}" : "")})" : "–");
                    return table;
                });
                if (found.Count == 0 && parsed.GetValue(Output.FormatOption) == OutputFormat.Table) parsed.Say(parsed.GetValue(all) ? "It has decided nothing yet without acting." : "None waits for a review; --all shows the reviewed ones too.");
                return ExitCode.Ok;
            });
    }

    private static Command Judge(string verb, bool agree)
    {
        var digest = new Argument<string>("decision") { Description = "The decision, as list shows it: the beginning of its digest." };
        var reason = new Option<string?>("--reason", "-r") { Description = agree ? "Why; goes into the ledger." : "Why, for the ledger.", Required = !agree, HelpName = "TEXT" };
        return new VerbCommand(verb, agree ? "Say that a decision was right." : "Say that a decision was wrong.") { digest, reason }
            .Such(agree ? "prunella shadow agree 4f1c09aa27de" : "prunella shadow disagree 4f1c09aa27de --reason \"the cache was cold, a restart makes it worse\"", agree ? "counts towards the scope's promotion" : "counts against the scope's promotion")
            .Asks(async (parsed, server, cancellation) =>
            {
                var reviewed = await server.SendAsync<StageDecisionView>(HttpMethod.Post, $"api/v1/shadow/{Uri.EscapeDataString(parsed.GetRequiredValue(digest))}/review", new ShadowReviewRequest(agree, parsed.GetValue(reason)), cancellation);
                Output.Print(parsed, reviewed, one => new Text(Terminal.InertText.Line($"{one.Action} on {one.Target} was {(agree ? "right" : "wrong")}, says {one.ReviewedBy}.") + "\n"));
                return ExitCode.Ok;
            });
    }
}
