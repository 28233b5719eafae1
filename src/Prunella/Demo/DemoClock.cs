namespace Prunella.Demo;

/// <summary>
/// The demo's clock: it goes on by small steps, and each step waits until what the step before set off has been worked through.
/// A quiet machine lets it run ahead of the wall's clock; a loaded one holds it back, so that a fault lasts as long, and is
/// answered as soon, wherever the demo is played. Everything of the demo runs on it.
/// </summary>
internal sealed class DemoClock : TimeProvider, IDisposable
{
    /// <summary>The pace of a demo that is watched.</summary>
    internal const double AsOnTheWall = 1;

    /// <summary>The pace, at most, of a demo whose end is waited for.</summary>
    internal const double Fast = 10;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>A step waits no longer than this, so that work without end cannot stop the clock.</summary>
    private static readonly TimeSpan StepWithin = TimeSpan.FromMilliseconds(400);

    private readonly Lock gate = new();
    private readonly PriorityQueue<DemoTimer, (long Due, long Number)> queue = new();
    private readonly ManualResetEventSlim stopping = new();
    private readonly double paceMax;
    private readonly DateTimeOffset start = System.GetUtcNow();
    private readonly Thread pump;
    private long ticks;
    private long numbers;

    /// <param name="paceMax">Seconds of this clock in one second of the wall's, at most.</param>
    internal DemoClock(double paceMax)
    {
        this.paceMax = paceMax;
        pump = new Thread(Run) { IsBackground = true, Name = "demo clock" };
        pump.Start();
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => start.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new DemoTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Dispose()
    {
        stopping.Set();
        pump.Join();
        stopping.Dispose();
    }

    private void Run()
    {
        var began = System.GetTimestamp();
        while (!stopping.IsSet)
        {
            FireDue(Interlocked.Add(ref ticks, Step.Ticks));
            WaitUntilCalm();
            var ahead = TimeSpan.FromTicks((long)(GetTimestamp() / paceMax)) - System.GetElapsedTime(began);
            if (ahead > TimeSpan.Zero) stopping.Wait(ahead, CancellationToken.None);
            else if (ahead < -Step) began = System.GetTimestamp() - (long)(GetTimestamp() / paceMax / TimeSpan.TicksPerSecond * System.TimestampFrequency); // time lost is not made up for
        }
    }

    private void FireDue(long now)
    {
        while (true)
        {
            DemoTimer? timer;
            lock (gate)
            {
                if (!queue.TryPeek(out timer, out var place) || place.Due > now) return;
                queue.Dequeue();
                if (place.Number != timer.Number) continue; // changed since
                if (timer.Period > 0) Enqueue(timer, Math.Max(place.Due + timer.Period, now));
                else timer.Number = 0;
            }
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), timer, preferLocal: false);
        }
    }

    // Calm is when twice in a row nobody works in the pool and nothing waits for it. What is on its way between two sockets of
    // this process shows in neither, so there is a pause before each look.
    private void WaitUntilCalm()
    {
        var began = System.GetTimestamp();
        for (var calm = 0; calm < 2 && System.GetElapsedTime(began) < StepWithin && !stopping.IsSet;)
        {
            stopping.Wait(1, CancellationToken.None);
            calm = Working() == 0 ? calm + 1 : 0;
        }
    }

    private static long Working()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free + ThreadPool.PendingWorkItemCount;
    }

    private void Enqueue(DemoTimer timer, long due)
    {
        timer.Number = ++numbers;
        queue.Enqueue(timer, (due, timer.Number));
    }

    private sealed class DemoTimer(DemoClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool disposed;

        internal long Number { get; set; }

        /// <summary>Ticks; 0 for a timer that fires once.</summary>
        internal long Period { get; private set; }

        internal void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                if (disposed) return false;
                Number = 0;
                Period = period > TimeSpan.Zero ? period.Ticks : 0;
                if (dueTime >= TimeSpan.Zero) clock.Enqueue(this, clock.GetTimestamp() + dueTime.Ticks);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock.gate) (disposed, Number, Period) = (true, 0, 0);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
