using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Prunella.Commands.Incidents;

/// <summary><c>prunella incident</c>.</summary>
internal static class IncidentCommands
{
    internal static Command Create() => new("incident", "See what is happening, and report what nobody has noticed.") { List(), Show(), TellingCommands.Summary(), TellingCommands.WriteUp(), PlanCommand.Create(), WordCommands.Acknowledge(), WordCommands.Judge(), Report(), Watch() };

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Ended incidents too." };
        var scope = new Option<string>("--namespace", "-n") { Description = "Only this namespace.", HelpName = "NAME" };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 500.", DefaultValueFactory = _ => 50 };
        var before = new Option<string>("--before") { Description = "The next page: the id that the page before ended with.", HelpName = "ID" };
        return new VerbCommand("list", "List incidents, newest first.") { all, scope, limit, before }
            .Such("prunella incident list", "what is open now")
            .Such("prunella incident list --all -n shop -o json", "everything that ever happened in the namespace shop, for a program")
            .Asks(async (parsed, server, cancellation) =>
            {
                var query = $"api/v1/incidents?limit={parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}";
                if (!parsed.GetValue(all)) query += "&open=true";
                if (parsed.GetValue(scope) is { } name) query += $"&namespace={Uri.EscapeDataString(name)}";
                if (parsed.GetValue(before) is { } id) query += $"&before={Uri.EscapeDataString(id)}";
                var page = await server.GetAsync<Page<IncidentSummary>>(query, cancellation);
                Output.Print(parsed, page, Table);
                if (parsed.GetValue(Output.FormatOption) == OutputFormat.Table)
                    parsed.Say(page.Next is null ? parsed.GetValue(all) ? $"{page.Total} in all." : $"{page.Total} open; --all shows the ended ones too." : $"{page.Items.Count} of {page.Total}; the next page: --before {page.Next}");
                return ExitCode.Ok;
            });
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "An incident's id, or its short form inc-…" };
        return new VerbCommand("show", "Show one incident: evidence, diagnosis, attempts, and its story from the ledger.") { id }
            .Such("prunella incident show inc-0199a1b2-5e6f7a8b", "everything known about one incident")
            .Asks(async (parsed, server, cancellation) =>
            {
                var name = Uri.EscapeDataString(parsed.GetRequiredValue(id));
                var detail = await server.GetAsync<IncidentDetail>($"api/v1/incidents/{name}", cancellation);
                if (parsed.GetValue(Output.FormatOption) == OutputFormat.Json) { Output.Print(parsed, detail, _ => new Text("")); return ExitCode.Ok; }
                var timeline = await server.GetAsync<List<TimelineEntry>>($"api/v1/incidents/{name}/timeline", cancellation);
                foreach (var part in Describe(detail, timeline)) Output.Render(parsed.InvocationConfiguration.Output, part);
                return ExitCode.Ok;
            });
    }

    private static Command Report()
    {
        var target = new Argument<string>("target") { Description = "What is in trouble: Deployment/api-server, Node/node-3." };
        var scope = new Option<string>("--namespace", "-n") { Description = "Its namespace.", HelpName = "NAME" };
        var summary = new Option<string>("--summary", "-s") { Description = "What is wrong, in one sentence.", Required = true, HelpName = "TEXT" };
        var severity = new Option<string>("--severity") { Description = "info, warning or critical.", DefaultValueFactory = _ => "warning" };
        var alert = new Option<string>("--alert") { Description = "An alert's name, so that the playbooks for it apply.", HelpName = "NAME" };
        return new VerbCommand("report", "Report trouble by hand; it is worked on like an alert.") { target, scope, summary, severity, alert }
            .Such("prunella incident report Deployment/api-server -n shop -s \"checkout hangs\" --alert ConnectionPoolExhausted", "lets the playbook for an exhausted pool look at it")
            .Asks(async (parsed, server, cancellation) =>
            {
                var parts = parsed.GetRequiredValue(target).Split('/', 2);
                if (parts.Length != 2) throw new CommandFailedException(ExitCode.Usage, "The target is written KIND/NAME, such as Deployment/api-server.");
                var receipt = await server.SendAsync<ReportReceipt>(HttpMethod.Post, "api/v1/incidents",
                    new ReportRequest(parts[0], parsed.GetValue(scope), parts[1], parsed.GetValue(summary), parsed.GetValue(severity), parsed.GetValue(alert)), cancellation);
                Output.Print(parsed, receipt, _ => new Text("Reported. Follow it with: prunella incident watch\n"));
                return ExitCode.Ok;
            });
    }

    private static Command Watch() => new VerbCommand("watch", "Follow what happens, one line for each step, until Ctrl-C. With -o json one JSON document a line.")
        .Such("prunella incident watch", "the live story of every incident")
        .Asks(async (parsed, server, cancellation) =>
        {
            parsed.Say("Watching; Ctrl-C ends.");
            try
            {
                await foreach (var happened in server.EventsAsync<EventView?>("api/v1/events", cancellation))
                {
                    if (happened is null) continue;
                    parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(Output.FormatOption) == OutputFormat.Json
                        ? System.Text.Json.JsonSerializer.Serialize(happened, ServerConnection.Json)
                        : InertText.Line(string.Create(CultureInfo.InvariantCulture, $"{happened.At:HH:mm:ss}  {happened.Short ?? "–",-21}  {happened.Kind,-10}  {happened.Target?.ToString() ?? ""}  {happened.Text}")));
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return ExitCode.Ok; // Ctrl-C is how a watch ends
            }
            parsed.Say("The server ended the stream.");
            return ExitCode.Unreachable;
        });

    private static Table Table(Page<IncidentSummary> page)
    {
        var table = Output.Table("incident", "state", "target", "title", "cause", "action", "verdict", "noticed");
        foreach (var incident in page.Items)
            table.Row(incident.Short, incident.State.ToString(), incident.Target.ToString(), incident.Title, incident.Cause, incident.Action, incident.Verdict, Time(incident.NoticedAt));
        return table;
    }

    private static IEnumerable<IRenderable> Describe(IncidentDetail detail, IReadOnlyList<TimelineEntry> timeline)
    {
        var summary = detail.Summary;
        var head = Output.Table("", "");
        head.ShowHeaders = false;
        head.Row("incident", $"{summary.Short} ({summary.Id})");
        head.Row("target", summary.Target.ToString());
        head.Row("title", summary.Title);
        head.Row("state", $"{summary.State}, {summary.Severity}, {summary.Signals} signal(s), version {detail.Version}");
        head.Row("noticed", Time(summary.NoticedAt));
        if (detail.Diagnosis is { } diagnosis) head.Row("diagnosis", string.Create(CultureInfo.InvariantCulture, $"{diagnosis.Cause} ({diagnosis.Confidence:P0}, {diagnosis.DecidedBy}): {diagnosis.Summary}"));
        if (summary.Outcome is { } outcome) head.Row("outcome", outcome);
        if (detail.Advice.Length > 0) head.Row("advice", detail.Advice);
        if (detail.Acknowledged is { } taken) head.Row("looked at", $"by {taken.By} since {Time(taken.At)}{(taken.Note.Length > 0 ? $": {taken.Note}" : "")}");
        if (detail.OverAt is { } over) head.Row("over", $"its alerts ended {Time(over)}");
        if (detail.Feedback is { } judged) head.Row("judged", $"{(judged.Right ? "right" : "wrong")} by {judged.By}{(judged.Reason.Length > 0 ? $": {judged.Reason}" : "")}");
        if (detail.Injection is { } injection) head.Row("injected", $"{injection.Fault} of experiment {injection.Experiment} ({injection.Id}){(injection.Certain ? "" : ", as time and namespace tell")}");
        yield return head;
        foreach (var attempt in detail.Attempts)
        {
            var lines = $"\nattempt {attempt.Number}: {attempt.Action} on {attempt.Target}: {attempt.Verdict}\n" + string.Concat(attempt.Reasons.Select(reason => $"  because {InertText.Line(reason)}\n"))
                + (attempt.Validation is { } validation ? $"  {validation}: {InertText.Line(attempt.ValidationText)}\n" : "") + (attempt.Undo.Length > 0 ? $"  undone: {InertText.Line(attempt.Undo)}\n" : "")
                + (attempt.Diff is { Length: > 0 } diff ? InertText.Block(diff) + "\n" : "");
            yield return new Text(lines);
        }
        if (detail.Evidence.Count > 0)
        {
            var evidence = Output.Table("evidence", "source", "object");
            foreach (var fact in detail.Evidence) evidence.Row(fact.Text, fact.Source, fact.Object);
            yield return new Text("\n");
            yield return evidence;
        }
        var story = Output.Table("when", "what", "by", "story");
        foreach (var entry in timeline) story.Row(Time(entry.At), entry.Kind, entry.Actor, entry.Text);
        yield return new Text("\n");
        yield return story;
    }

    internal static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
