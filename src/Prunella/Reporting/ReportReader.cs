using Microsoft.Extensions.Options;
using Prunella.Incidents;
using Prunella.Remediation.Storage;

namespace Prunella.Reporting;

// Incidents are read page after page and only a few numbers of each are kept: memory does not grow with the span.
/// <summary>Counts incidents for the report. Thread-safe.</summary>
internal sealed class ReportReader(IRemediationStore store, IOptions<ReportOptions> options, TimeProvider time)
{
    /// <summary>Most incidents that are read for a report.</summary>
    internal const int IncidentsMax = 100_000;

    private const int PageIncidents = 500;
    private const int CausesShown = 10;

    /// <summary>The report of the last days.</summary>
    /// <param name="days">1 to 366.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal async Task<OperationsReport> ReadAsync(int days, CancellationToken cancellation)
    {
        var until = time.GetUtcNow();
        var length = TimeSpan.FromDays(Math.Clamp(days, 1, 366));
        var since = until - length;
        var (period, before) = (new Tally(), new Tally());
        IncidentId? last = null;
        var read = 0;
        for (var more = true; more && read < IncidentsMax;)
        {
            var page = await store.ListIncidentsAsync(new IncidentQuery { Since = since - length, Before = last, Max = PageIncidents }, cancellation).ConfigureAwait(false);
            foreach (var incident in page.Incidents) (incident.NoticedAt >= since ? period : before).Add(incident);
            read += page.Incidents.Count;
            more = page.Incidents.Count == PageIncidents;
            if (more) last = page.Incidents[^1].Id;
        }
        var counted = period.Period();
        return new OperationsReport
        {
            Since = since, Until = until, Period = counted, Before = before.Period(), Causes = period.Causes(CausesShown), Savings = Savings(counted.HealedAlone), IsCut = read >= IncidentsMax,
        };
    }

    /// <summary>Whether an incident was resolved by what was done, and no person had to approve any of it.</summary>
    internal static bool IsMendedAlone(Incident incident)
    {
        var acted = incident.Attempts.Where(attempt => attempt.ActedAt is not null).ToList();
        return incident.State == IncidentState.Resolved && acted.Count > 0 && acted.TrueForAll(attempt => attempt.Approval is null);
    }

    private ReportSavings? Savings(int healed)
    {
        var rates = options.Value;
        if (rates.MinutesByHand == 0) return null;
        var hours = healed * rates.MinutesByHand / 60.0;
        return new ReportSavings(rates.MinutesByHand, rates.HourlyRate, rates.Currency, hours, hours * rates.HourlyRate);
    }

    private sealed class Tally
    {
        private readonly List<double> detect = [], decide = [], recover = [];
        private readonly Dictionary<string, CauseTally> causes = new(StringComparer.Ordinal);
        private int incidents, alerts, alone, approved, away, escalated, observed, open, undone;

        internal void Add(Incident incident)
        {
            // What was joined into another is that one's; it would be counted twice.
            if (incident.JoinedInto is not null) return;
            incidents++;
            alerts += incident.SignalCount;
            undone += incident.Attempts.Count(attempt => attempt.UndoExecution is not null);
            Measure(detect, incident.StartedAt, incident.NoticedAt);
            Measure(decide, incident.NoticedAt, incident.DecidedAt);
            var byItself = IsMendedAlone(incident);
            switch (incident.State)
            {
                case IncidentState.Resolved when incident.Attempts.All(attempt => attempt.ActedAt is null): away++; break;
                case IncidentState.Resolved when byItself: alone++; break;
                case IncidentState.Resolved: approved++; break;
                case IncidentState.Escalated: escalated++; break;
                case IncidentState.Closed: observed++; break;
                default: open++; break;
            }
            var name = incident.Diagnosis?.Cause is { Length: > 0 } known ? known : "–";
            if (!causes.TryGetValue(name, out var cause)) causes.Add(name, cause = new CauseTally());
            cause.Incidents++;
            if (byItself) cause.Alone++;
            if (incident.State == IncidentState.Escalated) cause.Escalated++;
            if (incident.State != IncidentState.Resolved) return;
            Measure(recover, incident.StartedAt, incident.RecoveredAt ?? incident.ClosedAt);
            Measure(cause.Recover, incident.StartedAt, incident.RecoveredAt ?? incident.ClosedAt);
        }

        internal ReportPeriod Period() => new()
        {
            Incidents = incidents, Alerts = alerts, HealedAlone = alone, HealedApproved = approved, WentAway = away, Escalated = escalated, Observed = observed, Open = open, Undone = undone,
            Detect = ReportTimes.Of(detect), Decide = ReportTimes.Of(decide), Recover = ReportTimes.Of(recover),
        };

        internal IReadOnlyList<ReportCause> Causes(int top) =>
            [.. causes.OrderByDescending(cause => cause.Value.Incidents).ThenBy(cause => cause.Key, StringComparer.Ordinal).Take(top)
                .Select(cause => new ReportCause(cause.Key, cause.Value.Incidents, cause.Value.Alone, cause.Value.Escalated, ReportTimes.Of(cause.Value.Recover).MedianSeconds))];

        private static void Measure(List<double> times, DateTimeOffset from, DateTimeOffset? to)
        {
            if (to is { } end) times.Add(Math.Max(0, (end - from).TotalSeconds));
        }
    }

    private sealed class CauseTally
    {
        internal List<double> Recover { get; } = [];

        internal int Incidents { get; set; }

        internal int Alone { get; set; }

        internal int Escalated { get; set; }
    }
}
