using Prunella.Auth;
using Prunella.Remediation;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Breakers;
using Prunella.Remediation.Limits;
using Prunella.Remediation.Stages;

namespace Prunella.Api;

/// <summary>Breakers, limits, stages and the kill switch.</summary>
internal static class SafetyEndpoints
{
    internal static void MapSafety(this IEndpointRouteBuilder api)
    {
        var breakers = api.MapGroup("/breakers").WithTags("Safety");
        breakers.MapGet("/", async (BreakerBook book, CancellationToken cancellation) => (await book.ListAsync(cancellation)).Select(View).ToList())
            .Needs(Role.Viewer).WithName("ListBreakers").WithSummary("Every breaker that ever changed, with its phase now").Answers<IReadOnlyList<BreakerView>>();
        breakers.MapPost("/reset", ResetAsync).Needs(Role.Operator).WithName("ResetBreaker").WithSummary("Close a breaker by hand").Answers<BreakerView>(400, 404);

        api.MapGet("/limits", (RemediationOptions options) => options).Needs(Role.Viewer).WithTags("Safety").WithName("GetLimits").WithSummary("The bounds in force").Answers<RemediationOptions>();

        var stages = api.MapGroup("/stages").WithTags("Safety");
        stages.MapGet("/", async (StageBook book, CancellationToken cancellation) => (await book.ListAsync(cancellation)).Select(StageView.Of).ToList())
            .Needs(Role.Viewer).WithName("ListStages").WithSummary("Every scope that is configured or was set").Answers<IReadOnlyList<StageView>>();
        stages.MapPut("/", SetStageAsync).Needs(Role.Operator).WithName("SetStage").WithSummary("Set the stage of a scope").Answers<StageView>(400);

        var killSwitch = api.MapGroup("/kill-switch").WithTags("Safety");
        killSwitch.MapGet("/", async (KillSwitch book, CancellationToken cancellation) => View(await book.ReadAsync(cancellation)))
            .Needs(Role.Viewer).WithName("GetKillSwitch").WithSummary("Whether nothing may execute").Answers<KillSwitchView>();
        killSwitch.MapPut("/", SetKillSwitchAsync).Needs(Role.Operator).WithName("SetKillSwitch").WithSummary("Turn it on or off").Answers<KillSwitchView>(400);
    }

    internal static KillSwitchView View(KillSwitchState state) => new(state.On, state.By, state.Reason, state.Since == DateTimeOffset.MinValue ? null : state.Since);

    internal static BreakerView View(BreakerState state) => new(state.Scope, state.Phase.ToString(), state.Since, state.Opened, state.Why);

    private static async Task<IResult> ResetAsync(HttpContext context, BreakerResetRequest request, BreakerBook book, CancellationToken cancellation)
    {
        if (Answers.Reason(request.Reason, out var bad) is not { } reason) return bad!;
        if ((await book.ListAsync(cancellation)).All(state => state.Scope != request.Scope)) return Answers.Missing($"No breaker of the scope \"{request.Scope}\" ever changed.");
        return Results.Json(View(await book.ResetAsync(request.Scope!, context.Person(), reason, cancellation)));
    }

    private static async Task<IResult> SetStageAsync(HttpContext context, StageRequest request, StageBook book, StageOptions options, CancellationToken cancellation)
    {
        if (Answers.Reason(request.Reason, out var bad) is not { } reason) return bad!;
        if (request.Stage is not { } stage || request.Scope is not { } scope) return Answers.Bad($"\"scope\" and \"stage\" are needed; stages are {string.Join(", ", Enum.GetNames<Stage>())}.");
        try
        {
            return Results.Json(StageView.Of(await book.SetAsync(scope, stage, request.CanaryPercent ?? options.CanaryPercent, context.Person(), reason, cancellation)));
        }
        catch (ArgumentException refused)
        {
            return Answers.Bad(refused);
        }
    }

    private static async Task<IResult> SetKillSwitchAsync(HttpContext context, KillSwitchRequest request, KillSwitch book, CancellationToken cancellation)
    {
        if (Answers.Reason(request.Reason, out var bad) is not { } reason) return bad!;
        return request.On is { } on ? Results.Json(View(await book.SetAsync(on, context.Person(), reason, cancellation))) : Answers.Bad("\"on\" is needed: true or false.");
    }
}
