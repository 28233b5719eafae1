using System.Globalization;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Kubernetes quantities (<c>512Mi</c>, <c>250m</c>, <c>1e3</c>) in base units.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("Pi", 1024m * 1024 * 1024 * 1024 * 1024),
        ("Ei", 1024m * 1024 * 1024 * 1024 * 1024 * 1024), ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>Bytes, cores or counts; null for what is no quantity.</summary>
    internal static double? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Trim();
        if (TryNumber(text, out var plain)) return (double)plain;
        foreach (var (suffix, factor) in Suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            return TryNumber(text[..^suffix.Length], out var number) && number < 1e12m ? (double)number * (double)factor : null;
        }
        return null;
    }

    /// <summary>Bytes in the largest binary unit that leaves a whole number: <c>192Mi</c>.</summary>
    internal static string OfBytes(double bytes)
    {
        var whole = (decimal)Math.Ceiling(bytes);
        foreach (var (suffix, factor) in (ReadOnlySpan<(string, decimal)>)[("Gi", 1024m * 1024 * 1024), ("Mi", 1024m * 1024), ("Ki", 1024m)])
        {
            if (whole >= factor && whole % factor == 0) return (whole / factor).ToString("0", CultureInfo.InvariantCulture) + suffix;
        }
        return whole.ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary>Cores in whole cores or millicores: <c>2</c>, <c>250m</c>.</summary>
    internal static string OfCores(double cores)
    {
        var milli = Math.Ceiling(Math.Round(cores * 1000, 6));
        return milli % 1000 == 0 ? (milli / 1000).ToString("0", CultureInfo.InvariantCulture) : milli.ToString("0", CultureInfo.InvariantCulture) + "m";
    }

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
}
