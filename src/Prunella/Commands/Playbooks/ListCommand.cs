using System.CommandLine;
using Prunella.Remediation.Actions;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook list</c>.</summary>
internal static class ListCommand
{
    internal static Command Create()
    {
        var inputs = new PlaybookInputs();
        var command = new VerbCommand("list", "List the playbooks in use, shipped and your own.")
        {
            Examples = { new Example("prunella playbook list", "Every shipped playbook with its cause and actions.") },
        };
        command.Add(inputs.Paths);
        command.Add(inputs.Variables);
        command.Add(Output.FormatOption);
        command.Does((parsed, _) =>
        {
            using var services = PlaybookInputs.Services(kubernetes: null);
            var playbooks = inputs.Load(parsed, services.GetRequiredService<ActionCatalogue>());
            Output.Print(parsed, playbooks.All.Select(playbook => new PlaybookRow(playbook)).ToList(), rows =>
            {
                var table = Output.Table("playbook", "version", "cause", "family", "actions", "escalates", "from");
                foreach (var row in rows) table.Row(row.Name, row.Version, row.Cause, row.Family, string.Join(", ", row.Actions), row.Escalates, row.File);
                return table;
            });
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
