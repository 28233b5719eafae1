using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>The one door for signals. When it returns, they survive a kill. Thread-safe.</summary>
public sealed class Intake(IRemediationStore store, EngineWakeUps wakeUps, EngineOptions options)
{
    private long pending;

    /// <summary>Signals accepted and not yet correlated, as far as this process knows.</summary>
    public long Pending => Interlocked.Read(ref pending);

    /// <summary>Accepts signals durably. Signals known by <see cref="Signal.Identity"/> are dropped.</summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="IntakeFullException">Too many wait; the sender keeps them and tries again.</exception>
    /// <exception cref="StoreUnavailableException">They could not be stored; the sender keeps them and tries again.</exception>
    public async Task<int> AcceptAsync(IReadOnlyList<Signal> signals, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signals);
        if (signals.Count == 0) return 0;
        if (Pending + signals.Count > options.PendingSignalsMax && Pending > 0) throw new IntakeFullException(Pending, options.PendingSignalsMax);
        var accepted = await store.AcceptAsync(signals, cancellation).ConfigureAwait(false);
        if (accepted > 0)
        {
            Interlocked.Add(ref pending, accepted);
            wakeUps.SignalsWait();
        }

        return accepted;
    }

    internal void Correlated(int count) => Interlocked.Add(ref pending, -count);

    internal void Recount(int count) => Interlocked.Exchange(ref pending, count);
}

/// <summary>Too many signals wait; nothing of this call was accepted.</summary>
public sealed class IntakeFullException(long pending, int max) : Exception($"{pending} signals wait to be correlated; allowed are {max}. Send them again later.");
