using System.CommandLine;
using Prunella.Hosting;

namespace Prunella.Commands.Config;

/// <summary><c>prunella config</c>: without a server.</summary>
internal static class ConfigCommands
{
    private static readonly Option<string> FileOption = new("--config") { Description = $"Configuration file. Default: {ServerConfiguration.DefaultFile} where there is one.", HelpName = "FILE" };

    internal static Command Create() => new("config", "Check the configuration, show what is in force, print every key.") { Check(), Show(), Reference() };

    private static Command Check()
    {
        var command = new VerbCommand("check", "Check file and environment: every fault at once, with key, place and what is allowed.") { FileOption }
            .Such("prunella config check --config prunella.yaml", "before a rollout; exit code 3 when something is wrong");
        command.Does((parsed, _) =>
        {
            var loaded = ConfigurationFile.LoadOrFail(parsed.GetValue(FileOption), []);
            parsed.Say($"{loaded.File?.Path ?? "The configuration by environment and defaults"} is right.");
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static Command Show()
    {
        var command = new VerbCommand("show", "Show every key with the value in force and where it comes from. Secrets are masked.") { FileOption }
            .Such("prunella config show", "what this machine would run with");
        command.Add(Output.FormatOption);
        command.Does((parsed, _) =>
        {
            var loaded = ConfigurationFile.LoadOrFail(parsed.GetValue(FileOption), []);
            Output.Print(parsed, EffectiveConfiguration.Of(loaded), list =>
            {
                var table = Output.Table("key", "value", "from");
                foreach (var entry in list) table.Row(entry.Key, entry.Value, entry.From);
                return table;
            });
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static Command Reference()
    {
        var command = new VerbCommand("reference", "Print every key with meaning, default and bounds, as Markdown.").Such("prunella config reference > docs/configuration.md", "how the page in docs/ is made");
        command.Does((parsed, _) =>
        {
            parsed.InvocationConfiguration.Output.Write(ConfigurationReference.Write());
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
