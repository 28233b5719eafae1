using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>Approvals: read them, decide one.</summary>
internal static class ApprovalEndpoints
{
    internal static void MapApprovals(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/approvals").WithTags("Approvals");
        group.MapGet("/", ListAsync).Needs(Role.Viewer).WithName("ListApprovals").WithSummary("Approval requests, newest first; only those that wait with pending=true").Answers<IReadOnlyList<ApprovalView>>();
        group.MapGet("/{id}", GetAsync).Needs(Role.Viewer).WithName("GetApproval").WithSummary("One approval request; its ETag is the version that If-Match holds a decision to").Answers<ApprovalView>(404);
        group.MapPost("/{id}/decision", DecideAsync).Needs(Role.Approver).WithName("DecideApproval").WithSummary("Approve or reject; If-Match and Idempotency-Key are honoured").Answers<ApprovalView>(400, 403, 404, 409, 410, 412, 422);
    }

    private static async Task<IResult> ListAsync(IRemediationStore store, bool? pending, int? limit, CancellationToken cancellation) =>
        Results.Json((await store.ListApprovalsAsync(pending ?? false, Answers.PageSize(limit), cancellation)).Select(ApprovalView.Of).ToList());

    private static async Task<IResult> GetAsync(IRemediationStore store, HttpContext context, string id, CancellationToken cancellation)
    {
        if (await store.FindApprovalByNameAsync(id, cancellation) is not { } approval) return Missing(id);
        context.Response.Headers.ETag = Answers.Tag(approval.Version);
        return Results.Json(ApprovalView.Of(approval));
    }

    private static async Task<IResult> DecideAsync(
        HttpContext context, string id, DecisionRequest decision, IRemediationStore store, ApprovalDesk desk, IdempotencyBook once, CancellationToken cancellation)
    {
        if (await store.FindApprovalByNameAsync(id, cancellation) is not { } approval) return Missing(id);
        if (Answers.Reason(decision.Reason, out var bad) is not { } reason) return bad!;
        ApprovalAnswer? answer = null;
        var stale = false;
        return await once.OnceAsync<ApprovalView>(context, decision, async () =>
        {
            stale = !context.Request.Matches(approval.Version);
            if (stale) return null;
            answer = await desk.DecideAsync(approval.Id, context.Person(), decision.Approve, reason, cancellation);
            if (answer is not { Kind: ApprovalAnswerKind.Recorded, Approval: { } decided }) return null;
            context.Response.Headers.ETag = Answers.Tag(decided.Version);
            return (200, ApprovalView.Of(decided));
        }, () => stale ? Answers.Stale(approval.Version) : Refuse(answer!));
    }

    private static IResult Refuse(ApprovalAnswer answer) => answer.Kind switch
    {
        ApprovalAnswerKind.NotFound => Answers.Missing(answer.Text),
        ApprovalAnswerKind.NotEntitled => Results.Problem(statusCode: 403, title: "You may not decide", detail: answer.Text),
        ApprovalAnswerKind.Expired => Results.Problem(statusCode: 410, title: "The time is over", detail: answer.Text),
        _ => Answers.Conflict(answer.Text),
    };

    private static IResult Missing(string id) => Answers.Missing($"There is no approval request {id}, or its short form fits several.");
}
