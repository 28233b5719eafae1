using Prunella.Kubernetes.Chaos;
using Prunella.Kubernetes.Chaos.Reading;

namespace Prunella.Commands.Chaos;

/// <summary>What an experiment of a game day has to lead to, and how fast.</summary>
/// <param name="Cause">The cause of the incident.</param>
/// <param name="Actions">The actions of which one is executed, and no other; <c>none</c> among them when nothing need be. Empty for whatever it does.</param>
/// <param name="Outcome">How the incident ends: Resolved, Escalated, Closed.</param>
/// <param name="DetectWithin">From the API's first sign to the server's notice; null for no bound.</param>
/// <param name="DecideWithin">From the notice to the verdict.</param>
/// <param name="RecoverWithin">From the first sign to well for good, without the time that containers take to start.</param>
internal sealed record Expectation(string? Cause, IReadOnlyList<string> Actions, string? Outcome, TimeSpan? DetectWithin, TimeSpan? DecideWithin, TimeSpan? RecoverWithin)
{
    /// <summary>Whether the game day answers yes when the server asks, as the person who runs it.</summary>
    public bool Approve { get; init; }
}

/// <summary>One experiment with its expectation.</summary>
internal sealed record GameDayStep(Experiment Experiment, Expectation Expect);

/// <summary>A file of experiments with what each has to lead to.</summary>
internal sealed record GameDayFile(string Name, string Namespace, int Seed, TimeSpan WellWithin, TimeSpan EndsWithin, IReadOnlyList<GameDayStep> Steps)
{
    /// <exception cref="ChaosFileException">It has faults; all of them are told.</exception>
    internal static GameDayFile Read(string path)
    {
        var problems = new List<string>();
        var documents = ChaosFile.Documents(path);
        if (documents.Count != 1) throw new ChaosFileException([$"{path}: holds {documents.Count} documents; a game day is one, of apiVersion prunella.io/v1 and kind GameDay."]);
        var root = ChaosFile.Open(documents[0], $"{path}, document 1", problems);
        if (root.OneOf("apiVersion", true, "prunella.io/v1") is null | root.OneOf("kind", true, "GameDay") is null) throw new ChaosFileException(problems);
        var metadata = root.Object("metadata", required: true);
        var (name, space) = (metadata?.Text("name", required: true) ?? "", metadata?.Text("namespace", required: true) ?? "");
        metadata?.Done();
        var spec = root.Object("spec", required: true);
        root.Done();
        var steps = new List<GameDayStep>();
        var repeat = spec?.Whole("repeat", 1, 100) ?? 1;
        foreach (var entry in spec?.Objects("experiments", required: true) ?? []) Read(entry, path, space, steps, problems);
        var day = new GameDayFile(name, space, spec?.Whole("seed", 0, int.MaxValue) ?? 1, spec?.Duration("wellWithin") ?? TimeSpan.FromMinutes(3), spec?.Duration("endsWithin") ?? TimeSpan.FromMinutes(3), [.. Enumerable.Repeat(steps, repeat).SelectMany(one => one)]);
        spec?.Done();
        return problems.Count == 0 ? day : throw new ChaosFileException(problems);
    }

    private static void Read(StrictObject entry, string path, string space, List<GameDayStep> steps, List<string> problems)
    {
        var experiments = new List<Experiment>();
        if (entry.Text("file") is { } file)
        {
            try
            {
                experiments.AddRange(ChaosFile.Read(Path.Combine(Path.GetDirectoryName(path) ?? "", file), space));
            }
            catch (Exception failure) when (failure is ChaosFileException or Kubernetes.Snapshot.SnapshotUnreadableException)
            {
                problems.Add(failure.Message);
            }
        }
        else if (entry.Object("experiment", required: true) is { } written && ChaosFile.ReadOne(written.Element, written.Where, space, problems) is { } one) experiments.Add(one);
        var expect = entry.Object("expect", required: true);
        var expectation = new Expectation(expect?.Text("cause"), expect?.Texts("actions") ?? [], expect?.OneOf("outcome", false, "Resolved", "Escalated", "Closed"), expect?.Duration("detectWithin"), expect?.Duration("decideWithin"), expect?.Duration("recoverWithin")) { Approve = expect?.OneOf("approve", false, "true", "false") == "true" };
        expect?.Done();
        entry.Done();
        if (experiments.Count > 1) entry.Problem("file", "holds more than one experiment; a game day takes them one by one");
        if (experiments.Exists(experiment => experiment.Schedule is not null)) entry.Problem("file", "holds a Schedule; a game day runs each experiment once (repeat runs all of them again)");
        if (experiments.Count > 0) steps.Add(new GameDayStep(experiments[0], expectation));
    }
}
