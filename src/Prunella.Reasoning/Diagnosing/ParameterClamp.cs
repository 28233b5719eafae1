using System.Globalization;
using Prunella.Incidents.Actions;

namespace Prunella.Reasoning.Diagnosing;

/// <summary>Brings parameters that a model wrote into the bounds of the catalogue. What cannot be read is left out.</summary>
internal static class ParameterClamp
{
    /// <summary>The parameters as the catalogue allows them; null when one that is needed is missing.</summary>
    internal static SortedDictionary<string, string>? Apply(ActionDescriptor action, IReadOnlyDictionary<string, string> wanted)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var descriptor in action.Parameters)
        {
            if (wanted.TryGetValue(descriptor.Name, out var value) && Clamp(descriptor, value.Trim()) is { } clamped) parameters[descriptor.Name] = clamped;
            else if (descriptor.Required) return null;
        }
        return parameters;
    }

    private static string? Clamp(ParameterDescriptor descriptor, string value)
    {
        switch (descriptor.Kind)
        {
            case ParameterKind.Boolean: return value is "true" or "false" ? value : null;
            case ParameterKind.Integer:
                return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? ((long)Within(descriptor, integer)).ToString(CultureInfo.InvariantCulture) : null;
            case ParameterKind.Number:
                return double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Within(descriptor, number).ToString(CultureInfo.InvariantCulture) : null;
            case ParameterKind.Quantity:
                if (!Quantity.TryParse(value, out var quantity)) return null;
                var bounded = Within(descriptor, quantity);
                // Bounds are in base units, which every quantity may be written in.
                return bounded.Equals(quantity) ? value : bounded.ToString(CultureInfo.InvariantCulture);
            case ParameterKind.Duration:
                if (!Duration.TryParse(value, out var duration)) return null;
                var seconds = Within(descriptor, duration.TotalSeconds);
                return seconds.Equals(duration.TotalSeconds) ? value : Duration.Format(TimeSpan.FromSeconds(seconds));
            // Free text and addresses could carry what the model read somewhere; a model names none.
            default: return null;
        }
    }

    private static double Within(ParameterDescriptor descriptor, double value) => Math.Min(Math.Max(value, descriptor.Minimum ?? double.MinValue), descriptor.Maximum ?? double.MaxValue);
}
