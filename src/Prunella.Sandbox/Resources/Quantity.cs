using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Resources;

/// <summary>A Kubernetes resource quantity: <c>500m</c>, <c>1536Mi</c>, <c>2e3</c>. Exact to a billionth.</summary>
internal readonly record struct Quantity(decimal Value, bool Binary)
{
    private static readonly (string Suffix, decimal Factor)[] binary =
        [("Ei", 1152921504606846976m), ("Pi", 1125899906842624m), ("Ti", 1099511627776m), ("Gi", 1073741824m), ("Mi", 1048576m), ("Ki", 1024m)];

    private static readonly (string Suffix, decimal Factor)[] metric =
        [("E", 1e18m), ("P", 1e15m), ("T", 1e12m), ("G", 1e9m), ("M", 1e6m), ("k", 1e3m), ("", 1m), ("m", 1e-3m), ("u", 1e-6m), ("n", 1e-9m)];

    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text) || text.Length > 40) return false;
        var end = text[0] is '+' or '-' ? 1 : 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (!decimal.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        var suffix = text[end..];
        try
        {
            foreach (var (name, factor) in binary)
            {
                if (suffix == name) return Set(number * factor, true, out quantity);
            }

            foreach (var (name, factor) in metric)
            {
                if (suffix == name) return Set(number * factor, false, out quantity);
            }

            if (suffix is ['e' or 'E', ..] && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) && Math.Abs(power) <= 18)
            {
                return Set(number * (decimal)Math.Pow(10, power), false, out quantity);
            }
        }
        catch (OverflowException)
        {
            return false;
        }

        return false;
    }

    private static bool Set(decimal value, bool isBinary, out Quantity quantity)
    {
        quantity = new Quantity(value, isBinary);
        return true;
    }

    /// <summary>The quantity of a string or number node; zero when absent or malformed.</summary>
    public static decimal Of(JsonNode? node) =>
        TryParse(node.Text() ?? node?.ToString(), out var quantity) ? quantity.Value : 0;

    /// <summary>The API server's canonical form: the largest suffix that needs no fraction.</summary>
    public override string ToString()
    {
        if (Value == 0) return "0";
        // A binary quantity smaller than its unit of 1024 is written in decimal, as upstream does.
        if (Binary && Math.Abs(Value) >= 1024 && Value == Math.Floor(Value))
        {
            foreach (var (suffix, factor) in binary)
            {
                if (Value % factor == 0) return (Value / factor).ToString("0", CultureInfo.InvariantCulture) + suffix;
            }

            return Value.ToString("0", CultureInfo.InvariantCulture);
        }

        foreach (var (suffix, factor) in metric)
        {
            if (Value % factor == 0) return (Value / factor).ToString("0", CultureInfo.InvariantCulture) + suffix;
        }

        return Math.Ceiling(Value * 1e9m).ToString("0", CultureInfo.InvariantCulture) + "n";
    }
}
