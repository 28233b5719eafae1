using System.Globalization;
using System.Text;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Escalation;

/// <summary>Tells at set times what happened since the last digest and what waits for people. One that fell into a time when nothing ran is told at the next start.</summary>
internal sealed class DigestWriter(IRemediationStore store, EscalationPolicyOptions options, TimeProvider time)
{
    /// <summary>The setting with the moment up to which was told.</summary>
    internal const string LastKey = "digest/last";

    private const int LinesMax = 20;
    private const int PageIncidents = 500;
    private const int IncidentsMax = 20_000;

    // What is older is in the report.
    private static readonly TimeSpan BackMax = TimeSpan.FromDays(7);
    private readonly CronClock? clock = options.Digest.Clock();

    /// <summary>Writes digests until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        if (clock is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(false);
            return;
        }
        while (true)
        {
            await WriteIfDueAsync(cancellation).ConfigureAwait(false);
            var next = clock.After(time.GetUtcNow()) ?? DateTimeOffset.MaxValue;
            var wait = next - time.GetUtcNow();
            // A timer takes no more than weeks; a clock that is set is seen within the hour.
            await Task.Delay(wait < TimeSpan.FromHours(1) ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.FromHours(1), time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the digest of the last set time, unless it is written.</summary>
    internal async Task WriteIfDueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var setting = await store.ReadSettingAsync(LastKey, cancellation).ConfigureAwait(false);
        var until = clock!.LastUntil(now, BackMax) ?? DateTimeOffset.MinValue;
        var known = DateTimeOffset.TryParse(setting?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var last);
        if (known && until <= last) return;
        var change = new StoreChange { Settings = [new Setting(LastKey, (known ? until : now).ToString("O", CultureInfo.InvariantCulture), setting?.Version ?? 0)] };
        // The first one has nothing before it: it begins to count.
        if (known) change = change with { Notices = [await WriteAsync(last > until - BackMax ? last : until - BackMax, until, cancellation).ConfigureAwait(false)] };
        try
        {
            await store.CommitAsync(change, cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException)
        {
            // Another replica wrote it.
        }
    }

    private async Task<Notice> WriteAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellation)
    {
        var incidents = await ReadAsync(since, until, cancellation).ConfigureAwait(false);
        var mended = incidents.Count(incident => incident is { State: IncidentState.Resolved, ActedAt: not null });
        var over = incidents.Count(incident => incident is { State: IncidentState.Resolved, ActedAt: null });
        var handed = incidents.Where(incident => incident.State == IncidentState.Escalated).ToList();
        var nobody = handed.Where(incident => incident is { Acknowledged: null, OverAt: null }).ToList();
        var open = incidents.Where(incident => !incident.Ended).ToList();
        var title = incidents.Count == 0 ? "Nothing happened" : $"{Count(incidents.Count, "incident")}: {mended} mended, {over} over without an action, {handed.Count} handed to people";
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"From {since:yyyy-MM-dd HH:mm} to {until:yyyy-MM-dd HH:mm} UTC.\n");
        Lines(text, "Nobody looks at these", nobody, incident => incident.Outcome);
        Lines(text, "Still open", open, incident => incident.State.ToString());
        Lines(text, "Taken over by people, or ended since", [.. handed.Except(nobody)], incident => incident.Acknowledged is { } taken ? $"{taken.By} looks at it" : "its alerts have ended");
        Lines(text, "Mended", [.. incidents.Where(incident => incident is { State: IncidentState.Resolved, ActedAt: not null })], incident => incident.Outcome);
        return new Notice(NoticeKind.Digest, $"digest/{until:yyyyMMddHHmm}", null, title, text.ToString(), time.GetUtcNow()) { Severity = Severity.Info };
    }

    private async Task<List<Incident>> ReadAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellation)
    {
        List<Incident> read = [];
        IncidentId? before = null;
        for (var more = true; more && read.Count < IncidentsMax;)
        {
            var page = await store.ListIncidentsAsync(new IncidentQuery { Since = since, Before = before, Max = PageIncidents }, cancellation).ConfigureAwait(false);
            read.AddRange(page.Incidents.Where(incident => incident.JoinedInto is null && incident.NoticedAt < until));
            more = page.Incidents.Count == PageIncidents;
            if (more) before = page.Incidents[^1].Id;
        }
        return read;
    }

    private static void Lines(StringBuilder text, string head, List<Incident> incidents, Func<Incident, string> end)
    {
        if (incidents.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n{head} ({incidents.Count}):\n");
        foreach (var incident in incidents.Take(LinesMax)) text.Append(CultureInfo.InvariantCulture, $"  {incident.Id.Short} {incident.Target}, {incident.NoticedAt:HH:mm}: {end(incident)}\n");
        if (incidents.Count > LinesMax) text.Append(CultureInfo.InvariantCulture, $"  and {incidents.Count - LinesMax} more\n");
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
