using System.Globalization;
using Prunella.Incidents;
using Prunella.Incidents.Actions;
using Prunella.Incidents.Metrics;
using Prunella.Incidents.Workloads;
using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Conditions;

/// <summary>Answers conditions about one incident, in their order. Deterministic for the same facts; changes nothing.</summary>
/// <param name="values">The signal and the target.</param>
/// <param name="workload">The workload; null when there is none.</param>
/// <param name="metrics">Where metric questions go.</param>
/// <param name="now">The moment of the diagnosis.</param>
internal sealed class ConditionEvaluator(TemplateValues values, WorkloadState? workload, MetricReader metrics, DateTimeOffset now)
{
    /// <summary>Answers one condition. A metric is not asked once the answer cannot be yes any more.</summary>
    internal async Task<Answer> AskAsync(Condition condition, CancellationToken cancellation)
    {
        switch (condition)
        {
            case AllOf all: return await GroupAsync(all, all.Conditions, decisive: Truth.No, cancellation);
            case AnyOf any: return await GroupAsync(any, any.Conditions, decisive: Truth.Yes, cancellation);
            case NotOf not:
                var inner = await AskAsync(not.Inner, cancellation);
                var truth = inner.Truth switch { Truth.Yes => Truth.No, Truth.No => Truth.Yes, _ => Truth.Unknown };
                return new(truth, truth == Truth.No ? $"{inner.Why}, which must not be" : inner.Why, inner.Evidence);
            case SignalCondition signal: return Signal(signal);
            case WorkloadCondition field: return Workload(field);
            case MetricCondition metric: return await MetricAsync(metric, cancellation);
            default: throw new InvalidOperationException($"The condition {condition.GetType().Name} has no evaluation.");
        }
    }

    private async Task<Answer> GroupAsync(Condition group, IReadOnlyList<Condition> conditions, Truth decisive, CancellationToken cancellation)
    {
        List<Evidence> evidence = [];
        List<Answer> answers = [];
        foreach (var condition in conditions)
        {
            var answer = await AskAsync(condition, cancellation);
            answers.Add(answer);
            evidence.AddRange(answer.Evidence);
            if (answer.Truth == decisive) return new(decisive, Named(group, answer.Why), evidence);
        }
        var other = decisive == Truth.No ? Truth.Yes : Truth.No;
        var open = answers.Where(answer => answer.Truth == Truth.Unknown).ToList();
        if (open.Count > 0) return new(Truth.Unknown, Named(group, string.Join("; ", open.Select(answer => answer.Why))), evidence);
        return new(other, Named(group, string.Join("; ", answers.Select(answer => answer.Why))), evidence);
    }

    private Answer Signal(SignalCondition condition)
    {
        var value = condition.Annotation ? values.Signal.Annotations.GetValueOrDefault(condition.Name) : values.Signal.Label(condition.Name);
        var what = $"{(condition.Annotation ? "annotation" : "label")} {condition.Name}";
        var shown = value is null ? "is absent" : $"is '{Shorten(value)}'";
        var passes = condition.Test.Passes(value);
        var why = Named(condition, passes ? $"{what} {shown}" : $"{what} {shown}, not as asked: {condition.Test}");
        return new(passes ? Truth.Yes : Truth.No, why, value is null ? [] : [new Evidence(values.Signal.Source, values.Signal.Name, $"{what} {shown}", values.Signal.StartsAt)]);
    }

    private Answer Workload(WorkloadCondition condition)
    {
        var field = condition.Field;
        if (workload is null) return new(Truth.Unknown, Named(condition, $"{field.Name} of {values.Target} is unknown: there is no such workload, or it could not be read"), []);
        var place = $"kubernetes/{workload.Target.Kind.ToLowerInvariant()}";
        var at = $"{workload.Target.Namespace}/{workload.Target.Name}".TrimStart('/');
        if (field.Kind == WorkloadFieldKind.Text)
        {
            var texts = field.Texts(workload, now, condition.Within).ToList();
            var negative = condition.Test!.OneOf is null && condition.Test.Pattern is null && condition.Test.Exists != true;
            var passing = texts.Where(text => condition.Test.Passes(text.Value)).ToList();
            var passes = negative ? passing.Count == texts.Count && (texts.Count > 0 || condition.Test.Passes(null)) : passing.Count > 0;
            var shown = passes && !negative ? passing : texts;
            var text = shown.Count == 0 ? $"no {field.Name}" : $"{field.Name} {string.Join(", ", shown.GroupBy(each => each.Value, StringComparer.Ordinal).Take(4).Select(group => $"{group.Key} ({Places([.. group.Select(each => each.Place)])})"))}";
            var window = condition.Within is { } within ? $" in the last {Duration.Format(within)}" : "";
            return new(passes ? Truth.Yes : Truth.No, Named(condition, passes ? text + window : $"{text}{window}, not as asked: {condition.Test}"), [new Evidence(place, at, text + window, workload.ReadAt)]);
        }
        if (field.Number(workload, now) is not { } value) return new(Truth.Unknown, Named(condition, $"{field.Name} of {workload.Target} is not known"), []);
        if (field.Kind == WorkloadFieldKind.Flag)
        {
            var fact = $"{field.Name} is {(value > 0 ? "true" : "false")}";
            return new(value > 0 == condition.Is ? Truth.Yes : Truth.No, Named(condition, fact), [new Evidence(place, at, fact, workload.ReadAt)]);
        }
        var number = $"{field.Name} is {Measure.Show(value, field.Dimension, perTime: false)}";
        var evidence = new Evidence(place, at, number, workload.ReadAt) { Value = value, Unit = field.Dimension == Dimension.Seconds ? "s" : field.Dimension == Dimension.Bytes ? "B" : "1" };
        foreach (var comparison in condition.Comparisons)
        {
            var bound = comparison.BoundField is { } other ? WorkloadField.All.First(known => known.Name == other).Number(workload, now) : comparison.Bound.Value;
            if (bound is null) return new(Truth.Unknown, Named(condition, $"{comparison.BoundField} of {workload.Target} is not known"), [evidence]);
            var limit = comparison.BoundField is { } name ? $"{name} ({Measure.Show(bound.Value, field.Dimension, perTime: false)})" : Measure.Show(bound.Value, field.Dimension, perTime: false);
            if (!comparison.Holds(value, bound.Value)) return new(Truth.No, Named(condition, $"{number}, not {comparison.Words} {limit}"), [evidence]);
            number += $", {comparison.Words} {limit}";
        }
        return new(Truth.Yes, Named(condition, number), [evidence with { Text = number }]);
    }

    private async Task<Answer> MetricAsync(MetricCondition condition, CancellationToken cancellation)
    {
        var rendered = condition.Query.Render(values);
        if (rendered.Text is not { } query) return new(Truth.Unknown, Named(condition, $"the metric cannot be asked: {rendered.Missing}"), []);
        var step = condition.Over is { } over ? condition.Step ?? TimeSpan.FromSeconds(Math.Max(5, Math.Ceiling(over.TotalSeconds / 60))) : (TimeSpan?)null;
        var answer = await metrics.AskAsync(condition.Source, query, condition.Over, step, cancellation);
        if (answer.Status != MetricStatus.Ok)
        {
            var failure = answer.Text.Length > 0 ? answer.Text : $"{condition.Source} has no answer ({answer.Status})";
            return new(Truth.Unknown, Named(condition, failure), [new Evidence(condition.Source, query, failure, now)]);
        }
        List<(MetricSeries Series, double Value)> measured = [];
        foreach (var series in answer.Series)
        {
            if (Reduce(condition, series) is { } value) measured.Add((series, value));
        }
        if (measured.Count == 0 || (condition.EverySeries && measured.Count < answer.Series.Count))
        {
            var few = $"{answer.Series.Max(series => series.Points.Count)} samples in {Duration.Format(condition.Over ?? TimeSpan.Zero)} are too few for a {condition.Reduction.ToString().ToLowerInvariant()}";
            return new(Truth.Unknown, Named(condition, few), [new Evidence(condition.Source, query, few, now)]);
        }
        return Compare(condition, query, measured, answer.Text);
    }

    private static Answer Compare(MetricCondition condition, string query, List<(MetricSeries Series, double Value)> measured, string warnings)
    {
        var (dimension, perTime) = condition.Compared;
        bool Holds((MetricSeries Series, double Value) one) => condition.Comparisons.All(comparison => comparison.Holds(one.Value, comparison.Bound.Value));
        var passes = condition.EverySeries ? measured.All(Holds) : measured.Any(Holds);
        // The series that decided: the extreme one on the side of the bound among those that did, or did not, pass.
        var upward = condition.Comparisons[0].Comparator is Comparator.Above or Comparator.AtLeast or Comparator.Equals;
        var deciding = measured.Where(one => condition.EverySeries ? passes || !Holds(one) : !passes || Holds(one)).OrderBy(one => upward != condition.EverySeries ? -one.Value : one.Value).First();
        var shown = Measure.Show(deciding.Value, dimension, perTime);
        var what = condition.Text.Length > 0 ? condition.Text : condition.Reduction == Reduction.Value ? "the value" : $"the {condition.Reduction.ToString().ToLowerInvariant()} over {Duration.Format(condition.Over!.Value)}";
        var asked = string.Join(" and ", condition.Comparisons.Select(comparison => $"{comparison.Words} {Measure.Show(comparison.Bound.Value, dimension, perTime)}"));
        var of = measured.Count > 1 ? $" ({Identify(deciding.Series)}; {measured.Count} series)" : "";
        var text = $"{what}: {shown}{of}, {(passes ? "" : "not ")}{asked}{(warnings.Length == 0 ? "" : $" ({warnings})")}";
        var evidence = new Evidence(condition.Source, query, text, deciding.Series.Points[^1].Time)
        {
            Value = double.IsFinite(deciding.Value) ? deciding.Value : null,
            Unit = new Unit(dimension, 1, perTime).Symbol,
        };
        return new(passes ? Truth.Yes : Truth.No, text, [evidence]);
    }

    private static double? Reduce(MetricCondition condition, MetricSeries series)
    {
        var scale = condition.Unit.Scale;
        var points = series.Points;
        switch (condition.Reduction)
        {
            case Reduction.Value: return points[^1].Value * scale;
            case Reduction.Minimum: return points.Min(point => point.Value) * scale;
            case Reduction.Maximum: return points.Max(point => point.Value) * scale;
            case Reduction.Average: return points.Average(point => point.Value) * scale;
            case Reduction.Change: return points.Count < 2 ? null : (points[^1].Value - points[0].Value) * scale;
        }
        if (Trend.Of(points, condition.Over!.Value) is not { } trend) return null;
        return condition.Reduction switch
        {
            Reduction.Slope => trend.SlopePerSecond * scale,
            Reduction.Predict => trend.After(condition.Ahead) * scale,
            _ => trend.SecondsTo(condition.Reaches / scale),
        };
    }

    private static string Named(Condition condition, string fact) => condition.Text.Length == 0 || fact.StartsWith(condition.Text, StringComparison.Ordinal) ? fact : $"{condition.Text}: {fact}";

    private static string Shorten(string value) => value.Length <= 120 ? value : value[..117] + "...";

    private static string Places(List<string> places) => places.Count <= 3 ? string.Join(", ", places) : string.Create(CultureInfo.InvariantCulture, $"{places[0]}, {places[1]} and {places.Count - 2} more");

    private static string Identify(MetricSeries series)
    {
        var labels = series.Labels.Where(label => label.Key != "__name__").OrderBy(label => label.Key, StringComparer.Ordinal).Take(4).Select(label => $"{label.Key}={Shorten(label.Value)}");
        return string.Join(" ", labels);
    }
}
