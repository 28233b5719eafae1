using Prunella.Incidents;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Storage;

namespace Prunella.Mcp.Tools;

/// <summary>What is believed to be wrong, what else was considered, and which actions the catalogue has for such a target.</summary>
internal sealed class DiagnoseTool(IRemediationStore store, ActionCatalogue catalogue, GateOptions gate) : IncidentTool(store)
{
    internal override string Name => "diagnose";

    internal override string Title => "Diagnose";

    internal override string Description => "The diagnosis of an incident: cause, confidence, the facts it rests on, other causes and what speaks against them, and which actions the catalogue has for this kind of object. Changes nothing and asks nobody.";

    private protected override Task<ToolOutcome> CallAsync(ToolCall call, Incident incident, CancellationToken cancellation) => Task.FromResult(ToolOutcome.Found(new
    {
        incident = incident.Id.Short, target = incident.Target.ToString(), state = incident.State, diagnosis = incident.Diagnosis,
        note = incident.Diagnosis is null ? "Not diagnosed yet." : null,
        evidence = incident.Evidence,
        course = incident.Course.Select(step => new { step.Action, step.Parameters, step.ProposedBy, step.Why }),
        actions = catalogue.All.Where(action => action.Class != Incidents.Actions.ActionClass.Forbidden && (action.TargetKinds.Count == 0 || action.TargetKinds.Contains(incident.Target.Kind)))
            .Select(action => new { action.Name, action.Summary, Class = Gate.ClassOf(action, gate), Parameters = action.Parameters.Select(parameter => new { parameter.Name, parameter.Kind, parameter.Description, parameter.Required, parameter.Minimum, parameter.Maximum }) }),
    }));
}
