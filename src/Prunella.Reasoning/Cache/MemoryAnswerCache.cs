namespace Prunella.Reasoning.Cache;

/// <summary>Answers in memory: the least recently used make room.</summary>
internal sealed class MemoryAnswerCache(int answersMax, TimeSpan lifetime, TimeProvider time) : IAnswerCache
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> byDigest = new(StringComparer.Ordinal);
    private readonly LinkedList<Kept> newestFirst = [];

    public ValueTask<string?> FindAsync(string digest, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!byDigest.TryGetValue(digest, out var node)) return ValueTask.FromResult<string?>(null);
            newestFirst.Remove(node);
            if (time.GetUtcNow() - node.Value.At >= lifetime)
            {
                byDigest.Remove(digest);
                return ValueTask.FromResult<string?>(null);
            }
            newestFirst.AddFirst(node);
            return ValueTask.FromResult<string?>(node.Value.Answer);
        }
    }

    public ValueTask KeepAsync(string digest, string answer, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (byDigest.Remove(digest, out var old)) newestFirst.Remove(old);
            byDigest[digest] = newestFirst.AddFirst(new Kept(digest, answer, time.GetUtcNow()));
            while (byDigest.Count > answersMax)
            {
                byDigest.Remove(newestFirst.Last!.Value.Digest);
                newestFirst.RemoveLast();
            }
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask ForgetAsync(string digest, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (byDigest.Remove(digest, out var node)) newestFirst.Remove(node);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed record Kept(string Digest, string Answer, DateTimeOffset At);
}
