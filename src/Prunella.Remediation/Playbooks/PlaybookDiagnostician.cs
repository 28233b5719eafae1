using Prunella.Incidents;
using Prunella.Remediation.Diagnosing;
using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks;

/// <summary>
/// Holds every matching playbook against an incident. Deterministic for the same context and the same metric answers;
/// thread-safe; changes nothing. A condition that cannot be answered never counts as true.
/// </summary>
/// <param name="playbooks">The playbooks in use.</param>
/// <param name="options">Bounds of the metric questions.</param>
/// <param name="time">The clock of the time limits.</param>
public sealed class PlaybookDiagnostician(PlaybookSet playbooks, PlaybookOptions options, TimeProvider time) : IDiagnostician
{
    /// <inheritdoc/>
    /// <remarks>
    /// When playbooks match and none applies, but some could not be verified, the one finding has the cause
    /// <see cref="Diagnosis.Unknown"/> with confidence 0, escalates at once, and carries what could not be answered.
    /// </remarks>
    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(IncidentContext context, CancellationToken cancellation)
    {
        var assessments = await AssessAsync(context, cancellation);
        List<Finding> findings = [];
        foreach (var assessment in assessments.Where(assessment => assessment.Finding is not null))
        {
            var rejected = assessments.Where(other => other != assessment).Select(other => new RejectedCause(other.Playbook.Cause, Against(other, assessment)));
            findings.Add(assessment.Finding! with { Diagnosis = assessment.Finding.Diagnosis with { Rejected = [.. rejected] } });
        }
        if (findings.Count > 0 || assessments.All(assessment => assessment.Result != AssessmentResult.Unverified)) return findings;
        return [Unverified(assessments)];
    }

    /// <summary>Every playbook that the signals match: those that apply first, by confidence, then the unverified, then the rejected; each by name.</summary>
    public async Task<IReadOnlyList<PlaybookAssessment>> AssessAsync(IncidentContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var metrics = new MetricReader(context.Metrics, context.Now, options, time);
        List<PlaybookAssessment> assessments = [];
        foreach (var playbook in playbooks.All)
        {
            var signal = playbook.Matches(context.Incident.FirstSignal) ? context.Incident.FirstSignal : context.Signals.FirstOrDefault(playbook.Matches);
            if (signal is null) continue;
            var values = new TemplateValues(signal, context.Incident.Target);
            assessments.Add(await AssessAsync(playbook, values, new ConditionEvaluator(values, context.Workload, metrics, context.Now), cancellation));
        }
        return [.. assessments.OrderBy(assessment => assessment.Result switch { AssessmentResult.Applies => 0, AssessmentResult.Unverified => 1, _ => 2 })
            .ThenByDescending(assessment => assessment.Confidence).ThenBy(assessment => assessment.Playbook.Name, StringComparer.Ordinal)];
    }

    private static async Task<PlaybookAssessment> AssessAsync(Playbook playbook, TemplateValues values, ConditionEvaluator evaluator, CancellationToken cancellation)
    {
        var answer = await evaluator.AskAsync(playbook.Conditions, cancellation);
        if (answer.Truth != Truth.Yes) return new(playbook, answer.Truth == Truth.No ? AssessmentResult.Rejected : AssessmentResult.Unverified, 0, answer.Why, answer.Evidence);
        List<Evidence> evidence = [.. answer.Evidence];
        var confidence = playbook.ConfidenceBase;
        foreach (var adjustment in playbook.Adjustments)
        {
            var adjusting = await evaluator.AskAsync(adjustment.When, cancellation);
            if (adjusting.Truth == Truth.Yes) confidence += adjustment.By;
            if (adjusting.Truth != Truth.No) evidence.AddRange(adjusting.Evidence);
        }
        var (course, leftOut) = await CourseBuilder.BuildAsync(playbook, values, evaluator, evidence, cancellation);
        confidence = Math.Round(Math.Clamp(confidence, 0, 1), 4);
        var proposedBy = $"playbook:{playbook.Name}";
        var errorRate = playbook.ErrorRateQuery?.Render(values);
        var summary = playbook.Summary?.Render(values).Text ?? $"{playbook.Cause.Replace('-', ' ')}: {values.Target}";
        var advice = playbook.Advice?.Render(values).Text?.Trim() ?? "";
        var nothingLeft = playbook.Steps.Count > 0 && course.Count == 0;
        var finding = new Finding(
            new Diagnosis { Cause = playbook.Cause, Confidence = confidence, Summary = summary.Trim(), DecidedBy = proposedBy, Evidence = [.. evidence.Distinct()] },
            course)
        {
            EscalateAfter = playbook.EscalateAfter,
            EscalateAtOnce = playbook.EscalateAtOnce || nothingLeft,
            NoAction = playbook.NoAction,
            Advice = nothingLeft ? $"{advice}\nNo action of the playbook fits: {string.Join("; ", leftOut)}.".TrimStart() : advice,
            ErrorRateQuery = errorRate?.Text ?? "",
        };
        return new(playbook, AssessmentResult.Applies, confidence, answer.Why, finding.Diagnosis.Evidence) { Finding = finding, LeftOut = leftOut };
    }

    private static string Against(PlaybookAssessment other, PlaybookAssessment chosen) => other.Result switch
    {
        AssessmentResult.Applies when other.Confidence <= chosen.Confidence => FormattableString.Invariant($"playbook {other.Playbook.Name} holds as well, with confidence {other.Confidence:0.##} against {chosen.Confidence:0.##}"),
        AssessmentResult.Applies => FormattableString.Invariant($"playbook {other.Playbook.Name} is preferred, with confidence {other.Confidence:0.##} against {chosen.Confidence:0.##}"),
        AssessmentResult.Unverified => $"playbook {other.Playbook.Name} could not be verified: {other.Why}",
        _ => $"playbook {other.Playbook.Name}: {other.Why}",
    };

    private static Finding Unverified(IReadOnlyList<PlaybookAssessment> assessments)
    {
        var open = assessments.Where(assessment => assessment.Result == AssessmentResult.Unverified).ToList();
        var names = string.Join(", ", open.Select(assessment => assessment.Playbook.Name));
        return new Finding(
            new Diagnosis
            {
                Cause = Diagnosis.Unknown,
                Confidence = 0,
                Summary = $"No cause could be verified: {open[0].Why}",
                DecidedBy = $"playbook:{open[0].Playbook.Name}",
                Evidence = [.. open.SelectMany(assessment => assessment.Evidence).Distinct()],
                Rejected = [.. assessments.Select(assessment => new RejectedCause(assessment.Playbook.Cause, assessment.Result == AssessmentResult.Unverified ? $"could not be verified: {assessment.Why}" : $"playbook {assessment.Playbook.Name}: {assessment.Why}"))],
            },
            [])
        {
            EscalateAtOnce = true,
            Advice = $"Look at it by hand, and restore what could not be asked. Possible by name and labels: {names}.",
        };
    }
}
