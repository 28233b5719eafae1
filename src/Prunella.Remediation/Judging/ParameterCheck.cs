using System.Globalization;
using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Judging;

/// <summary>Checks parameter values against their descriptors. Pure; allocates only to report an error.</summary>
public static class ParameterCheck
{
    /// <summary>The most characters of a text parameter.</summary>
    public const int TextCharactersMax = 1_024;

    /// <summary>Adds one line per error: the parameter, what it holds, what is allowed.</summary>
    public static void Check(ActionDescriptor action, IReadOnlyDictionary<string, string> parameters, ref List<string>? errors)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(parameters);
        var known = 0;
        for (var index = 0; index < action.Parameters.Count; index++)
        {
            var descriptor = action.Parameters[index];
            if (!parameters.TryGetValue(descriptor.Name, out var value))
            {
                if (descriptor.Required) (errors ??= []).Add($"{action.Name} needs the parameter {descriptor.Name} ({descriptor.Description})");
                continue;
            }

            known++;
            if (ErrorOf(descriptor, value) is { } error) (errors ??= []).Add($"{action.Name}: {descriptor.Name} is '{Quoted(value)}'; {error}");
        }

        if (known == parameters.Count) return;
        foreach (var name in parameters.Keys)
        {
            if (!action.Parameters.Any(descriptor => descriptor.Name == name))
                (errors ??= []).Add($"{action.Name} has no parameter '{Quoted(name)}'; it has: {string.Join(", ", action.Parameters.Select(descriptor => descriptor.Name))}");
        }
    }

    /// <summary>What is wrong with a value; null when it is fine.</summary>
    public static string? ErrorOf(ParameterDescriptor descriptor, string value)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(value);
        double number;
        switch (descriptor.Kind)
        {
            case ParameterKind.Text:
                return value.Length <= TextCharactersMax && !value.AsSpan().ContainsAnyInRange('\0', '\u001f')
                    ? null : $"allowed is text of at most {TextCharactersMax} characters without control characters";
            case ParameterKind.Boolean:
                return value is "true" or "false" ? null : "allowed is true or false";
            case ParameterKind.Url:
                return Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
                    ? null : "allowed is an absolute http or https URL without credentials";
            case ParameterKind.Integer:
                if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return "allowed is a whole number";
                number = integer;
                break;
            case ParameterKind.Number:
                if (!double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) || !double.IsFinite(number))
                    return "allowed is a number";
                break;
            case ParameterKind.Quantity:
                if (!Quantity.TryParse(value, out number)) return "allowed is a quantity such as 512Mi, 2Gi or 250m";
                break;
            case ParameterKind.Duration:
                if (!Duration.TryParse(value, out var duration)) return "allowed is a duration such as 30s, 5m or 2h";
                number = duration.TotalSeconds;
                break;
            default:
                return "its kind is unknown";
        }

        if (descriptor.Minimum is { } minimum && !(number >= minimum)) return $"allowed is at least {minimum.ToString(CultureInfo.InvariantCulture)}";
        if (descriptor.Maximum is { } maximum && !(number <= maximum)) return $"allowed is at most {maximum.ToString(CultureInfo.InvariantCulture)}";
        return null;
    }

    private static string Quoted(string value) => value.Length <= 64 ? value : string.Concat(value.AsSpan(0, 64), "…");
}
