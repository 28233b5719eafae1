using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Storage.Memory;

namespace Prunella.Simulation;

/// <summary>Random histories with faults, kills, people and time. A failure prints its seed; the same seed replays it.</summary>
public class ChaosTests
{
    private static readonly string[] Actions = ["restart-pod", "raise-memory-limit", "rollback-rollout", "scale-up", "delete-namespace", "no-such-action"];

    /// <summary>Histories in the ordinary run; PRUNELLA_SIMULATION_HISTORIES asks for more.</summary>
    private static int Histories => int.TryParse(Environment.GetEnvironmentVariable("PRUNELLA_SIMULATION_HISTORIES"), out var count) ? count : 1_000;

    [Fact]
    public async Task RandomHistories_KeepEverySafetyRule()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("PRUNELLA_SIMULATION_SEED"), out var seed) ? seed : 1_000;
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < Histories; index++) await PlayAsync(first + index, seen);

        // A simulation that never reaches a rule proves nothing about it.
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", seen.Select(entry => $"{entry.Key} {entry.Value}")));
        foreach (var kind in new[] { "effect", "undo-outcome", "approval-decided", "approval-expired", "breaker-opened", "kill-switch", "escalated", "resolved", "recurred", "stage-set", "postponed", "kills" })
            seen.GetValueOrDefault(kind).ShouldBeGreaterThan(0, $"no history had {kind}");
    }

    /// <summary>Kills the process at each call of an ordinary fix in turn, before and after the call.</summary>
    [Fact]
    public async Task KillAtEveryCall_OneEffect_RightEnd()
    {
        foreach (var afterwards in new[] { false, true })
        {
            for (var call = 1; call <= 120; call++)
            {
                using var simulator = new Simulator(call);
                simulator.Add("api", cure: "restart-pod");
                simulator.Courses["Trouble"] = [new("restart-pod", new Dictionary<string, string>(), "playbook:test", "because")];
                await simulator.Store.AcceptAsync([simulator.Fire("api")], default);
                simulator.KillAtCall(call, afterwards);

                await simulator.RunAsync(TimeSpan.FromMinutes(12));

                var why = $"killed at call {call}, {(afterwards ? "after" : "before")} it";
                simulator.World.Effects.Count.ShouldBe(1, why);
                var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
                incident.State.ShouldBe(IncidentState.Resolved, why);
                await Invariants.CheckAsync(simulator);
            }
        }
    }

    /// <summary>The same for a fix that does not help: it is undone exactly to what was there.</summary>
    [Fact]
    public async Task KillAtEveryCallOfAnUndo_RestoresWhatWasThere()
    {
        foreach (var afterwards in new[] { false, true })
        {
            for (var call = 60; call <= 400; call += 5)
            {
                using var simulator = new Simulator(call) { EscalateAfter = 1 };
                var api = simulator.Add("api");
                simulator.Courses["Trouble"] = [new("raise-memory-limit", new Dictionary<string, string>(), "playbook:test", "because")];
                await simulator.Store.AcceptAsync([simulator.Fire("api")], default);
                simulator.KillAtCall(call, afterwards);

                await simulator.RunAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5));

                var why = $"killed at call {call}, {(afterwards ? "after" : "before")} it";
                (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single().State.ShouldBe(IncidentState.Escalated, why);
                api.Memory.ShouldBe(1, why);
                await Invariants.CheckAsync(simulator);
            }
        }
    }

    private static async Task PlayAsync(int seed, SortedDictionary<string, int> seen)
    {
        var random = new Random(seed);
        using var simulator = new Simulator(seed) { EscalateAfter = random.Next(1, 4), Confidence = random.Next(5) == 0 ? 0.5 : 0.9 };
        simulator.World.FaultShare = random.Next(3) * 0.05;
        var count = random.Next(1, 8);
        for (var number = 0; number < count; number++)
        {
            var workload = simulator.Add($"w{number}", random.Next(0, 4), Pick(random, [null, .. Actions]));
            if (random.Next(6) == 0) workload.ManagedBy = "Helm";
        }

        for (var number = 0; number < 3; number++)
        {
            simulator.Courses[$"Alert{number}"] = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new CourseStep(Pick(random, Actions)!, new Dictionary<string, string>(), "playbook:random", "because") { WaitBefore = TimeSpan.FromSeconds(random.Next(0, 30)) })];
        }

        for (var round = 0; round < 12; round++)
        {
            await DisturbAsync(simulator, random, count);
            await simulator.RunAsync(TimeSpan.FromMinutes(random.Next(1, 45)), TimeSpan.FromSeconds(random.Next(5, 30)));
        }

        simulator.World.FaultShare = 0;
        simulator.Store.Away = false;
        await simulator.RunAsync(TimeSpan.FromHours(2), TimeSpan.FromSeconds(30));

        (await simulator.Store.CountPendingSignalsAsync(default)).ShouldBe(0, $"seed {seed}: signals wait");
        (await simulator.Store.OpenIncidentsAsync(100, default)).ShouldBeEmpty($"seed {seed}: incidents never end");
        await Invariants.CheckAsync(simulator);
        foreach (var entry in await simulator.Store.ReadLedgerAsync(1, 1_000_000, default)) seen[entry.Kind] = seen.GetValueOrDefault(entry.Kind) + 1;
        seen["kills"] = seen.GetValueOrDefault("kills") + simulator.Kills;
    }

    private static async Task DisturbAsync(Simulator simulator, Random random, int count)
    {
        for (var number = random.Next(0, 4); number > 0; number--)
        {
            var signal = simulator.Fire($"w{random.Next(count + 1)}", $"Alert{random.Next(4)}", random.Next(2) == 0 ? "person" : "alertmanager");
            await simulator.Store.AcceptAsync([signal], default);
            if (random.Next(3) == 0)
                await simulator.Store.AcceptAsync([signal with { Id = new SignalId(new Guid(random.Next(), 1, 1, new byte[8])), Status = SignalStatus.Resolved, EndsAt = signal.StartsAt }], default);
        }

        if (random.Next(2) == 0) simulator.KillAtCall(random.Next(1, 80), random.Next(2) == 0);
        if (random.Next(4) == 0) simulator.Store.FailNextCommit(random.Next(2) == 0 ? StoreFault.BeforeEffect : StoreFault.AfterEffect);
        if (random.Next(12) == 0) await Try(() => simulator.Get<KillSwitch>().SetAsync(random.Next(2) == 0, Simulator.Ana, "drill", default));
        if (random.Next(12) == 0) await Try(() => simulator.Get<BreakerBook>().ResetAsync(Breaker.GlobalScope, Simulator.Ana, "looked at it", default));
        foreach (var asked in await simulator.Store.ListApprovalsAsync(true, 10, default))
            if (random.Next(2) == 0) await Try(() => simulator.Get<ApprovalDesk>().DecideAsync(asked.Id, Simulator.Ana, random.Next(3) > 0, "drill", default));
    }

    /// <summary>A person whose request dies with the process tries again another time.</summary>
    private static async Task Try(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (Exception gone) when (gone is World.KilledException or Remediation.Storage.StoreUnavailableException)
        {
            // Nothing was confirmed to the person.
        }
    }

    private static string? Pick(Random random, string?[] from) => from[random.Next(from.Length)];
}
