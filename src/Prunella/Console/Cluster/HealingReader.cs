using Prunella.Incidents;
using Prunella.Remediation.Injections;
using Prunella.Remediation.Storage;
using Prunella.Reporting;

namespace Prunella.Console.Cluster;

/// <summary>What happened to a target in the time looked at.</summary>
/// <param name="Target">The target.</param>
/// <param name="Incidents">Its incidents.</param>
/// <param name="Alone">Of them, mended without a person.</param>
/// <param name="Escalated">Of them, handed to people.</param>
/// <param name="Attempts">What was done in them, how often.</param>
/// <param name="Recover">The time to recover in the middle; null when none recovered.</param>
/// <param name="Latest">The newest.</param>
public sealed record HealedTarget(Target Target, int Incidents, int Alone, int Escalated, int Attempts, double? Recover, Incident Latest);

/// <summary>An injected failure and the incident that it made.</summary>
/// <param name="Injection">What was injected.</param>
/// <param name="Incident">The earliest incident that it explains; null when none was noticed.</param>
/// <param name="Certain">Whether it touched the incident's very target; else only time and namespace fit.</param>
public sealed record ChaosOutcome(InjectionRecord Injection, Incident? Incident, bool Certain);

/// <summary>What was healed and what was injected.</summary>
/// <param name="Targets">Targets that had incidents, the latest first.</param>
/// <param name="Chaos">Injections, newest first.</param>
/// <param name="IsCut">Whether there were more incidents than are read.</param>
public sealed record HealingHistory(IReadOnlyList<HealedTarget> Targets, IReadOnlyList<ChaosOutcome> Chaos, bool IsCut);

/// <summary>Reads the history once for however many pages ask within a while. Thread-safe.</summary>
internal sealed class HealingReader(IRemediationStore store, InjectionBook injections, TimeProvider time) : IDisposable
{
    /// <summary>How far back it goes, in days.</summary>
    internal const int Days = 30;

    /// <summary>Most incidents read.</summary>
    internal const int IncidentsMax = 500;

    private const int InjectionsMax = 100;
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim turn = new(1);
    private (long At, HealingHistory History)? last;

    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal async Task<HealingHistory> ReadAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (last is { } kept && TimeProvider.System.GetElapsedTime(kept.At) < AgeMax) return kept.History;
            var page = await store.ListIncidentsAsync(new IncidentQuery { Since = time.GetUtcNow() - TimeSpan.FromDays(Days), Max = IncidentsMax }, cancellation);
            var incidents = page.Incidents.Where(incident => incident.JoinedInto is null).ToList();
            var chaos = (await injections.ListAsync(cancellation)).Take(InjectionsMax).Select(injection => OutcomeOf(injection, incidents)).ToList();
            var history = new HealingHistory([.. incidents.GroupBy(incident => incident.Target.Key).Select(TargetOf).OrderByDescending(target => target.Latest.NoticedAt)], chaos, page.Total > page.Incidents.Count);
            last = (TimeProvider.System.GetTimestamp(), history);
            return history;
        }
        finally
        {
            turn.Release();
        }
    }

    private static HealedTarget TargetOf(IEnumerable<Incident> of)
    {
        var incidents = of.OrderByDescending(incident => incident.NoticedAt).ToList();
        return new HealedTarget(
            incidents[0].Target, incidents.Count, incidents.Count(ReportReader.IsMendedAlone), incidents.Count(incident => incident.State == IncidentState.Escalated),
            incidents.Sum(incident => incident.Attempts.Count(attempt => attempt.ActedAt is not null)),
            ReportTimes.Of([.. incidents.Where(incident => incident.State == IncidentState.Resolved && incident.RecoveredAt is not null).Select(incident => (incident.RecoveredAt!.Value - incident.StartedAt).TotalSeconds)]).MedianSeconds,
            incidents[0]);
    }

    private static ChaosOutcome OutcomeOf(InjectionRecord injection, List<Incident> incidents)
    {
        var explained = incidents.Select(incident => (Incident: incident, Certain: injection.Explains(incident, InjectionBook.Grace))).Where(pair => pair.Certain is not null)
            .OrderByDescending(pair => pair.Certain).ThenBy(pair => pair.Incident.NoticedAt).FirstOrDefault();
        return new ChaosOutcome(injection, explained.Incident, explained.Certain == true);
    }

    public void Dispose() => turn.Dispose();
}
