using System.Collections.Concurrent;

namespace Prunella.Sandbox.Kubelet;

/// <summary>One line a container wrote.</summary>
internal readonly record struct LogLine(DateTimeOffset Time, string Text);

/// <summary>What one run of one container wrote: the newest lines, up to a bound. Safe for one writer and many readers.</summary>
internal sealed class LogBook(int linesMax)
{
    private readonly Queue<LogLine> lines = new();
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long dropped;
    private bool closed;

    /// <summary>Lines ever written.</summary>
    public long Count
    {
        get { lock (gate) return dropped + lines.Count; }
    }

    public bool IsClosed
    {
        get { lock (gate) return closed; }
    }

    public void Write(DateTimeOffset time, string text)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            lines.Enqueue(new LogLine(time, text));
            if (lines.Count > linesMax)
            {
                lines.Dequeue();
                dropped++;
            }

            wake = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        wake.TrySetResult();
    }

    /// <summary>No more lines will come.</summary>
    public void Close()
    {
        lock (gate) closed = true;
        changed.TrySetResult();
    }

    /// <summary>The lines from number <paramref name="start"/> on, the last <paramref name="tail"/> of them, and the next number.</summary>
    public (IReadOnlyList<LogLine> Lines, long Next) Read(long start, DateTimeOffset? since, long? tail)
    {
        lock (gate)
        {
            var wanted = lines.Skip((int)Math.Max(0, start - dropped));
            if (since is { } from) wanted = wanted.Where(line => line.Time >= from);
            var found = wanted.ToList();
            if (tail is { } count && count < found.Count) found = found.GetRange(found.Count - (int)count, (int)count);
            return (found, dropped + lines.Count);
        }
    }

    public Task WaitAsync(long beyond, CancellationToken token)
    {
        lock (gate)
        {
            return closed || dropped + lines.Count > beyond ? Task.CompletedTask : changed.Task.WaitAsync(token);
        }
    }
}

/// <summary>The log books of every container: the present run and the one before it.</summary>
internal sealed class ContainerLogs(int linesMax)
{
    private readonly ConcurrentDictionary<(string PodUid, string Container), (LogBook Current, LogBook? Previous)> books = new();

    /// <summary>Opens a new book for a new run; the present one becomes the previous one.</summary>
    public LogBook Open(string podUid, string container)
    {
        var fresh = new LogBook(linesMax);
        books.AddOrUpdate((podUid, container), (fresh, null), (_, old) =>
        {
            old.Current.Close();
            return (fresh, old.Current);
        });
        return fresh;
    }

    public LogBook? Find(string podUid, string container, bool previous) =>
        books.TryGetValue((podUid, container), out var found) ? previous ? found.Previous : found.Current : null;

    public void Forget(string podUid)
    {
        foreach (var key in books.Keys)
        {
            if (key.PodUid == podUid && books.TryRemove(key, out var gone)) gone.Current.Close();
        }
    }
}
