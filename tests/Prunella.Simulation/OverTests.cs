using Prunella.Incidents;
using Prunella.Incidents.Escalation;

namespace Prunella.Simulation;

/// <summary>What people took over ends too: whoever was woken is told, once, when the last alert has ended.</summary>
public sealed class OverTests
{
    private static Signal Ended(Signal fired, int number) => fired with { Id = new SignalId(new Guid(number, 1, 0, new byte[8])), Status = SignalStatus.Resolved, EndsAt = fired.StartsAt.AddMinutes(5) };

    [Fact]
    public async Task AnEscalatedIncident_IsOverWithItsLastAlert_AndSaysSoOnce()
    {
        using var simulator = new Simulator(3);
        simulator.Add("api");
        var (first, second) = (simulator.Fire("api"), simulator.Fire("api") with { Fingerprint = "another" });
        await simulator.Store.AcceptAsync([first, second], default);
        await simulator.RunAsync(TimeSpan.FromMinutes(10));
        var incident = (await simulator.Store.ListIncidentsAsync(new() { Max = 10 }, default)).Incidents.Single();
        incident.State.ShouldBe(IncidentState.Escalated);

        await simulator.Store.AcceptAsync([Ended(first, 1)], default);
        await simulator.RunAsync(TimeSpan.FromMinutes(1));
        (await simulator.Store.FindIncidentAsync(incident.Id, default))!.OverAt.ShouldBeNull("one of its alerts still fires");
        await simulator.Store.AcceptAsync([Ended(second, 2)], default);
        await simulator.RunAsync(TimeSpan.FromMinutes(1));
        await simulator.Store.AcceptAsync([Ended(second, 3) with { EndsAt = second.StartsAt.AddMinutes(6) }], default);
        await simulator.RunAsync(TimeSpan.FromMinutes(1));

        var ended = (await simulator.Store.FindIncidentAsync(incident.Id, default))!;
        ended.OverAt.ShouldNotBeNull();
        ended.State.ShouldBe(IncidentState.Escalated, "that people had to take over stays true");
        (await simulator.Store.ReadLedgerAsync(incident.Id.ToString(), 100, default)).Count(entry => entry.Kind == "over").ShouldBe(1);
        (await simulator.NoticesAsync()).Where(notice => notice.Key.StartsWith("over/", StringComparison.Ordinal)).ShouldHaveSingleItem().Kind.ShouldBe(NoticeKind.Resolved);
        await Invariants.CheckAsync(simulator);
    }
}
