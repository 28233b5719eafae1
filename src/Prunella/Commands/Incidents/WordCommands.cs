using System.CommandLine;
using Prunella.Api;

namespace Prunella.Commands.Incidents;

/// <summary><c>prunella incident ack</c> and <c>incident judge</c>: what people say about an incident.</summary>
internal static class WordCommands
{
    internal static Command Acknowledge()
    {
        var id = Id();
        var note = new Option<string>("--note") { Description = "What you are doing about it, for the others.", HelpName = "TEXT" };
        return new VerbCommand("ack", "Say that you look at an incident: nobody of a later step of the escalation is woken then.") { id, note }
            .Such("prunella incident ack inc-0199a1b2-5e6f7a8b --note \"restoring from the backup\"", "takes it, and tells the others")
            .Asks(async (parsed, server, cancellation) =>
            {
                var detail = await server.SendAsync<IncidentDetail>(HttpMethod.Post, $"api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/acknowledgement", new AcknowledgeRequest(parsed.GetValue(note)), cancellation);
                return Say(parsed, detail, $"{detail.Summary.Short}: {detail.Acknowledged?.By} looks at it since {(detail.Acknowledged is { } taken ? IncidentCommands.Time(taken.At) : "–")}");
            });
    }

    internal static Command Judge()
    {
        var id = Id();
        var right = new Option<bool>("--right") { Description = "What it thought and did was right." };
        var wrong = new Option<string>("--wrong") { Description = "It was wrong, and why.", HelpName = "REASON" };
        return new VerbCommand("judge", "Say whether Prunella was right about an incident; counts in the figures of its stage.") { id, right, wrong }
            .Such("prunella incident judge inc-0199a1b2-5e6f7a8b --wrong \"the node was the cause, not the release\"", "what stages are raised and lowered by")
            .Asks(async (parsed, server, cancellation) =>
            {
                var reason = parsed.GetValue(wrong);
                if (parsed.GetValue(right) == reason is not null) throw new CommandFailedException(ExitCode.Usage, "Give either --right or --wrong REASON.");
                var detail = await server.SendAsync<IncidentDetail>(HttpMethod.Post, $"api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/feedback", new FeedbackRequest(reason is null, reason), cancellation);
                return Say(parsed, detail, $"{detail.Summary.Short}: {(reason is null ? "right" : "wrong")}, noted");
            });
    }

    private static Argument<string> Id() => new("id") { Description = "An incident's id, or its short form inc-…" };

    private static ExitCode Say(ParseResult parsed, IncidentDetail detail, string text)
    {
        Output.Print(parsed, detail, _ => Output.Cell(text));
        if (parsed.GetValue(Output.FormatOption) == OutputFormat.Table) parsed.InvocationConfiguration.Output.WriteLine();
        return ExitCode.Ok;
    }
}
