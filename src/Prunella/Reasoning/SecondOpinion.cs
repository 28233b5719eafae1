using Microsoft.Extensions.Options;
using Prunella.Incidents.Workloads;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Diagnosing;
using Prunella.Reasoning.Tools;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Execution;
using Prunella.Remediation.Judging;
using Prunella.Remediation.Playbooks;
using Prunella.Remediation.Storage;
using Prunella.Traces.Sources;

namespace Prunella.Reasoning;

/// <summary>
/// Asks a model where the rules are unsure, and weighs what it says beside what they found. An opinion that agrees makes the
/// rules' finding surer, one that disagrees makes it less sure and stands beside it as a recognition that is never sure enough to
/// act without a person.
/// </summary>
internal sealed class SecondOpinion(
    IReadOnlyList<IDiagnostician> rules, IReasoner reasoner, ReasoningOptions options, ActionCatalogue actions, PlaybookSet playbooks, GateOptions gate, EngineOptions engine,
    IRemediationStore store, IWorkloadSource workloads, IEnumerable<IEvidenceSource> evidence, IOptions<TraceStoreOptions> traces, TimeProvider time) : IDiagnostician
{
    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(IncidentContext context, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        foreach (var rule in rules) findings.AddRange(await rule.DiagnoseAsync(context, cancellation));
        var ranked = findings.Where(finding => double.IsFinite(finding.Diagnosis.Confidence)).OrderByDescending(finding => finding.Diagnosis.Confidence).ToList();
        if (reasoner.Unavailable.Length > 0 || !IsUnsure(context, ranked)) return findings;
        var question = DiagnosisQuestion.Of(context.Incident, context.Signals, [.. ranked.Select(finding => finding.Diagnosis)], CauseEntries.Of(playbooks), actions.All, ToolsFor(context));
        var answer = await reasoner.AskAsync(question, cancellation);
        // Rules that found nothing keep what they say: the reason why no model helped is in the log, the ledger and the metrics.
        return answer.Value is { } opinion ? OpinionWeighing.Weigh(findings, opinion with { Model = answer.Model }, gate.ConfidenceMin, engine.RecognisedMin, context.Now) : findings;
    }

    private bool IsUnsure(IncidentContext context, List<Finding> ranked)
    {
        if (ranked.Count == 0) return context.Incident.Target.Kind != "Unresolved";
        return !ranked[0].NoAction && options.Bars.IsUnsure(context.Incident.FirstSignal.Source, ranked[0].Diagnosis);
    }

    private List<ReadOnlyTool> ToolsFor(IncidentContext context)
    {
        var target = context.Incident.Target;
        List<ReadOnlyTool> tools = [new PastIncidentsTool(store, context.Incident)];
        if (target.Namespace.Length > 0)
        {
            tools.Add(new WorkloadTool(workloads, target, context.Incident.StartedAt));
            tools.Add(new LogPatternsTool([.. evidence], target));
            tools.Add(new TraceFindingsTool(traces.Value.Directory, target, context.Incident.StartedAt, time));
        }
        if (context.Metrics.Count > 0) tools.Add(new MetricTool(context.Metrics, context.Now));
        return tools;
    }
}
