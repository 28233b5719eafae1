using Prunella.Auth;
using Prunella.Reasoning;
using Prunella.Reasoning.Planning;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Storage;

namespace Prunella.Api;

/// <summary>Several steps for an incident, each with what the gate says of it now. A plan takes no step.</summary>
internal sealed record PlanView(string Summary, IReadOnlyList<JudgedStep> Steps, string Otherwise, string By, string Note);

/// <summary>A playbook as a draft: a file that does nothing until a person accepts it.</summary>
internal sealed record PlaybookDraftView(string Name, string Text, string By, string Note);

/// <summary>What people say they did.</summary>
internal sealed record DraftRequest(string? Done);

/// <summary>Plans and drafts: data for people.</summary>
internal static class PlanEndpoints
{
    private const int SignalsMax = 100;
    private const int DoneCharactersMax = 4_000;

    internal static void MapPlans(this IEndpointRouteBuilder api)
    {
        api.MapPost("/incidents/{id}/plan", PlanAsync).Needs(Role.Operator).WithTags("Incidents").WithName("PlanIncident").WithSummary("Several steps for an incident, by a model or by its course, each as the gate would judge it now; nothing is proposed").Answers<PlanView>(404, 409);
        api.MapPost("/incidents/{id}/playbook-draft", DraftAsync).Needs(Role.Operator).WithTags("Incidents").WithName("DraftPlaybook").WithSummary("A playbook from how people resolved an incident, as a draft that does nothing until a person accepts it").Answers<PlaybookDraftView>(400, 404, 409);
    }

    private static async Task<IResult> PlanAsync(IRemediationStore store, IncidentPlanner planner, PlanJudge judge, ActionCatalogue catalogue, PlaybookSet playbooks, string id, CancellationToken cancellation)
    {
        if (await store.FindByNameAsync(id, cancellation) is not { } incident) return Answers.Missing($"There is no incident {id}.");
        if (incident.Ended && incident.State != Prunella.Incidents.IncidentState.Escalated) return Results.Problem($"{incident.Id.Short} is over; there is nothing to plan.", statusCode: 409);
        List<string> known = [.. playbooks.All.Where(playbook => playbook.Cause == incident.Diagnosis?.Cause).SelectMany(playbook => playbook.ActionNames).Distinct()];
        var told = await planner.PlanAsync(incident, await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation), catalogue.All, known, cancellation);
        return Results.Json(new PlanView(told.Value.Summary, await judge.JudgeAsync(incident, told.Value, told.By, cancellation), told.Value.Otherwise, told.By, told.Note));
    }

    private static async Task<IResult> DraftAsync(IRemediationStore store, PlaybookSketcher sketcher, ActionCatalogue catalogue, DraftRequest request, string id, CancellationToken cancellation)
    {
        if (await store.FindByNameAsync(id, cancellation) is not { } incident) return Answers.Missing($"There is no incident {id}.");
        if (!incident.Ended) return Results.Problem($"{incident.Id.Short} has not ended; what helped is not known yet.", statusCode: 409);
        var done = request.Done?.Trim() ?? "";
        if (done.Length > DoneCharactersMax) return Answers.Bad($"\"done\" may have at most {DoneCharactersMax} characters.");
        var told = await sketcher.SketchAsync(incident, await store.SignalsOfAsync(incident.Id, SignalsMax, cancellation), done, catalogue.All, cancellation);
        return Results.Json(new PlaybookDraftView(told.Value.Name, PlaybookYaml.Write(told.Value, incident, told.By), told.By, told.Note));
    }
}
