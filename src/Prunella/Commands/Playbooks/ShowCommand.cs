using System.CommandLine;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook show</c>.</summary>
internal static class ShowCommand
{
    internal static Command Create()
    {
        var inputs = new PlaybookInputs();
        var name = new Argument<string>("NAME") { Description = "The playbook's name." };
        var command = new VerbCommand("show", "Print a playbook as it is written: a file to copy and change.")
        {
            Examples = { new Example("prunella playbook show memory-leak", "The shipped playbook about memory leaks.") },
        };
        command.Add(name);
        command.Add(inputs.Paths);
        command.Add(inputs.Variables);
        command.Add(Output.FormatOption);
        command.Does((parsed, _) =>
        {
            using var services = PlaybookInputs.Services(kubernetes: null);
            var playbooks = inputs.Load(parsed, services.GetRequiredService<ActionCatalogue>());
            var wanted = parsed.GetRequiredValue(name);
            if (playbooks.Find(wanted) is not { } playbook) throw new CommandFailedException(ExitCode.NotFound, $"There is no playbook '{wanted}'. 'prunella playbook list' names them all.");
            if (parsed.GetValue(Output.FormatOption) == OutputFormat.Json)
            {
                parsed.InvocationConfiguration.Output.WriteLine(ServerConnection.Write(new PlaybookRow(playbook)));
                return Task.FromResult(ExitCode.Ok);
            }
            var text = playbook.Shipped ? PlaybookFile.ShippedFiles().First(file => file.Name == playbook.File).Text : File.ReadAllText(playbook.File);
            // A file may hold several; from this one's line to the next document.
            foreach (var line in text.Split('\n').Skip(playbook.Line - 1).TakeWhile(line => line.TrimEnd() != "---")) parsed.InvocationConfiguration.Output.WriteLine(line.TrimEnd('\r'));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
