using System.Threading.Channels;
using Prunella.Incidents;

namespace Prunella.Remediation.Execution;

/// <summary>Tells the engine that an incident has something to do, or that signals wait. Coalescing, so never larger than the open incidents. Thread-safe.</summary>
public sealed class EngineWakeUps
{
    private readonly Lock gate = new();
    private readonly HashSet<IncidentId> woken = [];
    private readonly Channel<bool> incidents = Doorbell();
    private readonly Channel<bool> signals = Doorbell();

    internal ChannelReader<bool> IncidentsWait => incidents.Reader;

    internal ChannelReader<bool> SignalsWaiting => signals.Reader;

    /// <summary>An incident has something to do now.</summary>
    public void Wake(IncidentId incident)
    {
        lock (gate) woken.Add(incident);
        incidents.Writer.TryWrite(true);
    }

    /// <summary>Signals wait to be correlated.</summary>
    public void SignalsWait() => signals.Writer.TryWrite(true);

    /// <summary>Makes the engine look at its timers again.</summary>
    internal void Ring() => incidents.Writer.TryWrite(true);

    internal IncidentId[] Take()
    {
        lock (gate)
        {
            IncidentId[] taken = [.. woken];
            woken.Clear();
            return taken;
        }
    }

    private static Channel<bool> Doorbell() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
