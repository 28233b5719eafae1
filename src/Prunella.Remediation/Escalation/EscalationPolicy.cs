using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Storage;

namespace Prunella.Remediation.Escalation;

/// <summary>What becomes of a notice for one sink now.</summary>
/// <param name="At">When to ask again; null when it is to be delivered or dropped now.</param>
/// <param name="Dropped">Why it is no longer told there; empty when it is to be delivered.</param>
internal readonly record struct Telling(DateTimeOffset? At, string Dropped)
{
    internal static Telling Now => new(null, "");
}

/// <summary>
/// Decides who is told now: the sinks of later steps only while nobody looks at the trouble, and in quiet hours only what is urgent. What
/// waits stands in the store as a delivery of a later time, so a restart forgets nothing. Thread-safe.
/// </summary>
internal sealed class EscalationPolicy
{
    private const string Log = "log";
    private const string ToldPrefix = "told/";
    private static readonly string[] Wakers = ["pagerduty", "opsgenie"];

    // A window ends where another may begin; looked through so often, nobody is left out for ever.
    private const int WindowsInARow = 16;
    private static readonly Target Everything = new(Target.DefaultCluster, "", "", "");
    private readonly EscalationPolicyOptions options;
    private readonly IRemediationStore store;
    private readonly WindowClock quiet;
    private readonly Dictionary<string, TimeSpan> afterBySink;

    public EscalationPolicy(EscalationPolicyOptions options, IRemediationStore store)
    {
        (this.options, this.store) = (options, store);
        quiet = options.QuietHours.Clock();
        afterBySink = options.Steps.SelectMany(step => step.Sinks.Select(sink => (Sink: sink, step.After))).ToDictionary(one => one.Sink, one => one.After, StringComparer.Ordinal);
    }

    private bool HasRules => options.Steps.Count > 0 || options.QuietHours.Windows.Count > 0;

    /// <summary>Sinks that the rules name.</summary>
    internal IEnumerable<string> Named => afterBySink.Keys.Concat(options.QuietHours.Sinks).Concat(options.Digest.Sinks).Distinct(StringComparer.Ordinal);

    /// <summary>What to do with a notice for a sink now.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal async Task<Telling> DecideAsync(Notice notice, string sink, DateTimeOffset now, CancellationToken cancellation)
    {
        if (notice.Kind == NoticeKind.Digest) return GetsDigest(sink) ? Telling.Now : new(null, "it gets no digest");
        if (!HasRules) return Telling.Now;
        if (notice is { Incident: { } follows, Kind: NoticeKind.Resolved or NoticeKind.ApprovalSettled or NoticeKind.Acknowledged })
        {
            if (await WasToldAsync(sink, follows, cancellation).ConfigureAwait(false)) return Telling.Now;
            if (afterBySink.GetValueOrDefault(sink) > TimeSpan.Zero) return new(null, "it was not told of the trouble");
            return Quieted(notice, sink, now);
        }

        if (notice.Kind is not (NoticeKind.Escalated or NoticeKind.ApprovalAsked)) return Quieted(notice, sink, now);
        var due = notice.At + afterBySink.GetValueOrDefault(sink);
        if (due > now) return new(due, "");
        if (Quieted(notice, sink, now) is { At: not null } held) return held;
        // Who is told at once is told, even of what was over when the message came through.
        return due == notice.At && Quieted(notice, sink, due).At is null ? Telling.Now : new(null, await OvertakenAsync(notice, cancellation).ConfigureAwait(false));
    }

    /// <summary>Notes that a sink was told of a trouble, so that it is told of its end too.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    internal async Task ToldAsync(Notice notice, string sink, CancellationToken cancellation)
    {
        if (!HasRules || notice is not { Incident: { } incident, Kind: NoticeKind.Escalated or NoticeKind.ApprovalAsked } || await WasToldAsync(sink, incident, cancellation).ConfigureAwait(false)) return;
        try
        {
            await store.CommitAsync(new StoreChange { Settings = [new Setting(ToldKey(sink, incident), "", 0)] }, cancellation).ConfigureAwait(false);
        }
        catch (StaleVersionException)
        {
            // Another replica noted the same.
        }
    }

    private async Task<bool> WasToldAsync(string sink, IncidentId incident, CancellationToken cancellation) =>
        await store.ReadSettingAsync(ToldKey(sink, incident), cancellation).ConfigureAwait(false) is not null;

    private static string ToldKey(string sink, IncidentId incident) => $"{ToldPrefix}{incident}/{sink}";

    private bool GetsDigest(string sink) => options.Digest.Sinks.Count > 0 ? options.Digest.Sinks.Contains(sink, StringComparer.Ordinal) : !Wakers.Contains(sink, StringComparer.Ordinal);

    private Telling Quieted(Notice notice, string sink, DateTimeOffset now)
    {
        var hours = options.QuietHours;
        if (notice.Severity >= hours.PassesFrom || (hours.Sinks.Count > 0 ? !hours.Sinks.Contains(sink, StringComparer.Ordinal) : sink == Log)) return Telling.Now;
        var at = now;
        for (var row = 0; row < WindowsInARow && quiet.ClosedFor(Everything, at, out var end) is not null && end > at; row++) at = end.Value;
        return at > now ? new(at, "") : Telling.Now;
    }

    // What somebody took on, what is over, and what was decided needs nobody else.
    private async Task<string> OvertakenAsync(Notice notice, CancellationToken cancellation)
    {
        if (notice.Approval is { } ask && Guid.TryParse(ask.Id, out var id) && await store.FindApprovalAsync(new ApprovalId(id), cancellation).ConfigureAwait(false) is { State: not ApprovalState.Pending } settled)
            return $"the approval is {settled.State.ToString().ToLowerInvariant()}";
        if (notice.Incident is not { } about || await store.FindIncidentAsync(about, cancellation).ConfigureAwait(false) is not { } incident) return "";
        if (incident.OverAt is { } over) return $"its alerts ended at {over:u}";
        return incident.Acknowledged is { } taken ? $"{taken.By} looks at it since {taken.At:u}" : "";
    }
}
