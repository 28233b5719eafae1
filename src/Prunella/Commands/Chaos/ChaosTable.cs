using System.Globalization;
using Prunella.Kubernetes.Chaos;
using Spectre.Console;

namespace Prunella.Commands.Chaos;

/// <summary>An experiment as <c>chaos check</c> prints it.</summary>
internal sealed record ExperimentView(string Name, string Fault, string Target, string? Duration, string? Schedule, string By, string Source)
{
    internal static ExperimentView Of(Experiment experiment) => new(experiment.Name, experiment.FaultName, experiment.TargetText,
        experiment.Duration is { } duration ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s") : null, experiment.Schedule,
        experiment.MeshOnly is { } why ? $"Chaos Mesh only: {why}" : experiment.MeshKind is null ? "built in" : "Chaos Mesh, else built in", experiment.Source);
}

/// <summary>One injection of a run, with its end.</summary>
internal sealed record InjectionResult(string Id, string Experiment, string Fault, string Target, DateTimeOffset At, DateTimeOffset? EndedAt, string By, IReadOnlyList<string> Done, IReadOnlyList<RestoredView> Restored);

/// <summary>What became of one object.</summary>
internal sealed record RestoredView(string Target, RestoreOutcome Outcome, string Text);

/// <summary>Chaos as people read it.</summary>
internal static class ChaosTable
{
    internal static Table Write(IReadOnlyList<ExperimentView> experiments)
    {
        var table = Output.Table("experiment", "fault", "target", "lasts", "runs by");
        foreach (var experiment in experiments) table.Row(experiment.Name, experiment.Fault, experiment.Target, experiment.Schedule ?? experiment.Duration ?? "–", experiment.By);
        return table;
    }

    internal static Table Write(IReadOnlyList<InjectionResult> results)
    {
        var table = Output.Table("injection", "experiment", "fault", "at", "seconds", "done", "at its end");
        foreach (var result in results)
            table.Row(result.Id, result.Experiment, result.Fault, result.At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), result.EndedAt is { } end ? (end - result.At).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "–",
                First(result.Done), First([.. result.Restored.Select(one => $"{one.Target}: {one.Text}")]));
        return table;
    }

    internal static Table Write(GameDayReport report)
    {
        var table = Output.Table("experiment", "fault", "cause", "action", "outcome", "detect s", "decide s", "recover s", "besides start s", "");
        foreach (var result in report.Results)
            table.Row(result.Experiment, result.Fault, result.Cause ?? "–", result.Actions.Count == 0 ? "none" : string.Join(", ", result.Actions), result.Outcome ?? "–", GameDayReport.Seconds(result.Detect), GameDayReport.Seconds(result.Decide),
                GameDayReport.Seconds(result.Recover), GameDayReport.Seconds(result.RecoverBesidesStart), result.Succeeded ? "as expected" : string.Join("; ", result.Broken));
        return table;
    }

    internal static Table Write(IReadOnlyList<Restored> restored)
    {
        var table = Output.Table("object", "injection", "outcome", "what");
        foreach (var one in restored) table.Row(one.Target.ToString(), one.Injection, one.Outcome.ToString(), one.Text);
        return table;
    }

    // Each was told when it was done.
    private static string First(IReadOnlyList<string> texts) => texts.Count switch { 0 => "–", 1 => texts[0], var count => $"{texts[0]}; and {count - 1} more" };
}
