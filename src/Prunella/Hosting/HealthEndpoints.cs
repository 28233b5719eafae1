using Prunella.Auth;

namespace Prunella.Hosting;

/// <summary>What <c>/readyz</c> answers.</summary>
/// <param name="Ready">Whether signals are accepted and worked on.</param>
/// <param name="Parts">Each part, and what it waits for.</param>
internal sealed record ReadinessView(bool Ready, IReadOnlyList<ReadinessPart> Parts);

/// <summary>Liveness and readiness, for probes: without a token, and without a word about the cluster.</summary>
internal static class HealthEndpoints
{
    internal static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Text("ok")).Needs(Access.Anyone).WithTags("Health").WithName("GetHealth").WithSummary("The process answers");
        endpoints.MapGet("/readyz", (Readiness readiness) =>
                Results.Json(new ReadinessView(readiness.Ready, readiness.Parts), statusCode: readiness.Ready ? 200 : 503))
            .Needs(Access.Anyone).WithTags("Health").WithName("GetReadiness").WithSummary("Whether signals are accepted and worked on, and what is missing")
            .Produces<ReadinessView>().Produces<ReadinessView>(503);
    }
}
