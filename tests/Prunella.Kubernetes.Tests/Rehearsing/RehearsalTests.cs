using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prunella.Incidents;
using Prunella.Kubernetes.Rehearsing;

namespace Prunella.Kubernetes.Tests.Rehearsing;

/// <summary>The rehearsal walks the whole way, or it would warm half of it; and nobody outside hears of it.</summary>
public class RehearsalTests
{
    [Fact]
    public async Task PlayAsync_InventedIncident_IsResolved_AndCountedOnAMeterThatNobodyExports()
    {
        var counted = new ConcurrentBag<string>();
        using var listening = new MeterListener();
        listening.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Prunella.Rehearsal") listener.EnableMeasurementEvents(instrument);
        };
        listening.SetMeasurementEventCallback<long>((instrument, _, tags, _) => counted.Add($"{instrument.Name} {string.Join(',', tags.ToArray().Select(tag => tag.Value))}"));
        listening.Start();

        var end = await new Rehearsal(_ => { }).PlayAsync(TimeProvider.System, TestContext.Current.CancellationToken);

        end.ShouldBe(IncidentState.Resolved);
        counted.ShouldContain("prunella.attempts raise-memory-limit,Fixed");
    }
}
