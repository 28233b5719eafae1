using System.Collections.Immutable;
using Prunella.Remediation.Execution;

namespace Prunella.Console.Live;

/// <summary>
/// Tells open pages that something changed: at most every quarter of a second however much happens, and every few seconds
/// without being told, for what makes no event. In between it ticks each second, for clocks and countdowns. Keeps the newest events for pages that open later. Thread-safe.
/// </summary>
internal sealed class Pulse(IncidentFeed feed) : BackgroundService
{
    /// <summary>Events kept.</summary>
    internal const int EventsMax = 200;

    // A person sees no difference below this, and fifty open consoles stay cheap.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private const int BeatsPerSecond = 4;
    private readonly Lock gate = new();
    private readonly LinkedList<IncidentEvent> events = new();
    private ImmutableArray<Action<bool>> listeners = [];

    /// <summary>Counts changes.</summary>
    internal long Number { get; private set; }

    /// <summary>
    /// Up to which change pages are to show: that of the last beat, or a person's own. In a storm the next change comes while fifty pages
    /// still draw the last beat; all of them show that one.
    /// </summary>
    internal long Due { get; private set; }

    /// <summary>The newest events, newest first.</summary>
    internal IReadOnlyList<IncidentEvent> Newest(int max)
    {
        lock (gate) return [.. events.Take(max)];
    }

    /// <summary>
    /// Calls <paramref name="told"/> from any thread until disposed: with true after a change, with false each second. It must
    /// return at once.
    /// </summary>
    internal IDisposable Listen(Action<bool> told)
    {
        ImmutableInterlocked.Update(ref listeners, (all, one) => all.Add(one), told);
        return new Listening(this, told);
    }

    /// <summary>Counts a change that makes no event and whose maker wants to see it at once.</summary>
    internal void Touch()
    {
        lock (gate) Due = ++Number;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ReadAsync(feed.SubscribeAsync(stoppingToken), stoppingToken), BeatAsync(stoppingToken));

    private async Task ReadAsync(IAsyncEnumerable<IncidentEvent> happenings, CancellationToken stopping)
    {
        try
        {
            await foreach (var happened in happenings) Note(happened);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Note(IncidentEvent happened)
    {
        lock (gate)
        {
            Number++;
            if (happened.Kind == IncidentEventKind.Gathered) return;
            events.AddFirst(happened);
            if (events.Count > EventsMax) events.RemoveLast();
        }
    }

    // The clock of people who look, not the one that the demo may run ahead.
    private async Task BeatAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Least, TimeProvider.System);
        var (told, quiet, beats) = (0L, TimeSpan.Zero, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                quiet += Least;
                if (listeners.IsEmpty) continue;
                if (quiet >= Most && told == Number) Touch();
                var changed = told != Number;
                if (!changed && ++beats % BeatsPerSecond != 0) continue;
                if (changed) (told, quiet) = (Beat(), TimeSpan.Zero);
                foreach (var listener in listeners) listener(changed);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private long Beat()
    {
        lock (gate) return Due = Number;
    }

    private sealed class Listening(Pulse pulse, Action<bool> told) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref pulse.listeners, (all, one) => all.Remove(one), told);
    }
}
