namespace Prunella.Remediation.Diagnosing;

/// <summary>The finding that stands among several.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Confidence">How sure it is with those of the same cause: 0 to 1, at most <see cref="Diagnosing.Finding.ConfidenceMax"/>.</param>
/// <param name="Others">The others, the most confident first.</param>
public sealed record StandingFinding(Finding Finding, double Confidence, IReadOnlyList<Finding> Others)
{
    /// <summary>Weighs findings.</summary>
    /// <param name="findings">Of all diagnosticians, in the order of their registration, which decides where confidence is equal.</param>
    /// <param name="recognisedMin">Confidence below which a finding does not count.</param>
    /// <returns>The one that stands; null when none is confident enough.</returns>
    public static StandingFinding? Of(IEnumerable<Finding> findings, double recognisedMin)
    {
        var ranked = Ranked(findings);
        if (Weighing.Choose(ranked, recognisedMin) is not { } best) return null;
        var others = ranked.Where(finding => !ReferenceEquals(finding, best)).ToList();
        var agreed = others.Where(finding => finding.Diagnosis.Cause == best.Diagnosis.Cause)
            .Aggregate(Clamped(best), static (confidence, finding) => 1 - (1 - confidence) * (1 - Clamped(finding) / 2));
        return new StandingFinding(best, Math.Min(agreed, best.ConfidenceMax), others);
    }

    /// <summary>Findings that have a confidence, the most confident first.</summary>
    internal static List<Finding> Ranked(IEnumerable<Finding> findings) => [.. findings.Where(finding => double.IsFinite(finding.Diagnosis.Confidence)).OrderByDescending(finding => finding.Diagnosis.Confidence)];

    private static double Clamped(Finding finding) => Math.Clamp(finding.Diagnosis.Confidence, 0, 1);
}
