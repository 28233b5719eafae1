using System.CommandLine;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook check</c>.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        var inputs = new PlaybookInputs();
        var files = new Argument<string[]>("FILE") { Description = "Files, or directories with *.yaml.", Arity = ArgumentArity.OneOrMore };
        var command = new VerbCommand("check", "Check playbooks and report every error at once, with file, line, column and key. Exit code 0 when there is none, 1 otherwise.")
        {
            Examples =
            {
                new Example("prunella playbook check samples/playbooks", "Checks the playbooks of a directory."),
                new Example("prunella playbook check my.yaml --output json", "The errors for a program."),
            },
        };
        command.Add(files);
        command.Add(inputs.Variables);
        command.Add(Output.FormatOption);
        command.Does((parsed, _) =>
        {
            using var services = PlaybookInputs.Services(kubernetes: null);
            List<PlaybookProblem> problems = [];
            // Together with the shipped ones, which own playbooks may include, continue with, or replace.
            var read = PlaybookFile.Read(parsed.GetRequiredValue(files), problems);
            var (playbooks, found) = PlaybookLoader.Load([.. PlaybookFile.ShippedFiles(), .. read], new PlaybookLoadOptions { Actions = services.GetRequiredService<ActionCatalogue>().All, Variables = inputs.VariablesOf(parsed) });
            problems.AddRange(found);
            var own = playbooks.All.Count(playbook => !playbook.Shipped);
            if (parsed.GetValue(Output.FormatOption) == OutputFormat.Json) parsed.InvocationConfiguration.Output.WriteLine(ServerConnection.Write(problems));
            else
            {
                foreach (var problem in problems) parsed.InvocationConfiguration.Output.WriteLine(Terminal.InertText.Line(problem.ToString()));
            }
            parsed.Say(problems.Count == 0 ? $"{own} playbook(s) in {read.Count} file(s): no errors." : $"{problems.Count} error(s) in {read.Count} file(s).");
            return Task.FromResult(problems.Count == 0 ? ExitCode.Ok : ExitCode.No);
        });
        return command;
    }
}
