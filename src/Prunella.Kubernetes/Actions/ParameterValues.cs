using System.Globalization;
using Prunella.Incidents.Actions;
using Prunella.Kubernetes.Workloads;
using Prunella.Remediation.Judging;

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
        List<string>? errors = null;
        ParameterCheck.Check(descriptor, given, ref errors);
        Errors = errors ?? [];
    }

    /// <summary>Everything that is wrong with them; when not empty, the accessors must not be used.</summary>
    internal IReadOnlyList<string> Errors { get; }

    internal bool Has(string name) => Text(name) is not null;

    internal string? Text(string name) =>
        given.TryGetValue(name, out var value) ? value : descriptor.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Default;

    internal int? Integer(string name) => Text(name) is { } text ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    internal double? Number(string name) => Text(name) is { } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    /// <summary>In base units.</summary>
    internal double? Quantity(string name) => Quantities.Of(Text(name));

    internal TimeSpan? Duration(string name) => Text(name) is { } text && Incidents.Actions.Duration.TryParse(text, out var duration) ? duration : null;

    internal bool Boolean(string name) => Text(name) == "true";
}
