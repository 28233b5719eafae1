using System.CommandLine;
using Prunella.Api;
using Prunella.Commands.Reasoning;
using Spectre.Console;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook draft</c>.</summary>
internal static class DraftCommand
{
    internal static Command Create()
    {
        var id = new Argument<string>("INCIDENT") { Description = "The id of an incident that has ended, or its short form inc-…" };
        var done = new Option<string?>("--done") { Description = "What people did to resolve it, in their words.", HelpName = "TEXT" };
        var file = new Option<string?>("--file") { Description = "Write the draft here; it does nothing until it is accepted.", HelpName = "FILE" };
        return new VerbCommand("draft", "Draft a playbook from how people resolved an incident. A draft does nothing: a server refuses to load it until a person accepts it.") { id, done, file }
            .Such("prunella playbook draft inc-0199a1b2-5e6f7a8b --done \"restarted the workload, then raised the memory limit\"", "prints the draft")
            .Such("prunella playbook draft inc-0199a1b2-5e6f7a8b --file pool.yaml", "keeps it in a file to be corrected")
            .Asks(async (parsed, server, cancellation) =>
            {
                var draft = await server.SendAsync<PlaybookDraftView>(HttpMethod.Post, $"api/v1/incidents/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/playbook-draft", new DraftRequest(parsed.GetValue(done)), cancellation);
                if (parsed.GetValue(file) is { } path)
                {
                    if (File.Exists(path)) throw new CommandFailedException(ExitCode.Usage, $"{path} exists already; name another file.");
                    await File.WriteAllTextAsync(path, draft.Text, cancellation);
                    parsed.Say($"Written to {path}. Read and correct it; 'prunella playbook accept {path} --into DIRECTORY' puts it into use.");
                }
                Output.Print(parsed, draft, view => new Text(Terminal.InertText.Block(view.Text)));
                Who.Say(parsed, "Drafted", draft.By, draft.Note);
                return ExitCode.Ok;
            });
    }
}
