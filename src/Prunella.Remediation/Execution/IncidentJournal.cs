using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Execution;

/// <summary>Commits what a step decided, and only then tells it. Thread-safe.</summary>
internal sealed class IncidentJournal(IRemediationStore store, IncidentFeed feed, TimeProvider time)
{
    internal TimeProvider Time => time;

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Commits a step.</summary>
    /// <exception cref="StaleVersionException">The incident was changed meanwhile; the step has to be decided again.</exception>
    internal async Task<Incident> CommitAsync(Incident incident, StoreChange change, IncidentEventKind kind, string text, CancellationToken cancellation)
    {
        var stored = await store.CommitAsync(change with { Incidents = [incident] }, cancellation).ConfigureAwait(false);
        if (text.Length > 0) feed.Publish(new IncidentEvent(time.GetUtcNow(), incident.Id, incident.Target, kind, text));
        return stored[0];
    }

    /// <summary>
    /// Commits a fact that must not be lost: when the incident was changed meanwhile, it is read again and the change is made to
    /// the newer one. Not cancellable between attempts, because the effect it records has happened.
    /// </summary>
    internal async Task<Incident> RecordAsync(Incident incident, Func<Incident, Task<(Incident Incident, StoreChange Change)>> apply, IncidentEventKind kind, string text)
    {
        const int TriesMax = 60;
        Incident? doubtful = null;
        for (var number = 1; ; number++)
        {
            if (doubtful is not null && await TryReadAsync(incident.Id).ConfigureAwait(false) is { } latest)
            {
                if (Holds(latest, doubtful)) return latest;
                (incident, doubtful) = (latest, null);
            }

            Incident? next = null;
            try
            {
                (next, var change) = await apply(incident).ConfigureAwait(false);
                return await CommitAsync(next, change, kind, text, CancellationToken.None).ConfigureAwait(false);
            }
            catch (StaleVersionException) when (number < TriesMax)
            {
                // With a commit in doubt, the newer version may be our own: the look above decides.
                if (doubtful is null) incident = await TryReadAsync(incident.Id).ConfigureAwait(false) ?? incident;
            }
            catch (StoreUnavailableException) when (number < TriesMax)
            {
                // The commit may have happened before the connection broke: what it wrote is looked for before it is written again.
                doubtful ??= next;
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2_000, 50 * number)), time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static bool Holds(Incident stored, Incident wanted) =>
        stored.Version > wanted.Version && stored.State == wanted.State && StoreJson.Write(stored.Attempts) == StoreJson.Write(wanted.Attempts);

    private async Task<Incident?> TryReadAsync(IncidentId id)
    {
        try
        {
            return await store.FindIncidentAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }
}
