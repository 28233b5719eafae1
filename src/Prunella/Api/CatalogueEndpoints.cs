using Prunella.Auth;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Playbooks;

namespace Prunella.Api;

/// <summary>What Prunella can do, and when it does it: actions and playbooks.</summary>
internal static class CatalogueEndpoints
{
    internal static void MapCatalogue(this IEndpointRouteBuilder api)
    {
        var actions = api.MapGroup("/actions").WithTags("Catalogue");
        actions.MapGet("/", (ActionCatalogue catalogue) => catalogue.All).Needs(Role.Viewer).WithName("ListActions").WithSummary("The closed catalogue, forbidden entries included").Answers<IReadOnlyList<ActionDescriptor>>();
        actions.MapGet("/{name}", (ActionCatalogue catalogue, string name) => catalogue.Find(name) is { } action ? Results.Json(action) : Answers.Missing($"The catalogue has no action {name}."))
            .Needs(Role.Viewer).WithName("GetAction").WithSummary("One action").Answers<ActionDescriptor>(404);

        var playbooks = api.MapGroup("/playbooks").WithTags("Catalogue");
        playbooks.MapGet("/", (PlaybookSet set) => set.All.Select(View).ToList()).Needs(Role.Viewer).WithName("ListPlaybooks").WithSummary("The playbooks in use").Answers<IReadOnlyList<PlaybookView>>();
        playbooks.MapGet("/{name}", (PlaybookSet set, string name) => set.Find(name) is { } playbook ? Results.Json(View(playbook)) : Answers.Missing($"There is no playbook {name}."))
            .Needs(Role.Viewer).WithName("GetPlaybook").WithSummary("One playbook").Answers<PlaybookView>(404);
    }

    private static PlaybookView View(Playbook playbook) => new(playbook.Name, playbook.Version, playbook.Description, playbook.Cause, playbook.Family,
        playbook.ActionNames, playbook.EscalateAfter, playbook.Shipped);
}
