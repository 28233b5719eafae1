using Prunella.Incidents;
using Prunella.Remediation.Execution;

namespace Prunella.Simulation;

/// <summary>What the engine makes of the operator's signals, beside alerts and alone.</summary>
public class OperatorSignalTests
{
    private static readonly CourseStep Restart = new("restart-pod", new Dictionary<string, string>(), "playbook:test", "because");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AlertAndOperator_AboutTheSameTarget_AreOneIncident_WhicheverCameFirst(bool operatorFirst)
    {
        using var simulator = new Simulator(31);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["Trouble"] = [Restart];
        simulator.Courses["oom-killed"] = [Restart];
        Signal[] both = [simulator.Fire("api", "oom-killed", Signal.OperatorSource), simulator.Fire("api", "Trouble", "check")];
        if (!operatorFirst) Array.Reverse(both);

        foreach (var signal in both)
        {
            await simulator.Get<Intake>().AcceptAsync([signal], TestContext.Current.CancellationToken);
            await simulator.RunAsync(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100));
        }

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.SignalCount.ShouldBe(2);
        incident.OpenSeries.Count.ShouldBe(2);
        await simulator.RunAsync(TimeSpan.FromMinutes(3));
        simulator.World.Effects.Count.ShouldBe(1);
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task TwoTargets_StayTwoIncidents()
    {
        using var simulator = new Simulator(32);
        foreach (var name in (string[])["api", "web"]) simulator.Add(name);
        await simulator.Get<Intake>().AcceptAsync([simulator.Fire("api", "oom-killed", Signal.OperatorSource), simulator.Fire("web", "Trouble", "alertmanager")], TestContext.Current.CancellationToken);

        await simulator.RunAsync(TimeSpan.FromSeconds(2));

        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WhatIsNotToBeSeenAnyMore_Waits_AndEndsWithTheOperatorsWord()
    {
        using var simulator = new Simulator(33);
        simulator.Add("api");
        var signal = simulator.Fire("api", "unheard-of", Signal.OperatorSource);
        await simulator.Get<Intake>().AcceptAsync([signal], TestContext.Current.CancellationToken);
        await simulator.RunAsync(TimeSpan.FromSeconds(5));
        (await simulator.Store.OpenIncidentsAsync(10, default)).ShouldHaveSingleItem().State.ShouldBe(IncidentState.Gathered, "nobody is called for what may be over");

        await simulator.Get<Intake>().AcceptAsync([signal with { Id = new SignalId(Guid.CreateVersion7()), Status = SignalStatus.Resolved, EndsAt = simulator.Time.GetUtcNow() }], TestContext.Current.CancellationToken);
        await simulator.RunAsync(TimeSpan.FromSeconds(5));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Resolved);
        simulator.World.Effects.ShouldBeEmpty();
    }
}
