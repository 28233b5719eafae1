using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Prunella.Commands;
using Prunella.Demo.Stories;
using Prunella.Incidents;
using Prunella.Ledger;
using Prunella.Remediation.Storage;
using Prunella.Terminal;
using Spectre.Console;

namespace Prunella.Demo;

/// <summary>Reads from the store and the ledger what became of each story, compares it with what had to become of it, and prints both.</summary>
internal sealed class ClosingTable(IServiceProvider services, Narrator narrator, StoryClock clock)
{
    private readonly IRemediationStore store = services.GetRequiredService<IRemediationStore>();

    /// <summary>Prints the table.</summary>
    /// <returns>Whether everything ended as it has to, and the ledger is intact.</returns>
    internal async Task<bool> PrintAsync(IReadOnlyList<PlayedStory> played, CancellationToken cancellation)
    {
        var table = Output.Table("incident", "target", "cause", "verdict", "action", "validation", "notice", "decide", "recover", "right");
        var wrong = new List<string>();
        foreach (var story in played)
        {
            var facts = story.Incident is { } incident ? await FactsAsync(incident, cancellation) : null;
            var faults = facts is null ? ["no incident was opened"] : Compare(story.Story.Expected, facts);
            wrong.AddRange(faults.Select(fault => $"{story.Story.Target}: {fault}"));
            AddRow(table, story, facts, faults.Count == 0);
        }
        narrator.Say();
        Output.Render(System.Console.Out, table);
        var intact = await VerifyLedgerAsync(cancellation);
        foreach (var fault in wrong) narrator.Say("  not as it has to be: " + InertText.Line(fault));
        Summarise(played, wrong.Count == 0 && intact);
        return wrong.Count == 0 && intact;
    }

    private void Summarise(IReadOnlyList<PlayedStory> played, bool right)
    {
        var resolved = played.Count(story => story.Incident?.State == IncidentState.Resolved);
        var escalated = played.Count(story => story.Incident?.State == IncidentState.Escalated);
        narrator.Say(string.Create(CultureInfo.InvariantCulture,
            $"  {played.Count} faults in {clock.Elapsed.TotalSeconds:0} s: {resolved} healed, {escalated} handed to people. {(right ? "Every outcome is as it has to be." : "NOT every outcome is as it has to be.")}"));
    }

    private async Task<bool> VerifyLedgerAsync(CancellationToken cancellation)
    {
        var checkpoints = LedgerCheckpointFile.Read(services.GetRequiredService<IOptions<StorageOptions>>().Value.CheckpointFile);
        var report = await services.GetRequiredService<LedgerVerifier>().VerifyAsync(store.ReadWholeLedgerAsync(cancellation), checkpoints, cancellation);
        narrator.Say();
        narrator.Say(report.Intact ? $"  The ledger holds {report.Entries} entries; its chain is intact." : "  The ledger is BROKEN: " + InertText.Line(report.ToString()));
        return report.Intact;
    }

    /// <summary>What the store and the ledger have recorded of one incident.</summary>
    internal sealed record Facts(Incident Incident, IReadOnlyList<string> Verdicts, IReadOnlyList<bool> Decisions, int Intents, bool Undone);

    private async Task<Facts> FactsAsync(Incident incident, CancellationToken cancellation)
    {
        var entries = await store.ReadLedgerAsync(incident.Id.ToString(), 1_000, cancellation);
        return new Facts(incident,
            [.. entries.Where(entry => entry.Kind == "verdict").Select(entry => Text(entry, "verdict"))],
            [.. entries.Where(entry => entry.Kind == "approval-decided").Select(entry => entry.Payload.GetProperty("approve").GetBoolean())],
            entries.Count(entry => entry.Kind == "intent"),
            entries.Any(entry => entry.Kind == "undo-outcome" && entry.Payload.TryGetProperty("restored", out var restored) && restored.ValueKind == JsonValueKind.True));
    }

    /// <summary>Every difference between what had to happen and what did.</summary>
    internal static List<string> Compare(Expectation expected, Facts facts)
    {
        var faults = new List<string>();
        var incident = facts.Incident;
        var attempt = incident.Attempts.Count == 0 ? null : incident.Attempts[0];
        void Expect<T>(string what, T wanted, T found)
        {
            if (!EqualityComparer<T>.Default.Equals(wanted, found)) faults.Add($"{what} is {Show(found)}, not {Show(wanted)}");
        }
        Expect("the end", expected.End, incident.State);
        Expect("the cause", expected.Cause, incident.Diagnosis?.Cause);
        Expect("the verdicts are", string.Join(", ", expected.Verdicts), string.Join(", ", Runs(facts.Verdicts)));
        Expect("the action", expected.Action, attempt?.Proposal.Action ?? "");
        Expect("the validation", expected.Validation, attempt?.Validation);
        Expect("the executions", expected.Validation is null ? 0 : 1, facts.Intents);
        Expect("the person's decision", expected.Approved, facts.Decisions.Count == 0 ? null : facts.Decisions[^1]);
        Expect("undone", expected.Undone, facts.Undone);
        if (expected.Because.Length > 0 && attempt?.Reasons.Any(reason => reason.Contains(expected.Because, StringComparison.Ordinal)) != true)
            faults.Add($"no reason of the verdict names {expected.Because}");
        return faults;
    }

    // A verdict that was put off is given again; the same one twice is one.
    private static IEnumerable<string> Runs(IReadOnlyList<string> verdicts) => verdicts.Where((verdict, index) => index == 0 || verdicts[index - 1] != verdict);

    private static void AddRow(Table table, PlayedStory story, Facts? facts, bool right)
    {
        var incident = facts?.Incident;
        var attempt = incident is { Attempts.Count: > 0 } ? incident.Attempts[0] : null;
        var verdict = facts is null || facts.Verdicts.Count == 0 ? incident?.State == IncidentState.Escalated ? "to a person" : "–" : string.Join(" → ", Runs(facts.Verdicts));
        if (facts is { Decisions.Count: > 0 }) verdict += facts.Decisions[^1] ? ", approved" : ", rejected";
        if (story.Story.Expected.Because.Length > 0 && attempt is not null) verdict += $": {story.Story.Expected.Because}";
        var validation = attempt?.Validation?.ToString() ?? "–";
        if (facts?.Undone == true) validation += ", undone";
        table.AddRow(
            Output.Cell(incident?.Id.Short ?? "–"), Output.Cell(story.Story.Target.Name), Output.Cell(incident?.Diagnosis?.Cause ?? "–"), Output.Cell(verdict),
            Output.Cell(attempt?.Proposal.Action ?? "–"), Output.Cell(validation), Output.Cell(Seconds(story.Begun, incident?.NoticedAt)),
            Output.Cell(Seconds(incident?.NoticedAt, incident?.DecidedAt ?? incident?.ClosedAt)), Output.Cell(Seconds(incident?.NoticedAt, incident?.RecoveredAt)),
            Output.Cell(right ? "yes" : "NO", new Style(right ? Color.Green : Color.Red)));
    }

    private static string Seconds(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } start && to is { } end ? (end - start).TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture) : "–";

    private static string Show<T>(T value) => value switch { null => "none", "" => "none", true => "yes", false => "no", _ => value.ToString()! };

    private static string Text(LedgerEntry entry, string name) => entry.Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
