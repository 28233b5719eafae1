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
            await simulator.AcceptAsync(signal);
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
        await simulator.AcceptAsync(signal);
        await simulator.RunAsync(TimeSpan.FromSeconds(5));
        (await simulator.Store.OpenIncidentsAsync(10, default)).ShouldHaveSingleItem().State.ShouldBe(IncidentState.Gathered, "nobody is called for what may be over");

        await simulator.AcceptAsync(simulator.Over(signal));
        await simulator.RunAsync(TimeSpan.FromSeconds(5));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Resolved);
        simulator.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnotherCauseAfterTheOperatorsWord_DuringValidation_IsAnIncidentOfItsOwn_AndTheFirstIsLeftUntold()
    {
        using var simulator = new Simulator(34);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["oom-killed"] = [Restart];
        simulator.Courses["config-key-missing"] = [Restart];
        var first = simulator.Fire("api", "oom-killed", Signal.OperatorSource);
        await simulator.AcceptAsync(first);
        await UntilValidatingAsync(simulator);
        await simulator.AcceptAsync(simulator.Over(first));
        await simulator.RunAsync(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(100));

        await simulator.AcceptAsync(simulator.Fire("api", "config-key-missing", Signal.OperatorSource));
        await simulator.RunAsync(TimeSpan.FromMinutes(5));

        var incidents = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.OrderBy(incident => incident.NoticedAt).ToList();
        incidents.Select(incident => incident.FirstSignal.Name).ShouldBe(["oom-killed", "config-key-missing"]);
        incidents[0].State.ShouldBe(IncidentState.Escalated);
        incidents[0].LastAttempt!.Validation.ShouldBe(ValidationResult.Inconclusive);
        incidents[0].LastAttempt!.UndoText.ShouldBeEmpty("a fix is not taken back for a trouble that is not its own");
        incidents[0].Outcome.ShouldContain("config-key-missing");
        incidents[1].Diagnosis!.Cause.ShouldBe("cause-of-config-key-missing");
        incidents[1].Attempts.ShouldNotBeEmpty("it was judged once the first had ended");
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task AnotherCauseWithoutTheOperatorsWord_DuringValidation_JoinsForAllToSee()
    {
        using var simulator = new Simulator(35);
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["oom-killed"] = [Restart];
        await simulator.AcceptAsync(simulator.Fire("api", "oom-killed", Signal.OperatorSource));
        await UntilValidatingAsync(simulator);

        await simulator.AcceptAsync(simulator.Fire("api", "crash-loop", Signal.OperatorSource));
        await simulator.RunAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.SignalCount.ShouldBe(2);
        (await simulator.Store.ReadLedgerAsync(incident.Id.ToString(), 100, default)).Select(entry => entry.Kind).ShouldContain("signal-joined");
        await simulator.RunAsync(TimeSpan.FromMinutes(5));
        await Invariants.CheckAsync(simulator);
    }

    [Theory]
    [InlineData("await-repair", IncidentState.Closed)]
    [InlineData("restart-pod", IncidentState.Escalated)]
    public async Task TargetIsDeletedDuringValidation_IsOver_WhereNothingWasDoneToIt(string action, IncidentState end)
    {
        using var simulator = new Simulator(36);
        simulator.Add("api");
        simulator.Courses["pods-lost"] = [Restart with { Action = action }];
        await simulator.AcceptAsync(simulator.Fire("api", "pods-lost", Signal.OperatorSource));
        await UntilValidatingAsync(simulator);

        simulator.World.Workloads.Clear();
        await simulator.RunAsync(TimeSpan.FromSeconds(10));

        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(end);
        if (end == IncidentState.Closed) incident.Outcome.ShouldContain("was deleted by somebody");
        await Invariants.CheckAsync(simulator);
    }

    private static async Task UntilValidatingAsync(Simulator simulator)
    {
        for (var step = 0; step < 200; step++)
        {
            await simulator.RunAsync(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
            if ((await simulator.Store.OpenIncidentsAsync(10, default)).Any(incident => incident.State == IncidentState.Validating)) return;
        }
        Assert.Fail("no validation began");
    }
}
