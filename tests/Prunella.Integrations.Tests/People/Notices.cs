using Prunella.Incidents;
using Prunella.Incidents.Escalation;

namespace Prunella.Integrations.Tests.People;

/// <summary>Notices of one incident, as the engine writes them.</summary>
internal static class Notices
{
    internal static readonly DateTimeOffset At = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);
    internal static readonly IncidentId Incident = new(Guid.Parse("01a2077634e179468f5385ef213c2cfa"));
    internal const string Id = "01a2077634e179468f5385ef213c2cfa";
    internal const string ApprovalId = "0aa2077634e179468f5385ef213c2cfb";

    internal static Notice Escalated(string title = "payments are down", string body = "Nothing helped.\nLook at the database.") =>
        new(NoticeKind.Escalated, $"escalated/{Id}", Incident, title, body, At) { Severity = Severity.Critical };

    internal static Notice Resolved() => new(NoticeKind.Resolved, $"resolved/{Id}", Incident, "fixed", "restart-workload fixed it", At) { Severity = Severity.Info };

    internal static Notice Acknowledged() => new(NoticeKind.Acknowledged, $"acknowledged/{Id}", Incident, "payments are down: alice looks at it", "alice looks at it", At) { Severity = Severity.Info };

    internal static Notice Digest() => new(NoticeKind.Digest, "digest/202603140800", null, "Nothing happened", "From … to …", At) { Severity = Severity.Info };

    internal static Notice Asked(string recommendation = "Approve: the errors began with revision 7.", string diff = "-image: shop:7\n+image: shop:6") =>
        new(NoticeKind.ApprovalAsked, $"approval/{ApprovalId}", Incident, "May I rollback-rollout default/shop/Deployment/payment?", "…", At)
        {
            Severity = Severity.Critical,
            Approval = new ApprovalAsk(ApprovalId, "rollback-rollout", "Deployment shop/payment", recommendation, "Requests in flight are cut.", diff, At.AddMinutes(5), 2),
        };

    internal static Notice Settled(string text = "approved by alice") => new(NoticeKind.ApprovalSettled, $"approval-settled/{ApprovalId}", Incident, $"rollback-rollout: {text}", text, At);

    internal static Notice Safety(Severity severity = Severity.Critical) => new(NoticeKind.Safety, "kill-switch/1", null, "The kill switch is on", "alice turned it on", At) { Severity = severity };
}
