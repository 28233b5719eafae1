using System.Globalization;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>A number in base units (bytes, seconds, shares of 1, cores; rates per second) with what it counts.</summary>
/// <param name="Value">In base units.</param>
/// <param name="Unit">As written.</param>
/// <param name="HasUnit">Whether a unit was written; a bare number fits counts and ratios only.</param>
internal readonly record struct Measure(double Value, Unit Unit, bool HasUnit)
{
    /// <summary>Reads <c>95%</c>, <c>50 MB/min</c>, <c>200 ms</c>, <c>1h30m</c>, <c>12</c>. Invariant culture; finite.</summary>
    internal static bool TryParse(string text, out Measure measure)
    {
        measure = default;
        text = text.Trim();
        if (text.Length is 0 or > 64) return false;
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-' or '+' or '_')) end++;
        if (end < text.Length && text[end] is 'e' or 'E' && end + 1 < text.Length && (char.IsAsciiDigit(text[end + 1]) || text[end + 1] is '-' or '+'))
        {
            end += 2;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        }
        if (!double.TryParse(text[..end].Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return false;
        var rest = text[end..].Trim();
        if (rest.Length == 0)
        {
            measure = new Measure(number, Unit.Count, HasUnit: false);
            return true;
        }
        if (Unit.TryParse(rest, out var unit))
        {
            measure = new Measure(number * unit.Scale, unit, HasUnit: true);
            return true;
        }
        if (!Duration.TryParse(text, out var duration)) return false;
        measure = new Measure(duration.TotalSeconds, new Unit(Dimension.Seconds, 1, PerTime: false), HasUnit: true);
        return true;
    }

    /// <summary>How people read a value in base units: <c>97 %</c>, <c>62 MB/min</c>, <c>4.2 h</c>.</summary>
    internal static string Show(double value, Dimension dimension, bool perTime)
    {
        if (double.IsPositiveInfinity(value)) return "never";
        var magnitude = Math.Abs(value);
        return dimension switch
        {
            Dimension.Ratio => perTime ? $"{Number(value * 6000)} %/min" : $"{Number(value * 100)} %",
            Dimension.Bytes when perTime => Bytes(value * 60) + "/min",
            Dimension.Bytes => Bytes(value),
            Dimension.Seconds when perTime => $"{Number(value)} s/s",
            Dimension.Seconds => magnitude switch
            {
                >= 172800 => $"{Number(value / 86400)} d",
                >= 7200 => $"{Number(value / 3600)} h",
                >= 120 => $"{Number(value / 60)} min",
                >= 1 or 0 => $"{Number(value)} s",
                _ => $"{Number(value * 1000)} ms",
            },
            Dimension.Cores => $"{Number(value)} cores" + (perTime ? "/s" : ""),
            _ => Number(value) + (perTime ? "/s" : ""),
        };
    }

    private static string Bytes(double value) => Math.Abs(value) switch
    {
        >= 1e12 => $"{Number(value / 1e12)} TB",
        >= 1e9 => $"{Number(value / 1e9)} GB",
        >= 1e6 => $"{Number(value / 1e6)} MB",
        >= 1e3 => $"{Number(value / 1e3)} kB",
        _ => $"{Number(value)} B",
    };

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 100 and < 1e15 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
