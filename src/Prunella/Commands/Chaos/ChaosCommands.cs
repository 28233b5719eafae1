using System.CommandLine;
using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;

namespace Prunella.Commands.Chaos;

/// <summary><c>prunella chaos</c>: break things on purpose, in namespaces that were named, and put them back.</summary>
internal static class ChaosCommands
{
    internal static Command Create() => new("chaos", "Break things on purpose and see them heal; everything is marked and put back.") { Run(), Day(), Restore(), Check() };

    private static Argument<string> FileArgument() => new("FILE") { Description = "Chaos Mesh manifests, or documents of apiVersion prunella.io/v1 and kind Fault; YAML or JSON." };

    private static Command Run()
    {
        var (file, inputs) = (FileArgument(), new ChaosInputs());
        var bound = new Option<string?>("--for") { Description = "End experiments without a duration, and schedules, after this time: 90s, 5m. Without it they last until Ctrl-C.", HelpName = "DURATION" };
        var command = new VerbCommand("run", "Run the experiments of a file: through Chaos Mesh when the cluster has it, else by the built-in injector. Whatever is changed is put back at the end, at a failure and at Ctrl-C.") { file, bound }
            .Such("prunella chaos run samples/chaos/bad-image.yaml --kubeconfig ~/.kube/config -n chaos-demo --yes", "rolls out an image that does not exist, for a minute")
            .Such("prunella chaos run samples/chaos/pod-kill.yaml --kubeconfig ~/.kube/config -n chaos-demo --yes --seed 7", "kills a fifth of the pods, the same ones for the same seed");
        inputs.AddTo(command);
        command.Does((parsed, cancellation) => ChaosInputs.TellingAsync(async () =>
        {
            var experiments = ChaosFile.Read(parsed.GetRequiredValue(file));
            TimeSpan? most = null;
            if (parsed.GetValue(bound) is { } text && (most = GoDuration.Parse(text)) is not { Ticks: > 0 }) throw new CommandFailedException(ExitCode.Usage, $"--for {text}: write a duration such as 90s or 5m.");
            await using var services = inputs.Services(parsed);
            using var server = ChaosInputs.ServerOf(parsed);
            await services.GetRequiredService<ChaosGuard>().CheckAsync(experiments, parsed.GetRequiredValue(inputs.Namespaces), parsed.GetValue(inputs.Yes), cancellation);
            if (server is null) parsed.Say("No server is told (--server): only the objects carry marks.");
            var run = new ChaosRun(services, new ChaosMarks(server), parsed.Say, parsed.GetValue(inputs.Seed));
            var results = await run.RunAsync(experiments, most, cancellation);
            Output.Print(parsed, results, ChaosTable.Write);
            return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Ok;
        }));
        return command;
    }

    private static Command Day()
    {
        var file = new Argument<string>("FILE") { Description = "A document of apiVersion prunella.io/v1 and kind GameDay." };
        var (kubeconfig, context, yes) = (new ChaosInputs().Kubeconfig, new ChaosInputs().Context, new ChaosInputs().Yes);
        var folder = new Option<string?>("--report") { Description = "Write report.json, report.svg and report.html into this folder.", HelpName = "DIR" };
        var command = new VerbCommand("gameday", "Run a list of experiments against the running server, measure how fast each is noticed, decided and recovered, and put the namespace back in between. Exit code 1 when an expectation or a bound was broken.") { file, kubeconfig, context, yes, folder }
            .Such("prunella chaos gameday samples/chaos/gameday.yaml --kubeconfig ~/.kube/config --yes --report out", "three experiments with their bounds, and a report with a chart");
        command.Asks((parsed, server, cancellation) => ChaosInputs.TellingAsync(async () =>
        {
            var day = GameDayFile.Read(parsed.GetRequiredValue(file));
            await using var services = ChaosInputs.Services(parsed.GetRequiredValue(kubeconfig), parsed.GetValue(context));
            await services.GetRequiredService<ChaosGuard>().CheckAsync([.. day.Steps.Select(step => step.Experiment)], [day.Namespace], parsed.GetValue(yes), cancellation);
            var report = await new GameDay(services, server, day, parsed.Say).RunAsync(cancellation);
            if (parsed.GetValue(folder) is { } directory) await WriteAsync(directory, report, cancellation);
            Output.Print(parsed, report, ChaosTable.Write);
            parsed.Say(System.FormattableString.Invariant($"{report.Succeeded} of {report.Results.Count} as expected ({report.SuccessRate:P0}); at most {GameDayReport.Seconds(report.DetectMax)} s to notice, {GameDayReport.Seconds(report.DecideMax)} s to decide."));
            return report.Succeeded == report.Results.Count ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }

    private static async Task WriteAsync(string directory, GameDayReport report, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(directory);
            await File.WriteAllTextAsync(Path.Combine(directory, "report.json"), ServerConnection.Write(report), cancellation);
            await File.WriteAllTextAsync(Path.Combine(directory, "report.svg"), GameDayChart.Svg(report), cancellation);
            await File.WriteAllTextAsync(Path.Combine(directory, "report.html"), GameDayChart.Html(report), cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"The report could not be written into {directory}: {failure.Message}");
        }
    }

    private static Command Restore()
    {
        var inputs = new ChaosInputs();
        var node = new Option<string[]>("--node") { Description = "A node whose cordon by chaos is ended too. May be given again.", HelpName = "NAME" };
        var command = new VerbCommand("restore", "End every injection in a namespace by the marks on its objects, as after a killed run. What was changed since (a fix) stays.") { node }
            .Such("prunella chaos restore --kubeconfig ~/.kube/config -n chaos-demo", "puts back what a killed run has left");
        foreach (var option in new Option[] { inputs.Kubeconfig, inputs.Context, inputs.Namespaces, Output.FormatOption, ServerConnection.ServerOption, ServerConnection.TokenOption }) command.Add(option);
        command.Does((parsed, cancellation) => ChaosInputs.TellingAsync(async () =>
        {
            await using var services = inputs.Services(parsed);
            using var server = ChaosInputs.ServerOf(parsed);
            var restorer = services.GetRequiredService<ChaosRestorer>();
            var restored = new List<Restored>();
            foreach (var space in parsed.GetRequiredValue(inputs.Namespaces)) restored.AddRange(await restorer.RestoreNamespaceAsync(space, cancellation));
            foreach (var name in parsed.GetValue(node) ?? []) restored.AddRange(await restorer.RestoreNodeAsync(name, cancellation));
            await EndedAsync(new ChaosMarks(server), restored, cancellation);
            Output.Print(parsed, restored, ChaosTable.Write);
            if (restored.Count == 0) parsed.Say("Nothing carries a mark of chaos there.");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task EndedAsync(ChaosMarks marks, List<Restored> restored, CancellationToken cancellation)
    {
        foreach (var one in restored.GroupBy(one => one.Injection).Where(group => group.Key.Length > 0))
        {
            try
            {
                await marks.EndedAsync(one.Key, [.. one], cancellation);
            }
            catch (CommandFailedException unknown) when (unknown.Code == ExitCode.NotFound)
            {
                // It was injected without this server being told.
            }
        }
    }

    private static Command Check()
    {
        var file = FileArgument();
        var command = new VerbCommand("check", "Read a file of experiments and say what it would do; nothing is connected to. Exit code 3 when it has faults.") { file, Output.FormatOption }
            .Such("prunella chaos check samples/chaos/pod-kill.yaml", "whether the file is understood, and how");
        command.Does((parsed, _) => ChaosInputs.TellingAsync(() =>
        {
            Output.Print(parsed, ChaosFile.Read(parsed.GetRequiredValue(file)).Select(ExperimentView.Of).ToList(), ChaosTable.Write);
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }
}
