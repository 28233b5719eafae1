using System.Globalization;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;

namespace Prunella.Kubernetes.Actions;

/// <summary>A proposal's parameters, checked against the descriptor: unknown, missing, malformed and out-of-bounds ones are errors.</summary>
internal sealed class ParameterValues
{
    private readonly IReadOnlyDictionary<string, string> given;
    private readonly ActionDescriptor descriptor;

    internal ParameterValues(ActionDescriptor descriptor, IReadOnlyDictionary<string, string> given)
    {
        this.descriptor = descriptor;
        this.given = given;
        Errors = [.. Check()];
    }

    /// <summary>Everything that is wrong with them; when not empty, the accessors must not be used.</summary>
    internal IReadOnlyList<string> Errors { get; }

    internal bool Has(string name) => Text(name) is not null;

    internal string? Text(string name) =>
        given.TryGetValue(name, out var value) ? value : descriptor.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Default;

    internal int? Integer(string name) => Text(name) is { } text ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    internal double? Number(string name) => Text(name) is { } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    /// <summary>In base units.</summary>
    internal double? Quantity(string name) => Workloads.Quantity.Parse(Text(name));

    internal TimeSpan? Duration(string name) => Text(name) is { } text ? ParseDuration(text) : null;

    internal bool Boolean(string name) => Text(name) == "true";

    private IEnumerable<string> Check()
    {
        foreach (var name in given.Keys)
        {
            if (descriptor.Parameters.All(parameter => parameter.Name != name)) yield return $"{descriptor.Name} has no parameter \"{InertText.OneLine(name, 60)}\"; it has {string.Join(", ", descriptor.Parameters.Select(parameter => parameter.Name))}.";
        }
        foreach (var parameter in descriptor.Parameters)
        {
            if (!given.TryGetValue(parameter.Name, out var text))
            {
                if (parameter.Required) yield return $"Parameter {parameter.Name} of {descriptor.Name} is missing: {parameter.Description}";
                continue;
            }
            if (Problem(parameter, text) is { } problem) yield return $"Parameter {parameter.Name} of {descriptor.Name} is \"{InertText.OneLine(text, 80)}\": {problem}.";
        }
    }

    private static string? Problem(ParameterDescriptor parameter, string text)
    {
        double? size = null;
        switch (parameter.Kind)
        {
            case ParameterKind.Text:
                return text.Length is 0 or > 1_024 ? "it must have 1 to 1 024 characters" : null;
            case ParameterKind.Boolean:
                return text is "true" or "false" ? null : "it must be true or false";
            case ParameterKind.Url:
                return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? null : "it must be an absolute http or https URL";
            case ParameterKind.Integer:
                if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return "it must be a whole number";
                size = integer;
                break;
            case ParameterKind.Number:
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return "it must be a number";
                size = number;
                break;
            case ParameterKind.Quantity:
                if ((size = Workloads.Quantity.Parse(text)) is not > 0) return "it must be a quantity such as 512Mi or 250m";
                break;
            case ParameterKind.Duration:
                if ((size = ParseDuration(text)?.TotalSeconds) is null) return "it must be a duration such as 30s, 5m or 2h";
                break;
        }
        if (size < parameter.Minimum) return string.Create(CultureInfo.InvariantCulture, $"it must be at least {parameter.Minimum}");
        return size > parameter.Maximum ? string.Create(CultureInfo.InvariantCulture, $"it must be at most {parameter.Maximum}") : null;
    }

    private static TimeSpan? ParseDuration(string text)
    {
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e6) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}
