using Microsoft.Extensions.DependencyInjection;
using Prunella.Commands.Diagnose;
using Prunella.Incidents;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.EndToEnd.Scenarios;

/// <summary>What became of a scenario.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Expected">What it expected.</param>
/// <param name="Right">Whether the diagnosis was right, twice in a row.</param>
/// <param name="Seen">What was found at last.</param>
/// <param name="WrongActions">Actions that were proposed at any time and should not have been.</param>
/// <param name="Seconds">From the last change to the answer.</param>
internal sealed record ScenarioResult(string Scenario, string Expected, bool Right, string Seen, IReadOnlyList<string> WrongActions, double Seconds);

/// <summary>Runs one scenario in a namespace of its own on the real cluster.</summary>
internal sealed class ScenarioRun(IServiceProvider services, SemaphoreSlim reads)
{
    // A scenario is right or wrong long before; the bound is for machines ten times slower.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(700);
    private readonly ProposalJudge judge = new(services.GetRequiredService<Remediation.Actions.ActionCatalogue>(), new Remediation.Judging.GateOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal async Task<ScenarioResult> RunAsync(Scenario scenario, string @namespace)
    {
        await using var place = await ScenarioPlace.OpenAsync(services, scenario, @namespace);
        await place.BreakAsync(scenario);
        return await JudgeAsync(scenario, @namespace, place);
    }

    private async Task<ScenarioResult> JudgeAsync(Scenario scenario, string @namespace, ScenarioPlace place)
    {
        var started = TimeProvider.System.GetTimestamp();
        var wrong = new HashSet<string>(StringComparer.Ordinal);
        var seen = "nothing was read";
        var right = 0;
        while (right < 2 && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            ClusterSnapshot snapshot;
            await reads.WaitAsync(Cancellation);
            try
            {
                snapshot = await services.GetRequiredService<LiveSnapshots>().TakeAsync(@namespace, Cancellation);
            }
            finally
            {
                reads.Release();
            }
            var views = Diagnoser.Diagnose(snapshot).Where(ranked => ranked.Finding.Target.Namespace == @namespace).Select(ranked => DiagnosisView.Of(snapshot, ranked, judge)).Where(view => view.Severity > Severity.Info).ToList();
            foreach (var proposal in views.SelectMany(view => view.Proposals).Where(proposal => !scenario.Actions.Contains(proposal.Action))) wrong.Add(proposal.Action);
            seen = views.Count == 0 ? "nothing" : string.Join("; ", views.Select(view => $"{(view.SymptomsOf is null ? "" : "symptom ")}{view.Cause} {view.Target.Kind}/{view.Target.Name}"));
            var settled = scenario.Expect == Scenario.None ? views.Count == 0 && await (scenario.Until == "done" ? place.IsDoneAsync() : place.IsWellAsync()) : IsRight(scenario, views);
            right = settled ? right + 1 : 0;
            await Task.Delay(Interval, TimeProvider.System, Cancellation);
        }
        return new ScenarioResult(scenario.Name, scenario.Expect, right >= 2, seen, [.. wrong], TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>The expected cause first, about the right object, and nothing else but its symptoms.</summary>
    private static bool IsRight(Scenario scenario, List<DiagnosisView> views)
    {
        if (views.Count == 0 || views[0].Cause != scenario.Expect || $"{views[0].Target.Kind}/{views[0].Target.Name}" != scenario.Target) return false;
        // An action that helps is there once the evidence for it is.
        if (scenario.Actions.Count > 0 && !views[0].Proposals.Any(proposal => scenario.Actions.Contains(proposal.Action))) return false;
        return views.Skip(1).All(view => view.SymptomsOf is not null || scenario.Also.Contains(view.Cause));
    }
}
