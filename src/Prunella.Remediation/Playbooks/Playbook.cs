using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks;

/// <summary>A compiled playbook: which signals it is for, when its cause is believed, and what to do about it. Immutable.</summary>
public sealed record Playbook
{
    internal Playbook()
    {
    }

    /// <summary>Unique, in kebab-case.</summary>
    public required string Name { get; init; }

    /// <summary>The author's version.</summary>
    public required string Version { get; init; }

    /// <summary>What it is for, for people.</summary>
    public required string Description { get; init; }

    /// <summary>The cause that it recognises.</summary>
    public required string Cause { get; init; }

    /// <summary>The family of causes whose signals join one incident.</summary>
    public required string Family { get; init; }

    /// <summary>The file that it came from.</summary>
    public required string File { get; init; }

    /// <summary>The line that it begins on, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Whether it is part of the product rather than of the configuration.</summary>
    public required bool Shipped { get; init; }

    /// <summary>Whether nothing is wrong when it applies.</summary>
    public bool NoAction { get; init; }

    /// <summary>Whether a person has to act even though the cause is known.</summary>
    public bool EscalateAtOnce { get; init; }

    /// <summary>Failed executions after which people take over.</summary>
    public int EscalateAfter { get; init; } = 1;

    /// <summary>The names of the actions in their order, those of the continuation included.</summary>
    public IReadOnlyList<string> ActionNames => [.. Steps.Select(step => step.Action.Name)];

    /// <summary>Actions of a shipped playbook that no driver here carries out; they are left out of every course.</summary>
    public IReadOnlyList<string> UnavailableActions => [.. Steps.Where(step => step.Unavailable).Select(step => step.Action.Name)];

    internal IReadOnlyList<MatchRule> Match { get; init; } = [];

    internal Condition Conditions { get; init; } = new AllOf([]);

    internal double ConfidenceBase { get; init; } = 0.7;

    internal IReadOnlyList<ConfidenceRule> Adjustments { get; init; } = [];

    internal IReadOnlyList<PlaybookStep> Steps { get; init; } = [];

    internal Template? Advice { get; init; }

    internal Template? Summary { get; init; }

    internal Template? ErrorRateQuery { get; init; }

    /// <summary>Whether the labels and name of a signal are those that the playbook is for.</summary>
    public bool Matches(Signal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        return Match.All(rule => rule.Passes(signal));
    }
}

/// <summary>A test of a signal's name or of one label.</summary>
/// <param name="Label">The label; null for the name.</param>
/// <param name="Pattern">Must match entirely; linear in the text.</param>
/// <param name="Negated">Whether a match refuses.</param>
/// <param name="Source">As written.</param>
internal sealed record MatchRule(string? Label, LinearPattern Pattern, bool Negated, string Source)
{
    /// <summary>An absent label counts as an empty one, as in Prometheus. A text over the bound passes no rule, negated or not.</summary>
    internal bool Passes(Signal signal)
    {
        var text = Label is null ? signal.Name : signal.Labels.GetValueOrDefault(Label) ?? "";
        return text.Length <= TextTest.CharactersMax && Pattern.IsMatch(text) != Negated;
    }
}

/// <summary>A change of the confidence when a condition holds.</summary>
internal sealed record ConfidenceRule(double By, Condition When);

/// <summary>One action of the course, not yet filled in for an incident.</summary>
internal sealed record PlaybookStep(ActionDescriptor Action, IReadOnlyList<KeyValuePair<string, Template>> Parameters)
{
    internal Template? Why { get; init; }

    internal TimeSpan Wait { get; init; }

    internal TimeSpan? Soak { get; init; }

    internal Condition? When { get; init; }

    internal Template? TargetName { get; init; }

    internal string? TargetKind { get; init; }

    internal Template? TargetNamespace { get; init; }

    internal IReadOnlyList<PlaybookCheck> Checks { get; init; } = [];

    /// <summary>Whether no driver here carries the action out; only a shipped playbook may have such a step, and it is always left out.</summary>
    internal bool Unavailable { get; init; }
}

/// <summary>One check of the validation, not yet filled in for an incident.</summary>
/// <param name="Source">The metric source; empty for a health endpoint.</param>
/// <param name="Query">The query or the URL.</param>
/// <param name="Operator">As in <see cref="ValidationCheck"/>.</param>
/// <param name="Bound">In the query's own unit.</param>
/// <param name="Text">What it means.</param>
internal sealed record PlaybookCheck(string Source, Template Query, string Operator, double Bound, string Text);
