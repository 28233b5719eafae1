using Prunella.Kubernetes.Chaos;

namespace Prunella.Commands.Chaos;

/// <summary>Runs experiments one after another, holds each for its time and puts it back, whatever happens in between.</summary>
internal sealed class ChaosRun(IServiceProvider services, ChaosMarks marks, Action<string> say, int seed)
{
    // Ctrl-C ends the experiment, not the clean-up; that has a bound of its own.
    private static readonly TimeSpan RestoreWithin = TimeSpan.FromSeconds(25);

    private readonly ChaosInjector injector = services.GetRequiredService<ChaosInjector>();
    private readonly ChaosRestorer restorer = services.GetRequiredService<ChaosRestorer>();
    private readonly TimeProvider time = services.GetRequiredService<TimeProvider>();
    private int number;

    /// <summary>Runs all of them at the same time, as the mesh would.</summary>
    internal async Task<IReadOnlyList<InjectionResult>> RunAsync(IReadOnlyList<Experiment> experiments, TimeSpan? most, CancellationToken cancellation)
    {
        var results = new List<InjectionResult>();
        var active = new List<Injection>();
        try
        {
            foreach (var experiment in experiments.Where(experiment => experiment.Schedule is null)) active.Add(await BeginAsync(experiment, cancellation));
            await HoldAsync(active, experiments, most, results, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            say("Interrupted; putting back.");
        }
        finally
        {
            foreach (var injection in Enumerable.Reverse(active)) results.Add(await EndAsync(injection));
        }
        return results;
    }

    /// <summary>Announces and injects; an injection that breaks off half-way is put back before its failure is told.</summary>
    internal async Task<Injection> BeginAsync(Experiment experiment, CancellationToken cancellation)
    {
        var id = ChaosInputs.NewId(time.GetUtcNow(), number++);
        await marks.AnnounceAsync(experiment, id, cancellation);
        try
        {
            var injection = await injector.InjectAsync(experiment, id, seed, cancellation);
            foreach (var done in injection.Done) say($"{id} {experiment.FaultName}: {done}");
            await marks.TouchedAsync(injection, cancellation);
            return injection;
        }
        catch
        {
            await EndAsync(new Injection { Id = id, Experiment = experiment, At = time.GetUtcNow() });
            throw;
        }
    }

    /// <summary>Puts back and tells so.</summary>
    internal async Task<InjectionResult> EndAsync(Injection injection)
    {
        using var bound = new CancellationTokenSource(RestoreWithin, time);
        var restored = await restorer.RestoreAsync(injection, bound.Token);
        await marks.EndedAsync(injection.Id, restored, bound.Token);
        foreach (var one in restored) say($"{injection.Id} {one.Target}: {one.Text}");
        return new InjectionResult(injection.Id, injection.Experiment.Name, injection.Experiment.FaultName, injection.Experiment.TargetText, injection.At, time.GetUtcNow(), injection.ByMesh ? "Chaos Mesh" : "built in", injection.Done,
            [.. restored.Select(one => new RestoredView(one.Target.ToString(), one.Outcome, one.Text))]);
    }

    private async Task HoldAsync(List<Injection> active, IReadOnlyList<Experiment> experiments, TimeSpan? most, List<InjectionResult> results, CancellationToken cancellation)
    {
        var end = most is { } bound ? time.GetUtcNow() + bound : DateTimeOffset.MaxValue;
        var scheduled = experiments.Where(experiment => experiment.Schedule is not null).ToDictionary(experiment => experiment, experiment => ScheduleClock.Next(experiment.Schedule!, time.GetUtcNow()) ?? DateTimeOffset.MaxValue);
        // What is done at once and leaves nothing in effect needs no wait.
        while (active.Exists(Lasts) || scheduled.Count > 0)
        {
            var next = active.Where(Lasts).Select(EndOf).Concat(scheduled.Values).Append(end).Min();
            if (next == DateTimeOffset.MaxValue) say("In effect until Ctrl-C (or give --for).");
            var wait = next - time.GetUtcNow();
            if (wait > TimeSpan.Zero) await Task.Delay(wait > TimeSpan.FromDays(20) ? Timeout.InfiniteTimeSpan : wait, time, cancellation);
            var now = time.GetUtcNow();
            if (now >= end) return;
            foreach (var over in active.Where(injection => EndOf(injection) <= now).ToList())
            {
                active.Remove(over);
                results.Add(await EndAsync(over));
            }
            foreach (var experiment in scheduled.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
            {
                scheduled[experiment] = ScheduleClock.Next(experiment.Schedule!, now) ?? DateTimeOffset.MaxValue;
                // As concurrencyPolicy Forbid: a run that still lasts is not joined by another.
                if (active.Exists(injection => injection.Experiment == experiment && Lasts(injection))) continue;
                active.Add(await BeginAsync(experiment, cancellation));
                if (IsHanded(active[^1])) scheduled.Remove(experiment);
            }
        }
    }

    private static DateTimeOffset EndOf(Injection injection) => !IsHanded(injection) && injection.Experiment.Duration is { } duration ? injection.At + duration : DateTimeOffset.MaxValue;

    internal static bool IsOneShot(Experiment experiment) => experiment.Duration is null && experiment.Fault is FaultKind.PodKill or FaultKind.ContainerKill;

    private static bool Lasts(Injection injection) => IsHanded(injection) || !IsOneShot(injection.Experiment);

    // Chaos Mesh repeats a Schedule by itself for as long as the object is there.
    private static bool IsHanded(Injection injection) => injection.ByMesh && injection.Experiment.Schedule is not null;
}
