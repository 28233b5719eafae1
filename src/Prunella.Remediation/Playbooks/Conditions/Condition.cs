using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>One question about an incident. Answered yes, no, or unknown; unknown never counts as yes, nor does its negation.</summary>
internal abstract record Condition
{
    /// <summary>What it asks, in the author's words; empty when they gave none.</summary>
    internal string Text { get; init; } = "";
}

/// <summary>Every one holds. An empty list holds.</summary>
internal sealed record AllOf(IReadOnlyList<Condition> Conditions) : Condition;

/// <summary>At least one holds.</summary>
internal sealed record AnyOf(IReadOnlyList<Condition> Conditions) : Condition;

/// <summary>The one inside does not hold.</summary>
internal sealed record NotOf(Condition Inner) : Condition;

/// <summary>A test of a text: every part given must hold.</summary>
internal sealed record TextTest
{
    /// <summary>A longer text passes no test: with a linear pattern of bounded length this bounds the time.</summary>
    internal const int CharactersMax = 4_096;

    /// <summary>One of these, case kept; null for no such test.</summary>
    internal IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>None of these; null for no such test.</summary>
    internal IReadOnlyList<string>? NoneOf { get; init; }

    /// <summary>Matches entirely, in time linear in the text; null for no such test.</summary>
    internal LinearPattern? Pattern { get; init; }

    /// <summary>Present and not empty, or absent; null for no such test.</summary>
    internal bool? Exists { get; init; }

    /// <summary>Whether a value (null when absent) passes.</summary>
    internal bool Passes(string? value)
    {
        var present = !string.IsNullOrEmpty(value);
        if (value is { Length: > CharactersMax }) return false;
        if (Exists is { } wanted && wanted != present) return false;
        if (OneOf is not null && !(present && OneOf.Contains(value, StringComparer.Ordinal))) return false;
        if (NoneOf is not null && present && NoneOf.Contains(value, StringComparer.Ordinal)) return false;
        return Pattern is null || (present && Pattern.IsMatch(value!));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", new[]
    {
        OneOf is null ? null : OneOf.Count == 1 ? $"is '{OneOf[0]}'" : $"is one of {string.Join(", ", OneOf)}",
        NoneOf is null ? null : $"is none of {string.Join(", ", NoneOf)}",
        Pattern is null ? null : $"matches {Pattern}",
        Exists is null ? null : Exists.Value ? "is present" : "is absent",
    }.OfType<string>());
}

/// <summary>A label or annotation of the signal.</summary>
internal sealed record SignalCondition(string Name, bool Annotation, TextTest Test) : Condition;

/// <summary>How a number is compared.</summary>
internal enum Comparator
{
    Above,
    AtLeast,
    Below,
    AtMost,
    Equals,
}

/// <summary>A comparison with a bound in base units, or with another field of the workload.</summary>
internal sealed record Comparison(Comparator Comparator, Measure Bound, string? BoundField = null)
{
    internal bool Holds(double value, double bound) => Comparator switch
    {
        Comparator.Above => value > bound,
        Comparator.AtLeast => value >= bound,
        Comparator.Below => value < bound,
        Comparator.AtMost => value <= bound,
        _ => Math.Abs(value - bound) <= 1e-9 * Math.Max(1, Math.Abs(bound)),
    };

    /// <summary>The operator of <see cref="Incidents.ValidationCheck"/>.</summary>
    internal string Operator => Comparator switch
    {
        Comparator.Above => ">",
        Comparator.AtLeast => ">=",
        Comparator.Below => "<",
        Comparator.AtMost => "<=",
        _ => "==",
    };

    internal string Words => Comparator switch
    {
        Comparator.Above => "above",
        Comparator.AtLeast => "at least",
        Comparator.Below => "below",
        Comparator.AtMost => "at most",
        _ => "exactly",
    };
}

/// <summary>What is made of a query's samples.</summary>
internal enum Reduction
{
    /// <summary>The newest value.</summary>
    Value,

    /// <summary>The least value of the window.</summary>
    Minimum,

    /// <summary>The greatest value of the window.</summary>
    Maximum,

    /// <summary>The mean of the window.</summary>
    Average,

    /// <summary>The newest value less the oldest.</summary>
    Change,

    /// <summary>The robust trend, per second.</summary>
    Slope,

    /// <summary>The value that the trend reaches after <see cref="MetricCondition.Ahead"/>.</summary>
    Predict,

    /// <summary>The seconds until the trend reaches <see cref="MetricCondition.Reaches"/>; infinite when it moves away.</summary>
    TimeTo,
}

/// <summary>A question to a metric source.</summary>
internal sealed record MetricCondition(string Source, Template Query, IReadOnlyList<Comparison> Comparisons) : Condition
{
    internal Reduction Reduction { get; init; } = Reduction.Value;

    /// <summary>The window; null for an instant query.</summary>
    internal TimeSpan? Over { get; init; }

    /// <summary>The distance of samples; null derives it from the window.</summary>
    internal TimeSpan? Step { get; init; }

    internal TimeSpan Ahead { get; init; }

    /// <summary>In base units.</summary>
    internal double Reaches { get; init; }

    /// <summary>The unit of the query's values; their scale brings them to base units.</summary>
    internal Unit Unit { get; init; } = Unit.Count;

    /// <summary>Whether every series must pass rather than one.</summary>
    internal bool EverySeries { get; init; }

    /// <summary>The dimension of what is compared.</summary>
    internal (Dimension Dimension, bool PerTime) Compared => ComparedBy(Reduction, Unit);

    internal static (Dimension Dimension, bool PerTime) ComparedBy(Reduction reduction, Unit unit) => reduction switch
    {
        Reduction.Slope => (unit.Dimension, true),
        Reduction.TimeTo => (Dimension.Seconds, false),
        _ => (unit.Dimension, unit.PerTime),
    };
}

/// <summary>A field of the workload's state.</summary>
internal sealed record WorkloadCondition(WorkloadField Field) : Condition
{
    /// <summary>For fields that are numbers.</summary>
    internal IReadOnlyList<Comparison> Comparisons { get; init; } = [];

    /// <summary>For fields that are texts; passes when one of the field's texts passes.</summary>
    internal TextTest? Test { get; init; }

    /// <summary>For fields that are flags.</summary>
    internal bool? Is { get; init; }

    /// <summary>For terminations: only those so recent.</summary>
    internal TimeSpan? Within { get; init; }
}
