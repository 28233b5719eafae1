using Prunella.Auth;
using Prunella.Incidents;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Injections;

namespace Prunella.Api;

/// <summary>Failures that somebody makes on purpose: told before they are made, and when they are ended.</summary>
internal static class InjectionEndpoints
{
    private const int TargetsMax = 1_000;

    internal static void MapInjections(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/injections").WithTags("Chaos");
        group.MapGet("/", async (InjectionBook book, CancellationToken cancellation) => await book.ListAsync(cancellation))
            .Needs(Role.Viewer).WithName("ListInjections").WithSummary("Every failure that was injected, newest first").Answers<IReadOnlyList<InjectionRecord>>();
        group.MapPut("/{id}", BeginAsync).Needs(Role.Operator).WithName("BeginInjection").WithSummary("Announce an injection before it is made, or add what it touched").Answers<InjectionRecord>(400);
        group.MapPost("/{id}/end", EndAsync).Needs(Role.Operator).WithName("EndInjection").WithSummary("Tell that an injection was ended").Answers<InjectionRecord>(404);
    }

    private static async Task<IResult> BeginAsync(HttpContext context, string id, InjectionRequest request, InjectionBook book, TimeProvider time, CancellationToken cancellation)
    {
        if (request.Experiment is not { Length: > 0 and <= 253 } experiment || request.Fault is not { Length: > 0 and <= 63 } fault) return Answers.Bad("\"experiment\" and \"fault\" are needed.");
        if (request.Targets?.Count > TargetsMax || request.Namespaces?.Count > TargetsMax) return Answers.Bad($"\"targets\" and \"namespaces\" may hold at most {TargetsMax}.");
        try
        {
            return Results.Json(await book.BeginAsync(new InjectionRecord
            {
                Id = id, Experiment = experiment, Fault = fault, Namespaces = request.Namespaces ?? [], At = time.GetUtcNow(), By = context.Person().Name,
                Targets = [.. (request.Targets ?? []).Select(target => new Target(target.Cluster ?? Target.DefaultCluster, target.Namespace ?? "", target.Kind ?? "", target.Name ?? "").Key)],
            }, context.Person(), cancellation));
        }
        catch (ArgumentException refused)
        {
            return Answers.Bad(refused);
        }
    }

    private static async Task<IResult> EndAsync(HttpContext context, string id, InjectionEndRequest request, InjectionBook book, CancellationToken cancellation)
    {
        var ending = request.Ending ?? "";
        if (ending.Length > ApprovalDesk.ReasonCharactersMax) ending = ending[..ApprovalDesk.ReasonCharactersMax];
        return await book.EndAsync(id, ending, context.Person(), cancellation) is { } ended ? Results.Json(ended) : Answers.Missing($"There is no injection {id}.");
    }
}

/// <summary>Announces an injection.</summary>
internal sealed record InjectionRequest(string? Experiment, string? Fault, IReadOnlyList<string>? Namespaces, IReadOnlyList<InjectionTarget>? Targets);

/// <summary>An object that an injection touches.</summary>
internal sealed record InjectionTarget(string? Cluster, string? Namespace, string? Kind, string? Name);

/// <summary>Tells that an injection was ended.</summary>
internal sealed record InjectionEndRequest(string? Ending);

/// <summary>The injection that an incident comes from.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Experiment">Its experiment.</param>
/// <param name="Fault">What it does.</param>
/// <param name="Certain">Whether it touched the incident's very target; else only time and namespace fit.</param>
internal sealed record InjectionView(string Id, string Experiment, string Fault, bool Certain);
