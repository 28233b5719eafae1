using Prunella.Incidents;

namespace Prunella.Reasoning;

/// <summary>Stated confidence against what came of it.</summary>
/// <param name="By">Who decided: <c>playbook</c>, <c>cause</c>, <c>model</c>.</param>
/// <param name="From">Least confidence of the row.</param>
/// <param name="To">Confidence where the next row begins.</param>
/// <param name="Executions">Executions that rested on such a diagnosis and have an outcome.</param>
/// <param name="Fixed">How many fixed it.</param>
/// <param name="Stated">The mean of the stated confidence.</param>
/// <param name="Actual">The share that fixed it.</param>
internal sealed record CalibrationRow(string By, double From, double To, int Executions, int Fixed, double Stated, double Actual);

/// <summary>Whether a confidence of 0.8 means that eight of ten are right. Pure.</summary>
internal static class Calibration
{
    private static readonly double[] Bounds = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001];

    internal static IReadOnlyList<CalibrationRow> Of(IEnumerable<Incident> incidents)
    {
        var outcomes = incidents.SelectMany(incident => incident.Attempts.Where(attempt => attempt.Validation is not null)
            .Select(attempt => (By: Decider(incident), attempt.Proposal.Confidence, Fixed: attempt.Validation == ValidationResult.Fixed)));
        return
        [
            .. outcomes.GroupBy(outcome => (outcome.By, Row: Array.FindLastIndex(Bounds, bound => bound <= outcome.Confidence))).OrderBy(group => group.Key.By, StringComparer.Ordinal).ThenBy(group => group.Key.Row)
                .Select(group => new CalibrationRow(group.Key.By, Bounds[group.Key.Row], Math.Min(1, Bounds[group.Key.Row + 1]), group.Count(), group.Count(outcome => outcome.Fixed),
                    Math.Round(group.Average(outcome => outcome.Confidence), 4), Math.Round(group.Average(outcome => outcome.Fixed ? 1.0 : 0), 4))),
        ];
    }

    // A finding that a model agreed with counts for both: that is the pair whose confidence was stated.
    private static string Decider(Incident incident)
    {
        var by = incident.Diagnosis?.DecidedBy.Split(':')[0] ?? "none";
        return by != OpinionWeighing.Source && incident.Diagnosis!.Evidence.Any(fact => fact.Source == OpinionWeighing.Source) ? $"{by} and model" : by;
    }
}
