using System.Threading.Channels;

namespace Prunella.Sandbox.Storage;

/// <summary>Hands each change of one type to the watchers of its namespace and to those of all namespaces, and to nobody else.</summary>
internal sealed class WatchHub
{
    private readonly Dictionary<string, List<Watcher>> byNamespace = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public void Add(Watcher watcher)
    {
        lock (gate)
        {
            if (!byNamespace.TryGetValue(watcher.Namespace, out var watchers)) byNamespace[watcher.Namespace] = watchers = [];
            watchers.Add(watcher);
        }
    }

    public void Drop(Watcher watcher)
    {
        lock (gate)
        {
            if (!byNamespace.TryGetValue(watcher.Namespace, out var watchers)) return;
            watchers.Remove(watcher);
            if (watchers.Count == 0) byNamespace.Remove(watcher.Namespace);
        }
    }

    public void Publish(StoreChange change)
    {
        lock (gate)
        {
            Offer("", change);
            if (change.Image.Namespace.Length > 0) Offer(change.Image.Namespace, change);
        }
    }

    private void Offer(string ns, StoreChange change)
    {
        if (!byNamespace.TryGetValue(ns, out var watchers)) return;
        foreach (var watcher in watchers) watcher.Offer(change);
    }
}

/// <summary>One client's queue of changes. A client that falls behind by a whole queue is cut off and must list again.</summary>
internal sealed class Watcher(WatchHub hub, string ns, int queueMax) : IDisposable
{
    private readonly Channel<StoreChange> queue = Channel.CreateBounded<StoreChange>(
        new BoundedChannelOptions(queueMax) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    public string Namespace { get; } = ns;
    public ChannelReader<StoreChange> Changes => queue.Reader;

    public void Offer(StoreChange change)
    {
        if (!queue.Writer.TryWrite(change)) queue.Writer.TryComplete();
    }

    public void Dispose()
    {
        hub.Drop(this);
        queue.Writer.TryComplete();
    }
}
