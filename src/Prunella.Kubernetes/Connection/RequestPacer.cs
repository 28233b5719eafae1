namespace Prunella.Kubernetes.Connection;

/// <summary>Bounds requests: so many at once, and so many a second after a burst. Thread-safe.</summary>
internal sealed class RequestPacer(int concurrencyMax, int perSecondMax, int burst, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim slots = new(concurrencyMax, concurrencyMax);
    private readonly Lock gate = new();
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1.0 / perSecondMax);
    private readonly TimeSpan tolerance = TimeSpan.FromSeconds((double)burst / perSecondMax);
    private DateTimeOffset theoreticalArrival;

    /// <summary>Waits for its turn; the caller disposes what it gets when the answer is read.</summary>
    internal async Task<Turn> EnterAsync(CancellationToken cancellation)
    {
        var wait = NextWait();
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation);
        await slots.WaitAsync(cancellation);
        return new Turn(slots);
    }

    // The generic cell rate algorithm (ITU-T I.371): one timestamp instead of a queue of tokens.
    private TimeSpan NextWait()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (theoreticalArrival < now) theoreticalArrival = now;
            theoreticalArrival += interval;
            return theoreticalArrival - tolerance - now;
        }
    }

    public void Dispose() => slots.Dispose();

    internal readonly struct Turn(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
