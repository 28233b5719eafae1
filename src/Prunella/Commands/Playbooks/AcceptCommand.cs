using System.CommandLine;
using System.Globalization;
using Prunella.Reasoning;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary><c>prunella playbook accept</c>: a person puts a draft into use.</summary>
internal static class AcceptCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A draft of 'playbook draft', read and corrected." };
        var into = new Option<string>("--into") { Description = "The directory of playbooks that the server reads (playbooks:paths).", HelpName = "DIRECTORY", Required = true };
        var by = new Option<string>("--by") { Description = "Who accepts it; your user name if not said.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        var inputs = new PlaybookInputs();
        var command = new VerbCommand("accept", "Put a drafted playbook into use, under your name: it is checked as every playbook is, and a server uses it from its next start. Exit code 1 when it has errors.") { file, into, by, inputs.Variables };
        command.Such("prunella playbook accept pool.yaml --into /etc/prunella/playbooks", "checks it, and writes it into the directory without the mark of a draft");
        command.Does((parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            List<PlaybookProblem> problems = [];
            var read = PlaybookFile.Read([path], problems);
            if (problems.Count > 0) throw new CommandFailedException(ExitCode.Configuration, string.Join('\n', problems));
            var lines = read[0].Text.Split('\n').ToList();
            if (lines.RemoveAll(line => line.TrimEnd() == PlaybookYaml.DraftLine) == 0) throw new CommandFailedException(ExitCode.Usage, $"{path} is no draft: it lacks the line \"{PlaybookYaml.DraftLine}\".");
            var who = new string([.. parsed.GetRequiredValue(by).Where(sign => !char.IsControl(sign))]).Trim();
            if (who.Length == 0) throw new CommandFailedException(ExitCode.Usage, "--by needs a name.");
            var text = string.Create(CultureInfo.InvariantCulture, $"# Accepted by {who} at {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC.\n") + string.Join('\n', lines.SkipWhile(line => line.StartsWith('#')));
            using var services = PlaybookInputs.Services(kubernetes: null);
            var (playbooks, found) = PlaybookLoader.Load([.. PlaybookFile.ShippedFiles(), new PlaybookFile(path, text)], new PlaybookLoadOptions { Actions = services.GetRequiredService<ActionCatalogue>().All, Variables = inputs.VariablesOf(parsed) });
            if (found.Count > 0) throw new CommandFailedException(ExitCode.No, string.Join('\n', found));
            var accepted = playbooks.All.Single(playbook => playbook.File == path);
            var directory = parsed.GetRequiredValue(into);
            var target = Path.Combine(directory, accepted.Name + ".yaml");
            if (!Directory.Exists(directory)) throw new CommandFailedException(ExitCode.Configuration, $"There is no directory {directory}.");
            if (File.Exists(target)) throw new CommandFailedException(ExitCode.Configuration, $"{target} exists already; change the name in the draft, or remove the old playbook.");
            File.WriteAllText(target, text);
            parsed.Say($"{target} is in use from the server's next start. Its actions are asked about as long as its confidence is below remediation:gate:confidenceMin.");
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
