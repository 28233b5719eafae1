using System.Diagnostics;
using Prunella.Incidents;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Simulation;

/// <summary>The engine with its own loops on the real clock.</summary>
public class EngineTests
{
    private static readonly CourseStep Restart = new("restart-pod", new Dictionary<string, string>(), "playbook:test", "because");

    private static Simulator Quick(int seed) => new(
        seed,
        options =>
        {
            options.Engine.SoakOverride = TimeSpan.FromMilliseconds(200);
            options.Engine.ValidationInterval = TimeSpan.FromMilliseconds(50);
            options.Engine.Pause = TimeSpan.FromMilliseconds(50);
        },
        TimeProvider.System);

    [Fact]
    public async Task AlertToEffect_TakesLessThanAQuarterOfASecond()
    {
        using var simulator = Quick(1);
        using var stop = new CancellationTokenSource();
        simulator.Courses["Trouble"] = [Restart];
        var engine = simulator.Get<RemediationEngine>().RunAsync(stop.Token);
        var seconds = new List<double>();
        for (var number = 0; number < 5; number++)
        {
            simulator.Add($"api-{number}", cure: "restart-pod");
            var began = Stopwatch.GetTimestamp();
            await simulator.Get<Intake>().AcceptAsync([simulator.Fire($"api-{number}")], default);
            await Until(() => simulator.World.Effects.Count == number + 1);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await Until(() => simulator.Store.OpenIncidentsAsync(10, default).Result.Count == 0);
        }

        await stop.CancelAsync();
        await engine;
        seconds.Min().ShouldBeLessThan(0.25, "alert to effect besides configured waits");
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task StoreThatFailsForAWhile_LosesNothing()
    {
        using var simulator = Quick(2);
        using var stop = new CancellationTokenSource();
        simulator.Courses["Trouble"] = [Restart];
        simulator.Add("api", cure: "restart-pod");
        var engine = simulator.Get<RemediationEngine>().RunAsync(stop.Token);
        await simulator.Get<Intake>().AcceptAsync([simulator.Fire("api")], default);
        for (var number = 0; number < 6; number++) simulator.Store.FailNextCommit(number % 2 == 0 ? StoreFault.BeforeEffect : StoreFault.AfterEffect);

        await Until(() => simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default).Result.Incidents is [{ State: IncidentState.Resolved }]);

        await stop.CancelAsync();
        await engine;
        simulator.World.Effects.Count.ShouldBe(1);
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task CleanStop_WaitsForTheStepUnderWay()
    {
        using var simulator = Quick(3);
        simulator.Courses["Trouble"] = [Restart];
        for (var number = 0; number < 20; number++) simulator.Add($"api-{number}", ready: number < 5 ? 2 : 3, cure: "restart-pod");
        using var stop = new CancellationTokenSource();
        var engine = simulator.Get<RemediationEngine>().RunAsync(stop.Token);
        for (var number = 0; number < 5; number++) await simulator.Get<Intake>().AcceptAsync([simulator.Fire($"api-{number}")], default);
        await Until(() => simulator.World.Effects.Count > 0);

        await stop.CancelAsync();
        await engine.WaitAsync(TimeSpan.FromSeconds(20));

        // What was begun has its effect entry: nothing is left between intent and effect.
        (await simulator.Store.OpenIncidentsAsync(100, default)).ShouldNotContain(incident => incident.State == IncidentState.Executing);
    }

    private static async Task Until(Func<bool> condition)
    {
        var deadline = Stopwatch.StartNew();
        while (!condition())
        {
            deadline.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
