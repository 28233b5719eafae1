using System.CommandLine;
using Prunella.Demo;
using Prunella.Hosting;
using Prunella.Remediation.Stages;

namespace Prunella.Commands.Serve;

/// <summary><c>prunella serve</c>: the server, and the demo.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> ConfigOption = new("--config") { Description = $"Configuration file, YAML or JSON. Default: {ServerConfiguration.DefaultFile} where there is one.", HelpName = "FILE" };
    private static readonly Option<bool> DemoOption = new("--demo") { Description = "Start a sandbox cluster with a small shop, break it, and tell what Prunella does. No tokens; this machine only." };
    private static readonly Option<bool> OnceOption = new("--once") { Description = "With --demo: play the faults to their ends, print the table, stop. Exit code 0 only if every outcome is the expected one." };
    private static readonly Option<string> KubeconfigOption = new("--kubeconfig") { Description = "Use the cluster of this kubeconfig.", HelpName = "FILE" };
    private static readonly Option<Stage?> StageOption = new("--stage") { Description = "The stage of every scope that nothing else names. Default: shadow, which only records.", HelpName = "shadow|dryrun|canary|full" };
    private static readonly Option<string> UrlsOption = new("--urls") { Description = "Addresses to listen on, separated by semicolons.", HelpName = "URLS" };
    private static readonly Option<string> DataOption = new("--data") { Description = "Folder of the database, the ledger's key and its checkpoints.", HelpName = "DIR" };

    internal static Command Create()
    {
        var command = new VerbCommand("serve", "Run the server.")
        {
            ConfigOption, DemoOption, OnceOption, KubeconfigOption, StageOption, UrlsOption, DataOption,
        };
        command.Examples.Add(new("prunella serve --demo", "a shop on a sandbox cluster, broken and healed before your eyes"));
        command.Examples.Add(new("prunella serve --demo --once", "the same as fast as the clocks allow, with a table at the end"));
        command.Examples.Add(new("prunella serve --kubeconfig ~/.kube/config --data /var/lib/prunella", "your cluster, in shadow: it records what it would do"));
        command.Does(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var settings = new ServeSettings
        {
            ConfigFile = parsed.GetValue(ConfigOption), Demo = parsed.GetValue(DemoOption), Once = parsed.GetValue(OnceOption), Kubeconfig = parsed.GetValue(KubeconfigOption),
            Stage = parsed.GetValue(StageOption), Urls = parsed.GetValue(UrlsOption), Data = parsed.GetValue(DataOption),
        };
        if (settings.Once && !settings.Demo) throw new CommandFailedException(ExitCode.Usage, "--once belongs to --demo: prunella serve --demo --once");
        if (settings.Demo && settings.Kubeconfig is not null) throw new CommandFailedException(ExitCode.Usage, "--demo brings its own cluster; leave out --kubeconfig, or leave out --demo.");
        if (settings.Demo) return await DemoAsync(settings, cancellation);
        var configuration = ConfigurationFile.LoadOrFail(settings.ConfigFile, settings.AsConfiguration());
        await using var app = Server.Build(settings, configuration);
        await ServerRun.UntilStoppedAsync(app, cancellation);
        return ExitCode.Ok;
    }

    private static async Task<ExitCode> DemoAsync(ServeSettings settings, CancellationToken cancellation)
    {
        using var clock = new DemoClock(settings.Once ? DemoClock.Fast : DemoClock.AsOnTheWall);
        return await new DemoRun(settings, Narrator.ForConsole(clock), clock).PlayAsync(cancellation);
    }
}
