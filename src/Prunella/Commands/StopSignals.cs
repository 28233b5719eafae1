using System.Runtime.InteropServices;

namespace Prunella.Commands;

/// <summary>
/// Ctrl+C and SIGTERM: the first asks to stop, and what has not stopped in time is ended; a second ends at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TimeSpan patience;
    private readonly TimeProvider time;
    private readonly Action<int> end;
    private readonly PosixSignalRegistration[] registered;
    private ITimer? late;
    private int count;

    /// <param name="patience">How long stopping may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="end">Ends the process with a code.</param>
    internal StopSignals(TimeSpan patience, TimeProvider time, Action<int> end)
    {
        (this.patience, this.time, this.end) = (patience, time, end);
        registered = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Came), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Came)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => stopping.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in registered) one.Dispose();
        late?.Dispose();
        stopping.Dispose();
    }

    /// <summary>Takes a signal.</summary>
    internal void Take(PosixSignal signal)
    {
        var code = 128 + (signal == PosixSignal.SIGTERM ? 15 : 2);
        if (Interlocked.Increment(ref count) > 1)
        {
            end(code);
            return;
        }
        late = time.CreateTimer(_ => end(code), null, patience, Timeout.InfiniteTimeSpan);
        stopping.Cancel();
    }

    private void Came(PosixSignalContext context)
    {
        context.Cancel = true;
        Take(context.Signal);
    }
}
