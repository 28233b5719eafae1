using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Measures;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Reads bounds and sees that their units fit what they bound.</summary>
internal static class BoundReader
{
    private static readonly (string Key, Comparator Comparator)[] Keys =
        [("above", Comparator.Above), ("atLeast", Comparator.AtLeast), ("below", Comparator.Below), ("atMost", Comparator.AtMost), ("equals", Comparator.Equals)];

    /// <summary>The bounds as written; a workload's numbers may be bounded by another of its fields.</summary>
    internal static List<(string Key, Comparison Comparison)> Read(ShapeReader reader, bool fields)
    {
        List<(string, Comparison)> comparisons = [];
        foreach (var (key, comparator) in Keys)
        {
            if (!reader.Has(key)) continue;
            if (fields && reader.Node(key) is TreeScalar { Value: var name } && WorkloadField.All.FirstOrDefault(field => field.Name == name) is { Kind: WorkloadFieldKind.Number })
                comparisons.Add((key, new Comparison(comparator, default, name)));
            else if (reader.Measure(key) is { } bound) comparisons.Add((key, new Comparison(comparator, bound)));
        }
        return comparisons;
    }

    /// <summary>The declared unit, or the base unit that the first bound implies.</summary>
    internal static Unit? UnitOf(ShapeReader reader, IReadOnlyList<(string Key, Comparison Comparison)> bounds, bool boundsArePerTime)
    {
        if (reader.Has("unit"))
        {
            if (reader.Text("unit") is not { } text) return null;
            if (Unit.TryParse(text, out var unit)) return unit;
            reader.Report("unit", $"'{text}' is no unit", Unit.Allowed, "Units are written as in the SI: MB, not mb");
            return null;
        }
        var implied = bounds.Select(bound => bound.Comparison.Bound).FirstOrDefault(bound => bound.HasUnit);
        return implied.HasUnit ? new Unit(implied.Unit.Dimension, 1, implied.Unit.PerTime && !boundsArePerTime) : Unit.Count;
    }

    /// <summary>Reports a bound whose unit does not fit.</summary>
    internal static void Check(ShapeReader reader, string key, Measure bound, Dimension dimension, bool perTime, Unit declared)
    {
        var wanted = $"{Example(dimension)}{(perTime ? " per time, as in " + Example(dimension) + "/min" : "")}";
        if (!bound.HasUnit)
        {
            if (perTime) reader.Report(key, "a trend is bounded without a time", wanted, "Add the unit and the time");
            else if (dimension is not (Dimension.Count or Dimension.Ratio)) reader.Report(key, "the bound has no unit", wanted, "Add the unit");
            else if (dimension == Dimension.Ratio && declared.Scale != 1) reader.Report(key, "a bare number could be a share or a percentage", "a bound such as 90%", "Add %");
            return;
        }
        if (bound.Unit.Dimension != dimension) reader.Report(key, $"the bound counts {Name(bound.Unit.Dimension)}, the value {Name(dimension)}", wanted, "Correct the unit of the bound, or 'unit'");
        else if (bound.Unit.PerTime != perTime)
            reader.Report(key, perTime ? "a trend is bounded without a time" : "the bound is per time, the value is not", wanted, perTime ? "Add the time, as in /min" : "Remove the time, or compare the slope");
    }

    private static string Example(Dimension dimension) => dimension switch
    {
        Dimension.Ratio => "95%",
        Dimension.Bytes => "50 MB",
        Dimension.Seconds => "200 ms",
        Dimension.Cores => "2 cores",
        _ => "12",
    };

    private static string Name(Dimension dimension) => dimension switch
    {
        Dimension.Ratio => "shares",
        Dimension.Bytes => "bytes",
        Dimension.Seconds => "time",
        Dimension.Cores => "cores",
        _ => "things",
    };
}
