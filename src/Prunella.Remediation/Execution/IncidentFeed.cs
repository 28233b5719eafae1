using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Prunella.Incidents;

namespace Prunella.Remediation.Execution;

/// <summary>What happened to an incident, as people read it.</summary>
public enum IncidentEventKind
{
    /// <summary>Signals opened it.</summary>
    Noticed,

    /// <summary>Evidence is in.</summary>
    Gathered,

    /// <summary>A cause was recognised, or not.</summary>
    Diagnosed,

    /// <summary>The gate gave a verdict.</summary>
    Judged,

    /// <summary>A person is asked.</summary>
    Asked,

    /// <summary>A person decided, or the time ran out.</summary>
    Decided,

    /// <summary>The effect happened.</summary>
    Acted,

    /// <summary>The validation ended.</summary>
    Checked,

    /// <summary>The effect was undone.</summary>
    Undone,

    /// <summary>People take over.</summary>
    Escalated,

    /// <summary>It is fixed, or its alerts ended.</summary>
    Resolved,

    /// <summary>Nothing to do, or only recorded.</summary>
    Closed,

    /// <summary>Kill switch, breaker, stage, storm.</summary>
    Safety,
}

/// <summary>One event of the live story. It was committed before it is told.</summary>
/// <param name="At">When.</param>
/// <param name="Incident">The incident; null for safety events.</param>
/// <param name="Target">What it is about; null for safety events.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Text">For people; may quote hostile text.</param>
public sealed record IncidentEvent(DateTimeOffset At, IncidentId? Incident, Target? Target, IncidentEventKind Kind, string Text);

/// <summary>
/// Tells what happens to whoever listens. A slow listener loses the oldest events it has not read, never delays the engine,
/// and can read the ledger for the rest. Thread-safe.
/// </summary>
public sealed class IncidentFeed
{
    private const int EventsMax = 4_096;
    private ImmutableArray<Channel<IncidentEvent>> listeners = [];

    /// <summary>Tells one event.</summary>
    public void Publish(IncidentEvent happened)
    {
        foreach (var listener in listeners) listener.Writer.TryWrite(happened);
    }

    /// <summary>Events from now on, until cancelled. The subscription holds from the call on, not from the first read.</summary>
    public IAsyncEnumerable<IncidentEvent> SubscribeAsync(CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<IncidentEvent>(new BoundedChannelOptions(EventsMax) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableInterlocked.Update(ref listeners, (all, one) => all.Add(one), channel);
        return ReadAsync(channel, cancellation);
    }

    private async IAsyncEnumerable<IncidentEvent> ReadAsync(Channel<IncidentEvent> channel, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
                while (channel.Reader.TryRead(out var happened)) yield return happened;
        }
        finally
        {
            ImmutableInterlocked.Update(ref listeners, (all, one) => all.Remove(one), channel);
        }
    }
}
