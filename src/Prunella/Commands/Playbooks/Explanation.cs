using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Actions;
using Prunella.Remediation.Playbooks;

namespace Prunella.Commands.Playbooks;

/// <summary>What would happen about one alert, and why.</summary>
internal sealed class Explanation(Signal signal, Target target, string targetWhy, IReadOnlyList<PlaybookAssessment> assessments, ActionCatalogue catalogue)
{
    private readonly PlaybookAssessment? best = assessments.FirstOrDefault(assessment => assessment.Finding is not null);

    public string Alert => signal.Name;

    public SignalStatus Status => signal.Status;

    public string Target => target.ToString();

    public string TargetWhy => targetWhy;

    /// <summary>The end in one sentence.</summary>
    public string Outcome
    {
        get
        {
            if (signal.Status == SignalStatus.Resolved) return "The alert has ended: it would close what it opened.";
            if (assessments.Count == 0) return "No playbook is for this alert: it would be left to other diagnosticians, and escalated when they recognise nothing.";
            if (best is null)
            {
                return assessments.Any(assessment => assessment.Result == AssessmentResult.Unverified)
                    ? "Nothing could be verified: it would escalate, and nothing would be done."
                    : "No playbook applies: nothing would be done by a playbook.";
            }
            if (best.Finding!.NoAction) return "Nothing is wrong: the incident would be closed.";
            if (best.Finding.EscalateAtOnce) return "A person would be called at once.";
            var first = best.Finding.Course[0];
            return catalogue.Find(first.Action) is { Class: ActionClass.Safe }
                ? $"{first.Action} would be judged by the gate and executed where stage and limits allow."
                : $"{first.Action} would be asked about.";
        }
    }

    public string? Cause => best?.Finding!.Diagnosis.Cause;

    public double? Confidence => best?.Confidence;

    public string? Summary => best?.Finding!.Diagnosis.Summary;

    public IReadOnlyList<ExplainedPlaybook> Playbooks => [.. assessments.Select(assessment => new ExplainedPlaybook(assessment.Playbook.Name, assessment.Result, assessment.Confidence, assessment.Why))];

    public IReadOnlyList<ExplainedStep> Course => [.. (best?.Finding!.Course ?? []).Select((step, index) => new ExplainedStep(
        index + 1, step.Action, catalogue.Find(step.Action)?.Class ?? ActionClass.NeedsApproval, step.Target?.ToString(), step.Parameters, step.WaitBefore, step.Why,
        [.. step.Checks.Select(check => check.Source.Length == 0 ? $"{check.Query} is healthy" : FormattableString.Invariant($"{(check.Text.Length > 0 ? check.Text + ": " : "")}{check.Query} {check.Operator} {check.Bound}"))]))];

    /// <summary>What the gate says of the first action; null when nothing is proposed or no cluster was given.</summary>
    public ExplainedVerdict? Judged { get; init; }

    public IReadOnlyList<string> LeftOut => best?.LeftOut ?? [];

    public int? EscalateAfter => best?.Finding!.EscalateAfter;

    public string? Advice => best?.Finding!.Advice;

    public IReadOnlyList<Evidence> Evidence => [.. assessments.SelectMany(assessment => assessment.Evidence).Distinct()];
}

/// <summary>A playbook held against the alert.</summary>
internal sealed record ExplainedPlaybook(string Name, AssessmentResult Result, double Confidence, string Why);

/// <summary>One action of the course.</summary>
internal sealed record ExplainedStep(int Number, string Action, ActionClass Class, string? Target, IReadOnlyDictionary<string, string> Parameters, TimeSpan WaitBefore, string Why, IReadOnlyList<string> Validation);
