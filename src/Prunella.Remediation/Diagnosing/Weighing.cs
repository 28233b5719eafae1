using System.Globalization;

namespace Prunella.Remediation.Diagnosing;

/// <summary>
/// Weighs what the diagnosticians believe. A playbook is written by somebody who knows the place, so its course stands where it
/// fits; what the facts show supports it, takes its place where none fits, or contradicts it when the facts are plain. Pure.
/// </summary>
internal static class Weighing
{
    /// <summary>Confidence from which a recognition overrules a written course that nothing supports.</summary>
    internal const double PlainMin = 0.9;

    /// <summary>The finding that stands; null when none is confident enough.</summary>
    /// <param name="ranked">All findings, the most confident first.</param>
    /// <param name="recognisedMin">Confidence below which a finding does not count.</param>
    internal static Finding? Choose(IReadOnlyList<Finding> ranked, double recognisedMin)
    {
        var written = ranked.FirstOrDefault(finding => !finding.Recognition);
        var counts = written is not null && written.Diagnosis.Confidence >= recognisedMin;
        var recognised = ranked.Where(finding => finding.Recognition && finding.Diagnosis.Confidence >= recognisedMin).ToList();
        if (written is null) return recognised.FirstOrDefault();
        var plain = recognised.FirstOrDefault(finding => finding.Diagnosis.Confidence >= PlainMin && finding.Diagnosis.Confidence > written.Diagnosis.Confidence);
        // A playbook that fits and could not be verified keeps its say: only plain facts stand beside a missing one.
        if (!counts) return plain ?? (written.EscalateAtOnce ? null : recognised.FirstOrDefault());
        // Calling a person, or leaving things alone, is never overruled by an action.
        if (written.Course.Count == 0 || written.NoAction || written.EscalateAtOnce || recognised.Exists(finding => Supports(finding, written))) return written;
        return plain ?? written;
    }

    /// <summary>Whether a recognition speaks for a written course: the same cause, or one of its actions.</summary>
    internal static bool Supports(Finding recognition, Finding written) =>
        recognition.Recognition && !written.Recognition
        && (recognition.Diagnosis.Cause == written.Diagnosis.Cause || recognition.Course.Any(step => written.Course.Any(own => own.Action == step.Action)));

    /// <summary>Why a finding does not stand beside the chosen one.</summary>
    internal static string Against(Finding finding, Finding best)
    {
        var confidence = finding.Diagnosis.Confidence.ToString("0.00", CultureInfo.InvariantCulture);
        if (!finding.Recognition && best.Recognition && finding.Diagnosis.Confidence > 0) return $"the facts say otherwise ({confidence}): {finding.Diagnosis.Summary}";
        if (finding.Recognition && !best.Recognition && finding.Diagnosis.Confidence >= best.Diagnosis.Confidence) return $"recognised too ({confidence}); the playbook's course stands: {finding.Diagnosis.Summary}";
        return $"less confident ({confidence}): {finding.Diagnosis.Summary}";
    }
}
