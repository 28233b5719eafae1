using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Leader;

/// <summary>What is known about who leads.</summary>
public enum LeaderState
{
    /// <summary>Nothing yet, or the lease cannot be read: nobody else is known to lead, and this replica must not write.</summary>
    Unknown,

    /// <summary>This replica holds the lease.</summary>
    Leading,

    /// <summary>Another replica holds it; this one stands by.</summary>
    Following,
}

/// <summary>
/// Whether this replica leads at this moment, told by its own clock since its last renewal, so that it asks nobody and a
/// process that was asleep finds itself without the lease. Stands before every write. Thread-safe.
/// </summary>
public sealed class Leadership : IWriteGuard
{
    private readonly Lock gate = new();
    private readonly TimeSpan renewDeadline;
    private readonly TimeProvider time;
    private LeaderState told;
    private long renewedAt;
    private string holder = "";
    private string why = "it was not asked for yet";
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Leadership(TimeSpan renewDeadline, TimeProvider time)
    {
        (this.renewDeadline, this.time) = (renewDeadline, time);
    }

    /// <summary>What is known now. A lease not renewed within the deadline is not held, whatever its object says.</summary>
    public LeaderState State
    {
        get
        {
            lock (gate) return Present();
        }
    }

    /// <summary>Who leads as far as known; empty when that is not known.</summary>
    public string Holder
    {
        get
        {
            lock (gate) return holder;
        }
    }

    /// <summary>Ends at the next change of what is known. Take it before reading <see cref="State"/>.</summary>
    public Task Changed
    {
        get
        {
            lock (gate) return changed.Task;
        }
    }

    string? IWriteGuard.WhyNot() => WhyNot();

    internal string? WhyNot()
    {
        lock (gate)
        {
            return Present() switch
            {
                LeaderState.Leading => null,
                LeaderState.Following => $"replica {holder} leads; this one stands by.",
                _ => $"this replica does not hold the lease: {why}.",
            };
        }
    }

    /// <summary>The lease was acquired or renewed.</summary>
    /// <param name="name">This replica.</param>
    /// <param name="askedAt">The time stamp before the request was sent: the lease counts from there.</param>
    internal void Renewed(string name, long askedAt) => Tell(LeaderState.Leading, name, "", askedAt);

    /// <summary>Another replica holds it.</summary>
    internal void Follows(string name) => Tell(LeaderState.Following, name, "", 0);

    /// <summary>It could not be read or renewed. While the last renewal counts, it is still held.</summary>
    internal void Failed(string reason)
    {
        lock (gate)
        {
            why = reason;
            if (Present() == LeaderState.Leading) return;
        }
        Tell(LeaderState.Unknown, "", reason, 0);
    }

    /// <summary>It was given up.</summary>
    internal void Released() => Tell(LeaderState.Unknown, "", "it was released", 0);

    private LeaderState Present() => told == LeaderState.Leading && time.GetElapsedTime(renewedAt) >= renewDeadline ? LeaderState.Unknown : told;

    private void Tell(LeaderState state, string name, string reason, long askedAt)
    {
        TaskCompletionSource? before = null;
        lock (gate)
        {
            if (told != state || holder != name || Present() != state)
            {
                before = changed;
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            (told, holder, renewedAt) = (state, name, askedAt);
            if (reason.Length > 0) why = reason;
        }
        before?.TrySetResult();
    }
}
