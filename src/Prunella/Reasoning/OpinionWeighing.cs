using System.Globalization;
using Prunella.Incidents;
using Prunella.Reasoning.Diagnosing;
using Prunella.Remediation.Diagnosing;

namespace Prunella.Reasoning;

/// <summary>
/// Weighs a model's opinion beside the findings of the rules. Pure. A model changes how sure a finding is and adds one of its own;
/// courses, classes, limits and stages are not its business. Whatever it says, only the finding that would have been sure enough for the
/// gate to let a safe action through without the model is sure enough with it.
/// </summary>
internal static class OpinionWeighing
{
    /// <summary>What the source of evidence is called.</summary>
    internal const string Source = "model";

    /// <summary>No finding that only a model stands behind is surer than this, and never sure enough to act without a person.</summary>
    internal const double AloneMax = 0.65;

    /// <summary>Two opinions that agree are still no proof.</summary>
    internal const double AgreedMax = 0.95;

    private const double DoubtWeight = 0.3;
    private const double OpinionMin = 0.3;

    /// <summary>The findings with the opinion weighed in.</summary>
    /// <param name="findings">Of the rules.</param>
    /// <param name="opinion">Of the model; names checked, parameters clamped.</param>
    /// <param name="actBar">Confidence from which the gate lets a safe action through without a person.</param>
    /// <param name="recognisedMin">Confidence below which a finding does not count.</param>
    /// <param name="now">The moment.</param>
    internal static IReadOnlyList<Finding> Weigh(IReadOnlyList<Finding> findings, DiagnosisOpinion opinion, double actBar, double recognisedMin, DateTimeOffset now)
    {
        if (opinion.Cause == Diagnosis.Unknown || !(opinion.Confidence >= OpinionMin)) return findings;
        var said = new Evidence(Source, opinion.Model, $"second opinion: {opinion.Cause}: {opinion.Summary}", now) { Value = opinion.Confidence, Unit = "1" };
        var alone = StandingFinding.Of(findings, recognisedMin);
        List<Finding> weighed = [];
        foreach (var finding in findings)
        {
            var most = ReferenceEquals(finding, alone?.Finding) && alone!.Confidence >= actBar ? 1 : BelowBar(actBar);
            weighed.Add((finding.Diagnosis.Cause == opinion.Cause ? Surer(finding, opinion, said, most) : Doubted(finding, opinion)) with { ConfidenceMax = most });
        }
        if (findings.All(finding => finding.Diagnosis.Cause != opinion.Cause)) weighed.Add(Own(opinion, said, Math.Min(AloneMax, BelowBar(actBar))));
        return weighed;
    }

    // An opinion without a fact is no reason. One with facts is: but texts that strangers wrote are among them, so it is a reason for a
    // person, and never what carries a finding over the bar.
    private static Finding Surer(Finding finding, DiagnosisOpinion opinion, Evidence said, double most)
    {
        var confidence = finding.Diagnosis.Confidence;
        var agreed = opinion.Facts.Count == 0 ? confidence : 1 - (1 - confidence) * (1 - opinion.Confidence / 2);
        return finding with { Diagnosis = finding.Diagnosis with { Confidence = Math.Max(confidence, Math.Round(Math.Min(agreed, Math.Min(AgreedMax, most)), 4)), Evidence = [.. finding.Diagnosis.Evidence, said] } };
    }

    private static double BelowBar(double actBar) => Math.Max(0, actBar - 0.01);

    private static Finding Doubted(Finding finding, DiagnosisOpinion opinion) => finding with
    {
        Diagnosis = finding.Diagnosis with
        {
            Confidence = Math.Round(finding.Diagnosis.Confidence * (1 - DoubtWeight * opinion.Confidence), 4),
            Rejected = [.. finding.Diagnosis.Rejected, new RejectedCause(opinion.Cause, string.Create(CultureInfo.InvariantCulture, $"a model believes it ({opinion.Confidence:0.00}): {opinion.Summary}"))],
        },
    };

    private static Finding Own(DiagnosisOpinion opinion, Evidence said, double confidenceMax)
    {
        var course = opinion.Actions.Select(action => new CourseStep(action.Action, action.Parameters, $"model:{opinion.Model}", action.Why)).ToList();
        return new Finding(new Diagnosis
        {
            Cause = opinion.Cause, Confidence = Math.Clamp(Math.Min(opinion.Confidence, confidenceMax), 0, 1), Summary = opinion.Summary, DecidedBy = $"model:{opinion.Model}", Evidence = [said],
        }, course)
        {
            Recognition = true, ConfidenceMax = confidenceMax, EscalateAtOnce = course.Count == 0, Advice = opinion.Advice,
        };
    }
}
