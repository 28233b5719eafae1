using Prunella.Incidents.Actions;

namespace Prunella.Remediation.Playbooks;

/// <summary>What playbooks are held against when they are loaded.</summary>
public sealed record PlaybookLoadOptions
{
    /// <summary>The action catalogue, with the forbidden ones: a playbook that names one of those is refused.</summary>
    public required IReadOnlyCollection<ActionDescriptor> Actions { get; init; }

    /// <summary>Replaces variables of playbooks by name: metric names, selectors, thresholds.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of metric sources.</summary>
    /// <value>Default prometheus, datadog.</value>
    public IReadOnlyCollection<string> Sources { get; init; } = ["prometheus", "datadog"];

    /// <summary>Names of playbooks that are not used.</summary>
    public IReadOnlyCollection<string> Disabled { get; init; } = [];
}
