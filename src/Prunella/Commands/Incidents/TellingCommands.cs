using System.CommandLine;
using System.Text;
using Prunella.Commands.Reasoning;
using Prunella.Reasoning.Telling;
using Spectre.Console;

namespace Prunella.Commands.Incidents;

/// <summary><c>prunella incident summary</c> and <c>write-up</c>.</summary>
internal static class TellingCommands
{
    internal static Command Summary() => Tell<IncidentStory>("summary", "Tell one incident in thirty seconds: what happened, where it stands, what is next.", "prunella incident summary inc-0199a1b2-5e6f7a8b", "for the person who just woke up",
        story => $"{story.Headline}\n\n{story.Happened}\nNow:  {story.Now}\nNext: {story.Next}\n");

    internal static Command WriteUp() => Tell<IncidentWriteUp>("write-up", "Write the blameless write-up of an incident that has ended, as Markdown.", "prunella incident write-up inc-0199a1b2-5e6f7a8b", "a draft for the team, to be edited",
        Markdown);

    private static Command Tell<T>(string verb, string description, string line, string text, Func<T, string> write) where T : class
    {
        var id = new Argument<string>("id") { Description = "An incident's id, or its short form inc-…" };
        return new VerbCommand(verb, description) { id }.Such(line, text).Asks(async (parsed, server, cancellation) =>
        {
            var told = await server.GetAsync<Told<T>>($"api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/{verb}", cancellation);
            Output.Print(parsed, told, value => new Text(Terminal.InertText.Block(write(value.Value))));
            Who.Say(parsed, "Told", told.By, told.Note, told.Dollars);
            return ExitCode.Ok;
        });
    }

    private static string Markdown(IncidentWriteUp writeUp)
    {
        var text = new StringBuilder().Append($"# {writeUp.Title}\n\n## Impact\n\n{writeUp.Impact}\n\n## Cause\n\n{writeUp.Cause}\n");
        List("What went well", writeUp.WentWell);
        List("What went badly", writeUp.WentBadly);
        List("Changes", writeUp.Changes.Select(change => $"{change.What}. {change.Why}"));
        return text.ToString();

        void List(string title, IEnumerable<string> items)
        {
            var lines = items.ToList();
            text.Append($"\n## {title}\n\n").Append(lines.Count == 0 ? "The record does not say.\n" : string.Concat(lines.Select(item => $"- {item}\n")));
        }
    }
}
