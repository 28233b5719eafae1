using System.Globalization;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>Checks a parameter's value against its descriptor: kind and bounds.</summary>
internal static class ParameterValue
{
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
                if (!Quantity.TryParse(value, out var quantity)) return "a Kubernetes quantity such as 512Mi or 250m" + Bounds(parameter);
                number = quantity;
                break;
            default:
                return "a kind of parameter that this version knows";
        }
        return number < parameter.Minimum || number > parameter.Maximum ? parameter.Kind.ToString().ToLowerInvariant() + Bounds(parameter) : null;
    }

    private static string Bounds(ParameterDescriptor parameter) => (parameter.Minimum, parameter.Maximum) switch
    {
        (null, null) => "",
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $" of at least {least}"),
        (null, { } greatest) => string.Create(CultureInfo.InvariantCulture, $" of at most {greatest}"),
        ({ } least, { } greatest) => string.Create(CultureInfo.InvariantCulture, $" from {least} to {greatest}"),
    };
}
