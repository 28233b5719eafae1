using System.Text.Json;
using Prunella.Kubernetes.Connection;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Workloads;

/// <summary>An event as evidence tells it.</summary>
/// <param name="Uid">Uid of what it is about.</param>
/// <param name="About">What it is about.</param>
/// <param name="Type">Normal or Warning.</param>
/// <param name="Reason">Its reason.</param>
/// <param name="Message">Its message, as one inert line.</param>
/// <param name="Count">How often it was seen.</param>
/// <param name="At">When last.</param>
internal sealed record SeenEvent(string Uid, ObjectRef About, string Type, string Reason, string Message, long Count, DateTimeOffset At);

// A namespace of 2 000 pods has some 8 000 events in sixteen pages, of which one incident wants a dozen; events cannot be asked for by
// several uids at once. A hundred incidents at once would read 1 600 pages, and hold some 20 MB of events that none of them asked about.

/// <summary>
/// Events of namespaces. Who asks while a list is being read waits for the next one and shares it with all who came meanwhile, so that
/// nobody gets a list that was begun before it was asked for. Thread-safe.
/// </summary>
internal sealed class NamespaceEvents(ClusterApi api, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Namespace, string Fields), Turn> turns = [];

    /// <summary>Events by the uid of what they are about; those about others are not kept, but for what somebody else asked at the same time.</summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="fields">A field selector; empty for all events.</param>
    /// <param name="uids">What the events wanted are about.</param>
    /// <param name="cancellation">Ends the waiting; the list is read on for others.</param>
    /// <exception cref="ClusterApiException">The list could not be read.</exception>
    internal Task<ILookup<string, SeenEvent>> ReadAsync(string @namespace, string fields, IEnumerable<string> uids, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!turns.TryGetValue((@namespace, fields), out var turn)) turns.Add((@namespace, fields), turn = new Turn());
            turn.Wanted.UnionWith(uids);
            return (turn.NotBegun ??= turn.Newest = ListAsync((@namespace, fields), turn, turn.Newest)).WaitAsync(cancellation);
        }
    }

    private async Task<ILookup<string, SeenEvent>> ListAsync((string Namespace, string Fields) what, Turn turn, Task? before)
    {
        await Task.Yield();
        if (before is not null) await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        HashSet<string> wanted;
        lock (gate)
        {
            turn.NotBegun = null;
            (wanted, turn.Wanted) = (turn.Wanted, new HashSet<string>(StringComparer.Ordinal));
        }
        try
        {
            return (await api.ListAsync(ApiKind.Event, what.Namespace, what.Fields, item => Read(item, wanted), CancellationToken.None)).ToLookup(seen => seen.Uid, StringComparer.Ordinal);
        }
        finally
        {
            lock (gate) if (turn.NotBegun is null) turns.Remove(what);
        }
    }

    private SeenEvent? Read(JsonElement item, HashSet<string> wanted)
    {
        var root = new Field(item);
        if (root["involvedObject"]["uid"].TextOrNull is not { Length: > 0 } uid || !wanted.Contains(uid)) return null;
        var known = new KubeEvent(root, root["metadata"]["namespace"].Text);
        return known.Reason == Actions.ActionEvents.Reason ? null : new SeenEvent(uid, known.About, root["type"].Text, known.Reason, InertText.OneLine(known.Message), known.Count, known.At ?? time.GetUtcNow());
    }

    private sealed class Turn
    {
        internal Task<ILookup<string, SeenEvent>>? NotBegun { get; set; }

        /// <summary>What the list that has not begun is read for.</summary>
        internal HashSet<string> Wanted { get; set; } = new(StringComparer.Ordinal);

        internal Task<ILookup<string, SeenEvent>>? Newest { get; set; }
    }
}
