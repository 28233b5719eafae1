using System.Globalization;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>Checks a parameter's value against its descriptor: kind and bounds.</summary>
internal static class ParameterValue
{
    private static readonly Dictionary<string, double> QuantitySuffixes = new(StringComparer.Ordinal)
    {
        ["n"] = 1e-9, ["u"] = 1e-6, ["m"] = 1e-3, [""] = 1, ["k"] = 1e3, ["M"] = 1e6, ["G"] = 1e9, ["T"] = 1e12, ["P"] = 1e15, ["E"] = 1e18,
        ["Ki"] = 1024, ["Mi"] = 1048576, ["Gi"] = 1073741824, ["Ti"] = 1099511627776, ["Pi"] = 1125899906842624,
    };

    /// <summary>Null when the value fits; otherwise what is allowed.</summary>
    internal static string? Refuse(ParameterDescriptor parameter, string value)
    {
        double? number;
        switch (parameter.Kind)
        {
            case ParameterKind.Text:
                return value.Length is > 0 and <= 1024 && !value.Any(char.IsControl) ? null : "1 to 1 024 characters without control characters";
            case ParameterKind.Boolean:
                return value is "true" or "false" ? null : "true or false";
            case ParameterKind.Url:
                return Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? null : "an absolute http or https URL";
            case ParameterKind.Integer:
                if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return "a whole number" + Bounds(parameter);
                number = whole;
                break;
            case ParameterKind.Number:
                if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) || !double.IsFinite(real)) return "a number" + Bounds(parameter);
                number = real;
                break;
            case ParameterKind.Duration:
                if (!Duration.TryParse(value, out var duration)) return "a duration such as 30s, 5m or 2h" + Bounds(parameter);
                number = duration.TotalSeconds;
                break;
            case ParameterKind.Quantity:
                number = Quantity(value);
                if (number is null) return "a Kubernetes quantity such as 512Mi or 250m" + Bounds(parameter);
                break;
            default:
                return "a kind of parameter that this version knows";
        }
        return number < parameter.Minimum || number > parameter.Maximum ? parameter.Kind.ToString().ToLowerInvariant() + Bounds(parameter) : null;
    }

    /// <summary>A Kubernetes quantity in base units; null when it is none or negative.</summary>
    internal static double? Quantity(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (end == 0 || !double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        return QuantitySuffixes.TryGetValue(text[end..], out var scale) ? number * scale : null;
    }

    private static string Bounds(ParameterDescriptor parameter) => (parameter.Minimum, parameter.Maximum) switch
    {
        (null, null) => "",
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" of at least {least}"),
        (null, { } greatest) => string.Create(CultureInfo.InvariantCulture, $" of at most {greatest}"),
        ({ } least, { } greatest) => string.Create(CultureInfo.InvariantCulture, $" from {least} to {greatest}"),
    };
}
