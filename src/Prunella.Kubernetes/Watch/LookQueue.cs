using System.Threading.Channels;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Watch;

/// <summary>Objects of one namespace to be looked at together.</summary>
/// <param name="Namespace">The namespace; empty for nodes.</param>
/// <param name="Keys">The top owners.</param>
internal sealed record Look(string Namespace, IReadOnlyCollection<ObjectRef> Keys);

/// <summary>
/// Top owners that wait to be looked at, gathered by namespace: a thousand events about one deployment are one key, and a
/// hundred deployments of a namespace one look. A namespace is looked at by one worker at a time and no more often than the
/// options say. Bounded; thread-safe.
/// </summary>
internal sealed class LookQueue(OperatorOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Waiting> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectRef, int> failures = [];
    private readonly Channel<bool> doorbell = Channel.CreateBounded<bool>(new BoundedChannelOptions(options.Workers) { FullMode = BoundedChannelFullMode.DropWrite });
    private int keys;

    /// <summary>Keys that wait.</summary>
    internal int Count
    {
        get
        {
            lock (gate) return keys;
        }
    }

    /// <summary>Look at it as soon as may be.</summary>
    internal void Add(ObjectRef key) => Add(key, time.GetUtcNow());

    /// <summary>Look at it at that time, or earlier when something else calls for it.</summary>
    internal void Add(ObjectRef key, DateTimeOffset due)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(key.Namespace, out var space)) waiting[key.Namespace] = space = new Waiting();
            if (space.Due.TryGetValue(key, out var known))
            {
                if (known <= due) return;
            }
            else if (keys >= options.QueueMax)
            {
                // The look is at the whole namespace anyway; only that it happens must not be lost.
                space.Overflow = space.Overflow is { } earlier && earlier < due ? earlier : due;
                Ring();
                return;
            }
            else
            {
                keys++;
            }
            space.Due[key] = due;
        }
        Ring();
    }

    /// <summary>Shows signs and no cause: look again after a pause that doubles.</summary>
    internal void AddAgain(ObjectRef key)
    {
        DateTimeOffset due;
        lock (gate)
        {
            var count = failures.GetValueOrDefault(key);
            failures[key] = count + 1;
            due = time.GetUtcNow() + BackOff.Of(options.LookAgainFirst, options.LookAgainMax, count);
        }
        Add(key, due);
    }

    /// <summary>It is well, or its cause is known: the next pause is the first one again.</summary>
    internal void Settled(ObjectRef key)
    {
        lock (gate) failures.Remove(key);
    }

    /// <summary>Waits for the next look. The caller says when it is done.</summary>
    internal async Task<Look> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var wait = Timeout.InfiniteTimeSpan;
            lock (gate)
            {
                var now = time.GetUtcNow();
                foreach (var (name, space) in waiting)
                {
                    if (space.Busy || space.Next is not { } next) continue;
                    var at = next > space.NotBefore ? next : space.NotBefore;
                    if (at <= now) return Take(name, space, now);
                    if (wait == Timeout.InfiniteTimeSpan || at - now < wait) wait = at - now;
                }
            }
            // A timer that is early by rounding would spin.
            if (wait != Timeout.InfiniteTimeSpan && wait < TimeSpan.FromMilliseconds(1)) wait = TimeSpan.FromMilliseconds(1);
            await WaitAsync(wait, cancellation);
        }
    }

    /// <summary>The look has ended; the namespace may be looked at again.</summary>
    internal void Done(string @namespace)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(@namespace, out var space)) return;
            space.Busy = false;
            if (space.Next is null && space.NotBefore <= time.GetUtcNow()) waiting.Remove(@namespace);
        }
        Ring();
    }

    private Look Take(string name, Waiting space, DateTimeOffset now)
    {
        List<ObjectRef> due = [.. space.Due.Where(entry => entry.Value <= now).Select(entry => entry.Key)];
        foreach (var key in due) space.Due.Remove(key);
        keys -= due.Count;
        if (space.Overflow <= now) space.Overflow = null;
        space.Busy = true;
        space.NotBefore = now + options.LookEvery;
        return new Look(name, due);
    }

    private async Task WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        using var timeout = atMost == Timeout.InfiniteTimeSpan ? new CancellationTokenSource() : new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await doorbell.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Something is due.
        }
    }

    private void Ring() => doorbell.Writer.TryWrite(true);

    private sealed class Waiting
    {
        internal Dictionary<ObjectRef, DateTimeOffset> Due { get; } = [];

        internal DateTimeOffset? Overflow { get; set; }

        internal DateTimeOffset NotBefore { get; set; }

        internal bool Busy { get; set; }

        internal DateTimeOffset? Next
        {
            get
            {
                var next = Overflow;
                foreach (var due in Due.Values) if (next is null || due < next) next = due;
                return next;
            }
        }
    }
}
