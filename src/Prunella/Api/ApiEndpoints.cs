using Prunella.Reporting;

namespace Prunella.Api;

/// <summary>Version 1 of the API.</summary>
internal static class ApiEndpoints
{
    internal static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1");
        api.MapStatus();
        api.MapIncidents();
        api.MapApprovals();
        api.MapSafety();
        api.MapStages();
        api.MapInjections();
        api.MapLedger();
        api.MapCatalogue();
        api.MapReasoning();
        api.MapChanges();
        api.MapPlans();
        api.MapEvents();
        api.MapTokens();
        api.MapReport();
    }
}
