using System.Globalization;

namespace Prunella.Incidents.Actions;

/// <summary>Kubernetes quantities: a decimal number with a binary (<c>Ki</c> … <c>Ei</c>) or decimal (<c>n u m k M G T P E</c>) suffix.</summary>
public static class Quantity
{
    /// <summary>The value in base units (bytes, cores, pieces).</summary>
    /// <returns>False when the text is no quantity, or is negative or not finite.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        var digits = text.LastIndexOfAnyInRange('0', '9') + 1;
        var factor = FactorOf(text[digits..]);
        var parsed = double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
        value *= factor;
        if (parsed && factor > 0 && value >= 0 && double.IsFinite(value)) return true;
        value = 0;
        return false;
    }

    /// <summary>Bytes as people and Kubernetes write them, rounded up to a whole mebibyte: <c>768Mi</c>.</summary>
    public static string FromBytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / (1 << 20)):F0}Mi");

    /// <summary>Cores in whole millicores: <c>250m</c>.</summary>
    public static string FromCores(double cores) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(cores * 1_000):F0}m");

    private static double FactorOf(ReadOnlySpan<char> suffix) => suffix switch
    {
        "" => 1,
        "n" => 1e-9, "u" => 1e-6, "m" => 1e-3, "k" => 1e3, "M" => 1e6, "G" => 1e9, "T" => 1e12, "P" => 1e15, "E" => 1e18,
        "Ki" => 1L << 10, "Mi" => 1L << 20, "Gi" => 1L << 30, "Ti" => 1L << 40, "Pi" => 1L << 50, "Ei" => 1L << 60,
        _ => 0,
    };
}
