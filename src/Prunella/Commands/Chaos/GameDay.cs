using System.Globalization;
using Prunella.Api;
using Prunella.Incidents;
using Prunella.Kubernetes.Chaos;

namespace Prunella.Commands.Chaos;

/// <summary>Runs a game day: one experiment after another, each from the same healthy start, measured beside the server.</summary>
internal sealed class GameDay(IServiceProvider services, ServerConnection server, GameDayFile day, Action<string> say)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly TimeProvider time = services.GetRequiredService<TimeProvider>();
    private readonly ChaosObserver observer = services.GetRequiredService<ChaosObserver>();

    internal async Task<GameDayReport> RunAsync(CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        var baseline = await observer.KeepAsync(day.Namespace, cancellation);
        var run = new ChaosRun(services, new ChaosMarks(server), say, day.Seed);
        var results = new List<GameDayResult>();
        foreach (var step in day.Steps)
        {
            await UntilAsync(() => baseline.IsWellAsync(cancellation), day.WellWithin, $"namespace {day.Namespace} to be well before {step.Experiment.Name}", cancellation);
            await UntilAsync(async () => (await IncidentsAsync(null, open: true, cancellation)).Count == 0, day.EndsWithin, $"earlier incidents of {day.Namespace} to end before {step.Experiment.Name}", cancellation);
            say($"{results.Count + 1} of {day.Steps.Count}: {step.Experiment.FaultName} {step.Experiment.Name}");
            results.Add(await RunAsync(step, results.Count + 1, run, baseline, cancellation));
            say(results[^1].Succeeded ? "as expected" : string.Join("; ", results[^1].Broken));
        }
        return new GameDayReport(day.Name, day.Namespace, day.Seed, began, time.GetUtcNow(), results);
    }

    private async Task<GameDayResult> RunAsync(GameDayStep step, int number, ChaosRun run, NamespaceBaseline baseline, CancellationToken cancellation)
    {
        await using var watch = await observer.WatchAsync(day.Namespace, cancellation);
        var injection = await run.BeginAsync(step.Experiment, cancellation);
        IReadOnlyList<IncidentDetail> incidents = [];
        try
        {
            var from = injection.At;
            await TryUntilAsync(async () =>
            {
                incidents = await IncidentsAsync(from, open: null, cancellation);
                if (step.Expect.Approve) await ApproveAsync(incidents, cancellation);
                return incidents.Count > 0 && incidents.All(incident => Ended(incident.Summary.State)) && (step.Expect.Cause is null || incidents.Any(incident => CauseOf(incident) == step.Expect.Cause));
            }, day.EndsWithin, cancellation);
            // A success is one that lasts: the server has watched it through its soak, and it holds here too.
            if (step.Expect.Outcome is null or "Resolved") await TryUntilAsync(() => Task.FromResult(watch.Since(from).WellAt is not null), day.WellWithin, cancellation);
        }
        finally
        {
            var record = watch.Since(injection.At);
            await run.EndAsync(injection);
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
            foreach (var target in await baseline.PutBackAsync(bound.Token)) say($"{target} put back as before the game day");
            latest = record;
        }
        return Judge(step, number, injection, latest!, incidents);
    }

    private NamespaceRecord? latest;

    private static GameDayResult Judge(GameDayStep step, int number, Injection injection, NamespaceRecord record, IReadOnlyList<IncidentDetail> incidents)
    {
        var expect = step.Expect;
        var incident = incidents.FirstOrDefault(one => CauseOf(one) == expect.Cause) ?? (incidents.Count > 0 ? incidents[0] : null);
        // A fault of an object shows no sign in a pod: the change itself is the first.
        var shown = record.ShownAt ?? injection.At;
        var actions = incidents.SelectMany(one => one.Attempts).Where(attempt => attempt.ActedAt is not null).Select(attempt => attempt.Action).ToList();
        var result = new GameDayResult
        {
            Number = number, Experiment = step.Experiment.Name, Fault = step.Experiment.FaultName, Injection = injection.Id, InjectedAt = injection.At, ShownAt = record.ShownAt, Incident = incident?.Summary.Short, Cause = incident is null ? null : CauseOf(incident),
            Actions = actions, Outcome = incident?.Summary.State.ToString(), Detect = Between(shown, incident?.Summary.NoticedAt), Decide = Between(incident?.Summary.NoticedAt, incident?.DecidedAt), Act = Between(incident?.DecidedAt, incident?.ActedAt),
            Recover = record.WellAt is { } well ? Between(shown, well) : null, RecoverBesidesStart = record.RecoveryBesidesStart is { } besides ? Math.Max(0, besides.TotalSeconds) : null, Broken = [],
        };
        return result with { Broken = BrokenOf(expect, result, incidents) };
    }

    private static List<string> BrokenOf(Expectation expect, GameDayResult result, IReadOnlyList<IncidentDetail> incidents)
    {
        var broken = new List<string>();
        if (expect.Cause is { } cause && result.Cause != cause) broken.Add(incidents.Count == 0 ? $"no incident was opened; expected cause {cause}" : $"cause {string.Join(", ", incidents.Select(one => CauseOf(one) ?? "none"))}; expected {cause}");
        if (expect.Actions.Count > 0 && (result.Actions.Count == 0 ? !expect.Actions.Contains("none") : result.Actions.Any(done => !expect.Actions.Contains(done))))
            broken.Add($"did {(result.Actions.Count == 0 ? "nothing" : string.Join(", ", result.Actions))}; expected {string.Join(" or ", expect.Actions)}");
        if (expect.Outcome is { } outcome && result.Outcome != outcome) broken.Add($"ended as {result.Outcome ?? "nothing"}; expected {outcome}");
        void Bound(string what, double? took, TimeSpan? within)
        {
            if (within is not { } most) return;
            if (took is null) broken.Add($"{what} is not known; expected at most {most.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s");
            else if (took > most.TotalSeconds) broken.Add(string.Create(CultureInfo.InvariantCulture, $"{what} took {took:0.00} s; expected at most {most.TotalSeconds:0.###} s"));
        }
        Bound("detection", result.Detect, expect.DetectWithin);
        // What was over before it was judged needed no decision.
        if (result.Decide is not null || result.Actions.Count > 0) Bound("decision", result.Decide, expect.DecideWithin);
        Bound("recovery besides container start", result.RecoverBesidesStart, expect.RecoverWithin);
        return broken;
    }

    private async Task<IReadOnlyList<IncidentDetail>> IncidentsAsync(DateTimeOffset? since, bool? open, CancellationToken cancellation)
    {
        var query = $"api/v1/incidents?namespace={Uri.EscapeDataString(day.Namespace)}&limit=100";
        if (open == true) query += "&open=true";
        if (since is { } from) query += $"&since={Uri.EscapeDataString(from.AddSeconds(-1).ToString("O", CultureInfo.InvariantCulture))}";
        var page = await server.GetAsync<Page<IncidentSummary>>(query, cancellation);
        var details = new List<IncidentDetail>();
        foreach (var summary in page.Items.Reverse()) details.Add(await server.GetAsync<IncidentDetail>($"api/v1/incidents/{summary.Id}", cancellation));
        return details;
    }

    private async Task ApproveAsync(IReadOnlyList<IncidentDetail> incidents, CancellationToken cancellation)
    {
        foreach (var incident in incidents.Where(incident => incident.Summary.State == IncidentState.AwaitingApproval))
        {
            if (incident.Attempts.LastOrDefault(attempt => attempt.Approval is not null) is not { Approval: { } approval } attempt) continue;
            try
            {
                await server.SendAsync<ApprovalView>(HttpMethod.Post, $"api/v1/approvals/{approval}/decision", new DecisionRequest(true, $"game day {day.Name}"), cancellation);
                say($"approved {attempt.Action} on {attempt.Target}");
            }
            catch (CommandFailedException late) when (late.Code == ExitCode.Conflict)
            {
                // Somebody answered first.
            }
        }
    }

    // What ended before it was diagnosed has the cause that it was noticed by.
    private static string? CauseOf(IncidentDetail incident) => incident.Summary.Cause ?? incident.Labels.GetValueOrDefault("cause");

    private static bool Ended(IncidentState state) => state is IncidentState.Resolved or IncidentState.Escalated or IncidentState.Closed;

    // Clocks of two programs on one machine agree to the microsecond; of two machines they may not, and less than nothing is nothing.
    private static double? Between(DateTimeOffset? from, DateTimeOffset? to) => from is { } begin && to is { } end ? Math.Max(0, (end - begin).TotalSeconds) : null;

    private async Task<bool> TryUntilAsync(Func<Task<bool>> condition, TimeSpan within, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (!await condition())
        {
            if (time.GetElapsedTime(started) > within) return false;
            await Task.Delay(Interval, time, cancellation);
        }
        return true;
    }

    private async Task UntilAsync(Func<Task<bool>> condition, TimeSpan within, string what, CancellationToken cancellation)
    {
        if (!await TryUntilAsync(condition, within, cancellation)) throw new CommandFailedException(ExitCode.Conflict, $"Waited {within.TotalSeconds:0} s for {what}. Look at: prunella incident list -n {day.Namespace}");
    }
}
