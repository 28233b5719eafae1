using Prunella.Incidents;
using Prunella.Incidents.Escalation;

namespace Prunella.Simulation;

/// <summary>Alerts that come after the operator has fixed what they tell of.</summary>
public sealed class LateAlertTests : IDisposable
{
    private readonly Simulator simulator = new(41);

    public void Dispose() => simulator.Dispose();

    [Fact]
    public async Task AlertThatBeganBeforeTheFix_WakesNobody_AndEndsWithTheAlert()
    {
        var (alert, fixedFirst) = await FixedAsync("OutOfMemory");
        await simulator.AcceptAsync(alert);
        await simulator.RunAsync(TimeSpan.FromSeconds(20));

        var late = await LateAsync(fixedFirst);
        late.State.ShouldBe(IncidentState.Gathered);
        (await simulator.Store.ReadLedgerAsync(late.Id.ToString(), 100, default)).Last(entry => entry.Kind == "postponed").Payload.ToString().ShouldContain($"{fixedFirst.Id.Short} has fixed cause-of-oom-killed");
        await simulator.AcceptAsync(simulator.Over(alert));
        await simulator.RunAsync(TimeSpan.FromMinutes(2));

        (await LateAsync(fixedFirst)).State.ShouldBe(IncidentState.Resolved);
        (await EscalationsAsync()).ShouldBeEmpty();
        simulator.World.Effects.Count.ShouldBe(1, "nothing is done twice");
        await Invariants.CheckAsync(simulator);
    }

    [Fact]
    public async Task AlertThatStays_IsForAPerson_WithinTheTimeThatAlertsAreGiven()
    {
        var (alert, fixedFirst) = await FixedAsync("OutOfMemory");
        await simulator.AcceptAsync(alert);

        await simulator.RunAsync(TimeSpan.FromMinutes(10));

        var late = await LateAsync(fixedFirst);
        late.State.ShouldBe(IncidentState.Escalated);
        (await EscalationsAsync()).ShouldHaveSingleItem().Incident.ShouldBe(late.Id);
        await Invariants.CheckAsync(simulator);
    }

    [Theory]
    [InlineData("cause-of-oom-killed", IncidentState.Gathered)]
    [InlineData("cause-of-another", IncidentState.Escalated)]
    [InlineData(null, IncidentState.Escalated)]
    public async Task AlertThatBeganAfterTheFix_HasToNameItsCause(string? names, IncidentState state)
    {
        var (alert, fixedFirst) = await FixedAsync("Slow");
        if (names is not null) simulator.CausesOfAlerts["Slow"] = names;
        await simulator.RunAsync(TimeSpan.FromSeconds(5));

        (await AfterAsync(alert with { StartsAt = simulator.Time.GetUtcNow() }, fixedFirst)).ShouldBe(state);
    }

    [Fact]
    public async Task WorkloadThatIsNotWell_IsNotTakenForFixed()
    {
        var (alert, fixedFirst) = await FixedAsync("OutOfMemory");
        simulator.World.Workloads.Values.Single().Ready = 1;

        (await AfterAsync(alert, fixedFirst)).ShouldBe(IncidentState.Escalated);
    }

    [Fact]
    public async Task FixOfLongAgo_ExplainsNothing()
    {
        var (alert, fixedFirst) = await FixedAsync("OutOfMemory");
        await simulator.RunAsync(TimeSpan.FromMinutes(11));

        (await AfterAsync(alert, fixedFirst)).ShouldBe(IncidentState.Escalated);
    }

    [Fact]
    public async Task WhatTheOperatorSeesMeanwhile_IsLookedAtAtOnce()
    {
        var (alert, fixedFirst) = await FixedAsync("OutOfMemory");
        await simulator.AcceptAsync(alert);
        var left = TimeSpan.Zero;
        for (var step = 0; step < 120 && left < TimeSpan.FromSeconds(20); step++)
        {
            await simulator.RunAsync(TimeSpan.FromSeconds(1));
            if (await LateAsync(fixedFirst) is { State: IncidentState.Gathered, WakeAt: { } next }) left = next - simulator.Time.GetUtcNow();
        }
        left.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20), "else this shows nothing");

        simulator.Courses["OutOfMemory"] = [new CourseStep("raise-memory-limit", new Dictionary<string, string>(), "playbook:test", "because")];
        await simulator.AcceptAsync(simulator.Fire("api", "memory-leak", Signal.OperatorSource));
        await simulator.RunAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));

        (await LateAsync(fixedFirst)).Diagnosis.ShouldNotBeNull();
    }

    /// <summary>An incident of the operator that has been fixed, and an alert that began while it was open.</summary>
    private async Task<(Signal Alert, Incident Fixed)> FixedAsync(string alert)
    {
        simulator.Add("api", cure: "restart-pod");
        simulator.Courses["oom-killed"] = [new CourseStep("restart-pod", new Dictionary<string, string>(), "playbook:test", "because")];
        await simulator.AcceptAsync(simulator.Fire("api", "oom-killed", Signal.OperatorSource));
        var late = simulator.Fire("api", alert, "alertmanager");
        await simulator.RunAsync(TimeSpan.FromMinutes(5));
        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.ShouldHaveSingleItem();
        incident.State.ShouldBe(IncidentState.Resolved);
        return (late, incident);
    }

    /// <summary>What an alert's incident has come to some seconds after it came.</summary>
    private async Task<IncidentState> AfterAsync(Signal alert, Incident first)
    {
        await simulator.AcceptAsync(alert);
        await simulator.RunAsync(TimeSpan.FromSeconds(3));
        return (await LateAsync(first)).State;
    }

    private async Task<Incident> LateAsync(Incident first) =>
        (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single(incident => incident.Id != first.Id);

    private async Task<List<Notice>> EscalationsAsync() =>
        [.. (await simulator.NoticesAsync()).Where(notice => notice.Kind == NoticeKind.Escalated)];
}
