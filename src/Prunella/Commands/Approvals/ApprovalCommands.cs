using System.CommandLine;
using Prunella.Api;
using Prunella.Commands.Incidents;

namespace Prunella.Commands.Approvals;

/// <summary><c>prunella approval</c>, and the short forms <c>approve</c> and <c>reject</c>.</summary>
internal static class ApprovalCommands
{
    internal static Command Create() => new("approval", "See what waits for a person, and decide it.") { List(), Decide("approve", approve: true), Decide("reject", approve: false) };

    internal static Command Approve() => Decide("approve", approve: true);

    internal static Command Reject() => Decide("reject", approve: false);

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Decided and expired requests too." };
        return new VerbCommand("list", "List approval requests that wait, newest first.") { all }
            .Such("prunella approval list", "what waits for you")
            .Asks(async (parsed, server, cancellation) =>
            {
                var approvals = await server.GetAsync<List<ApprovalView>>($"api/v1/approvals?pending={(parsed.GetValue(all) ? "false" : "true")}", cancellation);
                Output.Print(parsed, approvals, list =>
                {
                    var table = Output.Table("approval", "state", "action", "target", "incident", "expires", "recommendation", "risks");
                    foreach (var approval in list)
                        table.Row(approval.Short, approval.State.ToString(), approval.Action, approval.Target.ToString(), approval.IncidentShort, IncidentCommands.Time(approval.ExpiresAt), approval.Recommendation, approval.Risks);
                    return table;
                });
                return ExitCode.Ok;
            });
    }

    private static Command Decide(string verb, bool approve)
    {
        var id = new Argument<string>("id") { Description = "The request's id, or its last characters." };
        var reason = new Option<string>("--reason", "-r") { Description = "Why, for the ledger.", Required = true, HelpName = "TEXT" };
        return new VerbCommand(verb, approve ? "Approve a request: this proposal, once, until it expires. The gate runs again before anything is done." : "Reject a request; the incident escalates.") { id, reason }
            .Such($"prunella {verb} 5e6f7a8b --reason \"{(approve ? "the release is known to be bad" : "we are in the middle of a migration")}\"", approve ? "lets it happen" : "keeps it from happening")
            .Asks(async (parsed, server, cancellation) =>
            {
                var name = Uri.EscapeDataString(parsed.GetRequiredValue(id));
                var decided = await server.SendAsync<ApprovalView>(HttpMethod.Post, $"api/v1/approvals/{name}/decision", new DecisionRequest(approve, parsed.GetValue(reason)), cancellation);
                Output.Print(parsed, decided, one => Output.Cell($"{one.Action} on {one.Target}: {one.State}"));
                if (parsed.GetValue(Output.FormatOption) == OutputFormat.Table) parsed.InvocationConfiguration.Output.WriteLine();
                return ExitCode.Ok;
            });
    }
}
