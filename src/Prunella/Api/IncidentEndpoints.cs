using Prunella.Auth;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Escalation;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Injections;
using Prunella.Remediation.Storage;
using Prunella.Webhooks;

namespace Prunella.Api;

/// <summary>Incidents: read them, report one.</summary>
internal static class IncidentEndpoints
{
    private const int LedgerEntriesMax = 2_000;

    internal static void MapIncidents(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/incidents").WithTags("Incidents");
        group.MapGet("/", ListAsync).Needs(Role.Viewer).WithName("ListIncidents").WithSummary("Incidents, newest first").Answers<Page<IncidentSummary>>(400);
        group.MapGet("/{id}", GetAsync).Needs(Role.Viewer).WithName("GetIncident").WithSummary("One incident with evidence, diagnosis and attempts").Answers<IncidentDetail>(404);
        group.MapGet("/{id}/timeline", TimelineAsync).Needs(Role.Viewer).WithName("GetIncidentTimeline").WithSummary("The story of an incident, told from the ledger").Answers<IReadOnlyList<TimelineEntry>>(404);
        group.MapGet("/{id}/ledger", LedgerAsync).Needs(Role.Viewer).WithName("GetIncidentLedger").WithSummary("The ledger entries of an incident").Answers<IReadOnlyList<LedgerEntryView>>(404);
        group.MapPost("/{id}/acknowledgement", AcknowledgeAsync).Needs(Role.Approver).WithName("AcknowledgeIncident").WithSummary("Say that you look at it; later steps of the escalation are not told then. The first person's word stands").Answers<IncidentDetail>(400, 403, 404, 503);
        group.MapPost("/{id}/feedback", JudgeAsync).Needs(Role.Approver).WithName("JudgeIncident").WithSummary("Say whether Prunella was right about it; counts in the figures of its stage").Answers<IncidentDetail>(400, 403, 404, 503);
        group.MapPost("/", ReportAsync).Needs(Role.Operator).WithName("ReportIncident").WithSummary("Report trouble by hand; repeat safely with Idempotency-Key").Answers<ReportReceipt>(400, 422, 503);
    }

    private static async Task<IResult> ListAsync(IRemediationStore store, bool? open, string? @namespace, DateTimeOffset? since, string? before, int? limit, CancellationToken cancellation)
    {
        IncidentId? until = null;
        if (before is not null)
        {
            if (!Guid.TryParse(before, out var id)) return Answers.Bad("\"before\" is the \"next\" of the page before.");
            until = new IncidentId(id);
        }
        var size = Answers.PageSize(limit);
        var page = await store.ListIncidentsAsync(new IncidentQuery { Open = open, Namespace = @namespace, Since = since, Before = until, Max = size }, cancellation);
        var next = page.Incidents.Count == size ? page.Incidents[^1].Id.ToString() : null;
        return Results.Json(new Page<IncidentSummary>([.. page.Incidents.Select(IncidentSummary.Of)], page.Total, next));
    }

    private static async Task<IResult> GetAsync(IRemediationStore store, InjectionBook injections, HttpContext context, string id, CancellationToken cancellation)
    {
        if (await store.FindByNameAsync(id, cancellation) is not { } incident) return Missing(id);
        var tag = Answers.Tag(incident.Version);
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(304);
        var injected = await injections.FindAsync(incident, cancellation);
        return Results.Json(IncidentDetail.Of(incident) with { Injection = injected is { } found ? new InjectionView(found.Injection.Id, found.Injection.Experiment, found.Injection.Fault, found.Certain) : null });
    }

    private static async Task<IResult> TimelineAsync(IRemediationStore store, string id, CancellationToken cancellation) =>
        await store.FindByNameAsync(id, cancellation) is { } incident
            ? Results.Json((await store.ReadLedgerAsync(incident.Id.ToString(), LedgerEntriesMax, cancellation)).Select(Timeline.Tell).ToList())
            : Missing(id);

    private static async Task<IResult> LedgerAsync(IRemediationStore store, string id, CancellationToken cancellation) =>
        await store.FindByNameAsync(id, cancellation) is { } incident
            ? Results.Json((await store.ReadLedgerAsync(incident.Id.ToString(), LedgerEntriesMax, cancellation)).Select(LedgerEntryView.Of).ToList())
            : Missing(id);

    private static async Task<IResult> ReportAsync(
        HttpContext context, ReportRequest report, Intake intake, IdempotencyBook once, IdSource ids, TimeProvider time, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(report.Kind) || string.IsNullOrWhiteSpace(report.Name)) return Answers.Bad("\"kind\" and \"name\" of the target are needed: {\"kind\":\"Deployment\",\"namespace\":\"shop\",\"name\":\"api\"}.");
        if (string.IsNullOrWhiteSpace(report.Summary) || report.Summary.Length > 2_000) return Answers.Bad("\"summary\" is needed: what is wrong, in at most 2 000 characters.");
        if (new[] { report.Kind, report.Namespace, report.Name, report.Alert, report.Severity }.Any(text => text?.Length > 253)) return Answers.Bad("kind, namespace, name, alert and severity may have at most 253 characters.");
        return await once.OnceAsync<ReportReceipt>(context, report, async () =>
        {
            var signal = SignalOf(report, context.Person(), ids, time.GetUtcNow());
            return (202, new ReportReceipt(signal.Id.ToString(), await intake.AcceptAsync([signal], cancellation) > 0));
        }, () => Answers.Bad("The report was not accepted."));
    }

    private static async Task<IResult> AcknowledgeAsync(HttpContext context, string id, AcknowledgeRequest? request, IRemediationStore store, EscalationDesk desk, CancellationToken cancellation)
    {
        if (request?.Note?.Length > ApprovalDesk.ReasonCharactersMax) return Answers.Bad($"\"note\" may have at most {ApprovalDesk.ReasonCharactersMax} characters.");
        return await ChangedAsync(store, id, incident => desk.AcknowledgeAsync(incident, context.Person(), request?.Note?.Trim() ?? "", cancellation), cancellation);
    }

    private static async Task<IResult> JudgeAsync(HttpContext context, string id, FeedbackRequest request, IRemediationStore store, EscalationDesk desk, CancellationToken cancellation)
    {
        var reason = request.Reason?.Trim() ?? "";
        if (request.Right is not { } right) return Answers.Bad("\"right\" is needed: true or false.");
        if (!right && reason.Length == 0) return Answers.Bad("\"reason\" is missing: what was wrong, for the ledger.");
        if (reason.Length > ApprovalDesk.ReasonCharactersMax) return Answers.Bad($"\"reason\" may have at most {ApprovalDesk.ReasonCharactersMax} characters.");
        return await ChangedAsync(store, id, incident => desk.JudgeAsync(incident, context.Person(), right, reason, cancellation), cancellation);
    }

    private static async Task<IResult> ChangedAsync(IRemediationStore store, string name, Func<IncidentId, Task<Incident?>> change, CancellationToken cancellation) =>
        await store.FindByNameAsync(name, cancellation) is { } incident && await change(incident.Id) is { } changed ? Results.Json(IncidentDetail.Of(changed)) : Missing(name);

    private static Signal SignalOf(ReportRequest report, Person person, IdSource ids, DateTimeOffset now)
    {
        var name = string.IsNullOrWhiteSpace(report.Alert) ? "ReportedByHand" : report.Alert;
        var labels = TargetLabels.Of("", report.Namespace ?? "", report.Kind!, report.Name!);
        labels["alertname"] = name;
        if (!string.IsNullOrWhiteSpace(report.Severity)) labels["severity"] = report.Severity;
        return new Signal
        {
            Id = new SignalId(ids.Next()), Source = Signal.PersonSource, Fingerprint = Fingerprint.OfLabels(labels), Status = SignalStatus.Firing, Name = name,
            Severity = SignalFields.SeverityOf(report.Severity), Summary = report.Summary!, StartsAt = now, ReceivedAt = now, Labels = labels,
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["summary"] = report.Summary!, ["reported_by"] = person.Name },
        };
    }

    private static IResult Missing(string id) => Answers.Missing($"There is no incident {id}.");
}
