using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.PagerDuty;

/// <summary>
/// Delivers notices as PagerDuty's Events v2. An incident has one alert there, whatever is sent how often: its id is the key by which
/// PagerDuty joins them. Thread-safe.
/// </summary>
public sealed class PagerDutySink : IEscalationSink, IDisposable
{
    private const int SummaryMax = 1_024;
    private const int DetailsMax = 16_000;
    private readonly PagerDutyOptions options;
    private readonly JsonPost post;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public PagerDutySink(PagerDutyOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems());
        this.options = options;
        post = new JsonPost("PagerDuty", options, time);
    }

    /// <inheritdoc/>
    public string Name => "pagerduty";

    /// <inheritdoc/>
    public async Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (ActionOf(notice) is not { } action) return;
        var body = new JsonObject
        {
            ["routing_key"] = options.RoutingKey,
            ["event_action"] = action,
            ["dedup_key"] = notice.Incident?.ToString() ?? Fingerprint.Of([notice.Key]),
        };
        if (action == "trigger") body["payload"] = Payload(notice);
        await post.SendAsync(options.Url, body, null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => post.Dispose();

    private string? ActionOf(Notice notice) => notice.Kind switch
    {
        NoticeKind.Escalated => "trigger",
        NoticeKind.Safety => notice.Severity > Severity.Info ? "trigger" : null,
        NoticeKind.ApprovalAsked => options.Approvals ? "trigger" : null,
        NoticeKind.ApprovalSettled => options.Approvals ? "acknowledge" : null,
        NoticeKind.Acknowledged => "acknowledge",
        NoticeKind.Resolved => "resolve",
        _ => null,
    };

    private static JsonObject Payload(Notice notice) => new()
    {
        ["summary"] = NoticeText.Line(notice.Title, SummaryMax),
        ["source"] = notice.Approval?.Target ?? "prunella",
        ["severity"] = notice.Severity switch { Severity.Critical => "critical", Severity.Warning => "warning", _ => "info" },
        ["timestamp"] = notice.At.ToString("O", CultureInfo.InvariantCulture),
        ["component"] = "prunella",
        ["class"] = notice.Kind switch { NoticeKind.ApprovalAsked => "approval", NoticeKind.Safety => "safety", _ => "escalation" },
        ["custom_details"] = new JsonObject { ["incident"] = notice.Incident?.Short ?? "", ["text"] = NoticeText.Of(notice.Body, DetailsMax) },
    };
}
