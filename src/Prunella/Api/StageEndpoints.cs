using Prunella.Auth;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Stages;

namespace Prunella.Api;

/// <summary>How far automation is trusted: what it would have done, people's judgement of it, and the steps up and down.</summary>
internal static class StageEndpoints
{
    internal static void MapStages(this IEndpointRouteBuilder api)
    {
        var stages = api.MapGroup("/stages").WithTags("Stages");
        stages.MapGet("/figures", async (StageLadder ladder, CancellationToken cancellation) => (await ladder.ListAsync(cancellation)).Select(StageFiguresView.Of).ToList())
            .Needs(Role.Viewer).WithName("ListStageFigures").WithSummary("How every scope has done in its stage, and what it lacks for the next").Answers<IReadOnlyList<StageFiguresView>>();
        stages.MapPost("/promote", PromoteAsync).Needs(Role.Operator).WithName("PromoteStage").WithSummary("One step up, when the figures suffice").Answers<StageView>(400, 409);
        stages.MapPost("/demote", DemoteAsync).Needs(Role.Operator).WithName("DemoteStage").WithSummary("One step down").Answers<StageView>(400, 409);

        var shadow = api.MapGroup("/shadow").WithTags("Stages");
        shadow.MapGet("/", async (ShadowReview review, string? scope, bool? all, int? limit, CancellationToken cancellation) =>
                (await review.ListAsync(scope, waiting: all != true, Answers.PageSize(limit), cancellation)).Select(StageDecisionView.Of).ToList())
            .Needs(Role.Viewer).WithName("ListShadow").WithSummary("What it would have done; those that wait for a review, or all").Answers<IReadOnlyList<StageDecisionView>>();
        shadow.MapPost("/{digest}/review", ReviewAsync).Needs(Role.Approver).WithName("ReviewShadow").WithSummary("Say whether a decision was right").Answers<StageDecisionView>(400, 404);
    }

    private static async Task<IResult> PromoteAsync(HttpContext context, StageStepRequest request, StageLadder ladder, CancellationToken cancellation)
    {
        if (Answers.Reason(request.Reason, out var bad) is not { } reason) return bad!;
        try
        {
            return Results.Json(StageView.Of(await ladder.PromoteAsync(request.Scope ?? "", context.Person(), reason, cancellation)));
        }
        catch (PromotionRefusedException refused)
        {
            return Results.Problem(statusCode: 409, title: "The figures do not suffice", detail: refused.Message);
        }
        catch (ArgumentException refused)
        {
            return Answers.Bad(refused);
        }
    }

    private static async Task<IResult> DemoteAsync(HttpContext context, StageStepRequest request, StageLadder ladder, CancellationToken cancellation)
    {
        if (Answers.Reason(request.Reason, out var bad) is not { } reason) return bad!;
        try
        {
            return await ladder.DemoteAsync(request.Scope ?? "", context.Person(), reason, cancellation) is { } state
                ? Results.Json(StageView.Of(state))
                : Results.Problem(statusCode: 409, title: "There is nothing below", detail: $"{request.Scope} is in shadow already.");
        }
        catch (ArgumentException refused)
        {
            return Answers.Bad(refused);
        }
    }

    private static async Task<IResult> ReviewAsync(HttpContext context, string digest, ShadowReviewRequest request, ShadowReview review, CancellationToken cancellation)
    {
        if (request.Agree is not { } agree) return Answers.Bad("\"agree\" is needed: true or false.");
        var reason = request.Reason?.Trim() ?? "";
        if (!agree && Answers.Reason(reason, out var bad) is null) return bad!;
        if (reason.Length > ApprovalDesk.ReasonCharactersMax) return Answers.Bad($"\"reason\" may have at most {ApprovalDesk.ReasonCharactersMax} characters.");
        return await review.ReviewAsync(digest, agree, context.Person(), reason, cancellation) is { } reviewed
            ? Results.Json(StageDecisionView.Of(reviewed))
            : Answers.Missing($"No decision, or more than one, has a digest that begins with {digest}.");
    }
}

/// <summary>A step up or down.</summary>
internal sealed record StageStepRequest(string? Scope, string? Reason);

/// <summary>A person's judgement of a decision.</summary>
internal sealed record ShadowReviewRequest(bool? Agree, string? Reason);

/// <summary>What it would have done.</summary>
internal sealed record StageDecisionView(string Digest, string Incident, string IncidentShort, string Scope, Stage Stage, string Action, TargetView Target, string WouldBe, DateTimeOffset At, bool? Agreed, string? ReviewedBy, string? ReviewReason)
{
    internal static StageDecisionView Of(StageDecision decision) => new(decision.Digest, decision.Incident.ToString(), decision.Incident.Short, decision.Scope, decision.Stage, decision.Action, TargetView.Of(decision.Target),
        decision.WouldBe, decision.At, decision.Agreed, decision.ReviewedBy, decision.ReviewReason);
}

/// <summary>How a scope has done in its stage.</summary>
internal sealed record StageFiguresView(string Scope, Stage Stage, int CanaryPercent, double Days, int Decisions, int Agreed, int Disagreed, double? Agreement, int Executions, int Fixed, int Failed, double? Success, string? Next, IReadOnlyList<string> Missing)
{
    internal static StageFiguresView Of(StageFigures figures) => new(figures.Scope, figures.State.Stage, figures.State.CanaryPercent, Math.Round(figures.InStage.TotalDays, 2), figures.Decisions, figures.Agreed, figures.Disagreed,
        figures.Agreement, figures.Executions, figures.Fixed, figures.Failed, figures.Success, figures.Next?.ToString(), figures.Missing);
}
