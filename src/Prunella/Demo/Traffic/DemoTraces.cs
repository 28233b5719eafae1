using System.Globalization;
using Prunella.Console;
using Prunella.Traces;

namespace Prunella.Demo.Traffic;

/// <summary>What the demo tells of the shop's traces.</summary>
internal static class DemoTraces
{
    internal static async Task TellAsync(IServiceProvider services, Narrator narrator, CancellationToken cancellation)
    {
        var reading = await services.GetRequiredService<RecentTraces>().ReadAsync(new TraceWindow(TimeSpan.FromHours(1), null), again: true, cancellation);
        if (reading.Slow.Count == 0) return;
        var slow = reading.Slow[0];
        narrator.Say(string.Create(CultureInfo.InvariantCulture,
            $"  {reading.Report.Traces:N0} requests of the shop were traced. The slowest, {slow.Operation}, took {Wording.Micros(slow.DurationUs)} and waited {Wording.Micros(slow.WaitsForUs)} for {slow.WaitsForOperation} of {slow.WaitsForService}."));
        if (reading.Advice.FirstOrDefault(advice => advice.GainP50Us is not null) is { GainP50Us: { } gain } first)
            narrator.Say(string.Create(CultureInfo.InvariantCulture, $"  Worth most: {first.Title}. It saves {Wording.Micros(gain)} of a trace, {Wording.Percent(first.GainShareP50)}."));
    }
}
