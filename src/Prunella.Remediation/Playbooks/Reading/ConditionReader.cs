using Prunella.Remediation.Playbooks.Conditions;
using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Reads conditions.</summary>
internal static class ConditionReader
{
    private const int PointsMax = 500;

    /// <summary>A list (all must hold) or one condition; null when something in it is wrong.</summary>
    internal static Condition? Read(ReadScope scope, TreeNode node, string path)
    {
        if (node is not TreeList list) return One(scope, node, path);
        var conditions = Many(scope, list, path);
        return conditions.Count == list.Items.Count ? new AllOf(conditions) : null;
    }

    private static List<Condition> Many(ReadScope scope, TreeList list, string path)
    {
        if (list.Items.Count == 0) scope.Report(list, path, "the list of conditions is empty", "at least one condition", "Add one, or remove the key");
        return [.. list.Items.Select((item, index) => One(scope, item, $"{path}[{index}]")).OfType<Condition>()];
    }

    private static Condition? One(ReadScope scope, TreeNode node, string path)
    {
        var kinds = PlaybookShapes.Conditions.Select(shape => shape.Name);
        if (node is not TreeMap map)
        {
            scope.Report(node, path, $"{node.Kind} is no condition", $"a mapping with one of {string.Join(", ", kinds)}", "Indent the keys below it");
            return null;
        }
        if (++scope.ConditionCount == PlaybookLimits.ConditionsMax + 1) scope.Report(node, path, "too many conditions", $"at most {PlaybookLimits.ConditionsMax}", "Split the playbook");
        var shapes = PlaybookShapes.Conditions.Where(shape => map.Entries.Any(entry => entry.Key.Value == shape.Name)).ToList();
        if (shapes.Count != 1)
        {
            var first = map.Entries.Count == 0 ? "" : map.Entries[0].Key.Value;
            if (shapes.Count == 0) scope.Report(node, path, "the condition asks nothing", $"exactly one of {string.Join(", ", kinds)}", Suggestion.For(first, kinds));
            else scope.Report(node, path, $"the condition asks {string.Join(" and ", shapes.Select(shape => shape.Name))} at once", "exactly one of them", "Put them below 'all'");
            return null;
        }
        var reader = ShapeReader.Open(scope, map, shapes[0], path)!;
        var condition = shapes[0].Name switch
        {
            "all" or "any" => Group(reader, shapes[0].Name),
            "not" => reader.Node("not") is { } inner && Read(scope, inner, reader.PathOf("not")) is { } negated ? new NotOf(negated) : null,
            "label" => Signal(reader, "label"),
            "annotation" => Signal(reader, "annotation"),
            "metric" => Metric(reader),
            _ => Workload(reader),
        };
        return condition is null ? null : condition with { Text = reader.Text("text") ?? "" };
    }

    private static Condition? Group(ShapeReader reader, string key)
    {
        if (reader.Node(key) is not { } node) return null;
        if (node is not TreeList list)
        {
            reader.Report(key, $"'{key}' needs a list", "conditions, each with a hyphen before it", "Write each condition as an item");
            return null;
        }
        var conditions = Many(reader.Scope, list, reader.PathOf(key));
        if (conditions.Count == 0 || conditions.Count != list.Items.Count) return null;
        return key == "all" ? new AllOf(conditions) : new AnyOf(conditions);
    }

    private static SignalCondition? Signal(ShapeReader reader, string key) =>
        reader.Text(key) is { } name && Test(reader) is { } test ? new SignalCondition(name, key == "annotation", test) : null;

    private static TextTest? Test(ShapeReader reader)
    {
        List<string>? oneOf = reader.Has("oneOf") ? [.. reader.Texts("oneOf").Select(item => item.Text)] : null;
        if (reader.Text("equals") is { } equal) oneOf = oneOf is null ? [equal] : oneOf.Contains(equal) ? [equal] : [];
        var test = new TextTest
        {
            OneOf = oneOf,
            NoneOf = reader.Has("noneOf") ? [.. reader.Texts("noneOf").Select(item => item.Text)] : null,
            Pattern = reader.Text("matches") is { } pattern ? reader.Scope.Pattern(reader.Node("matches")!, reader.PathOf("matches"), pattern) : null,
            Exists = reader.Flag("exists"),
        };
        if (test is not { OneOf: null, NoneOf: null, Pattern: null, Exists: null }) return test;
        if (!reader.Has("matches") && !reader.Has("exists"))
            reader.Report(reader.Map.Entries[0].Key.Value, "nothing is asked about it", "equals, oneOf, noneOf, matches or exists", "Add one");
        return null;
    }

    private static MetricCondition? Metric(ShapeReader reader)
    {
        var source = SourceOf(reader);
        var query = reader.Template("metric", LanguageOf(source));
        var reduction = reader.Text("measure") switch
        {
            "min" => Reduction.Minimum,
            "max" => Reduction.Maximum,
            "average" => Reduction.Average,
            "change" => Reduction.Change,
            "slope" => Reduction.Slope,
            "predict" => Reduction.Predict,
            "timeTo" => Reduction.TimeTo,
            _ => Reduction.Value,
        };
        var bounds = BoundReader.Read(reader, fields: false);
        if (bounds.Count == 0 && !BoundKeys.Any(reader.Has)) reader.Report("metric", "nothing is compared", "above, atLeast, below, atMost or equals", "Add a bound");
        var reaches = reader.Measure("reaches");
        var unit = reduction == Reduction.TimeTo && !reader.Has("unit")
            ? reaches is { HasUnit: true } reached ? new Unit(reached.Unit.Dimension, 1, reached.Unit.PerTime) : Unit.Count
            : BoundReader.UnitOf(reader, bounds, reduction == Reduction.Slope);
        var over = reader.Duration("over");
        var step = reader.Duration("step");
        var ahead = reader.Duration("ahead");
        var series = reader.Text("series");
        Window(reader, reduction, over, step);
        if (unit is null || bounds.Count == 0) return null;
        var (dimension, perTime) = MetricCondition.ComparedBy(reduction, unit.Value);
        foreach (var (key, comparison) in bounds) BoundReader.Check(reader, key, comparison.Bound, dimension, perTime, unit.Value);
        if (reaches is { } goal && reduction == Reduction.TimeTo && goal.Value != 0) BoundReader.Check(reader, "reaches", goal, unit.Value.Dimension, unit.Value.PerTime, unit.Value);
        return query is null ? null : new MetricCondition(source, query, [.. bounds.Select(bound => bound.Comparison)])
        {
            Reduction = reduction,
            Over = over,
            Step = step,
            Ahead = ahead ?? TimeSpan.Zero,
            Reaches = reaches?.Value ?? 0,
            Unit = unit.Value,
            EverySeries = series == "every",
        };
    }

    private static void Window(ShapeReader reader, Reduction reduction, TimeSpan? over, TimeSpan? step)
    {
        if (reduction != Reduction.Value && !reader.Has("over")) reader.Report("measure", "an aggregate or a trend needs a window", "over, as in over: 10m", "Add over");
        if (reduction == Reduction.Value && reader.Has("over")) reader.Report("over", "a window is given and only the newest value is compared", "a measure: min, max, average, change, slope, predict or timeTo", "Add measure, or remove over");
        if (reduction == Reduction.Predict && !reader.Has("ahead")) reader.Report("measure", "a prediction needs to know how far", "ahead, as in ahead: 4h", "Add ahead");
        if (reduction != Reduction.Predict && reader.Has("ahead")) reader.Report("ahead", "only a prediction looks ahead", "measure: predict", "Remove ahead, or predict");
        if (reduction != Reduction.TimeTo && reader.Has("reaches")) reader.Report("reaches", "only timeTo has a goal", "measure: timeTo", "Remove reaches, or use timeTo");
        if (over is { } window && window < TimeSpan.FromSeconds(10)) reader.Report("over", "the window is too short for a trend", "at least 10s", "Widen it");
        if (step is null) return;
        if (over is null) reader.Report("step", "a step without a window", "over, as in over: 10m", "Add over, or remove step");
        else if (step < TimeSpan.FromSeconds(1) || over / step > PointsMax || step > over / 4) reader.Report("step", "the step does not fit the window", $"4 to {PointsMax} samples, at least 1s apart", "Change step or over");
    }

    private static WorkloadCondition? Workload(ShapeReader reader)
    {
        if (reader.Text("workload") is not { } name) return null;
        var field = WorkloadField.All.First(known => known.Name == name);
        string[] fitting = field.Kind switch
        {
            WorkloadFieldKind.Number => BoundKeys,
            WorkloadFieldKind.Flag => ["is"],
            _ => ["equals", "oneOf", "noneOf", "matches", "exists", "within"],
        };
        foreach (var key in FieldKeys.Except(fitting).Where(reader.Has))
            reader.Report(key, $"'{key}' does not fit '{name}', which is a {field.Kind.ToString().ToLowerInvariant()}", string.Join(", ", fitting), "Use one of these");
        switch (field.Kind)
        {
            case WorkloadFieldKind.Flag:
                if (!reader.Has("is")) reader.Report("workload", "nothing is asked about it", "is: true or is: false", "Add is");
                return reader.Flag("is") is { } wanted ? new WorkloadCondition(field) { Is = wanted } : null;
            case WorkloadFieldKind.Text:
                if (reader.Has("within") && !name.StartsWith("last", StringComparison.Ordinal)) reader.Report("within", $"'{name}' has no time", "lastTerminationReason or lastExitCode", "Remove within");
                return Test(reader) is { } test ? new WorkloadCondition(field) { Test = test, Within = reader.Duration("within") } : null;
            default:
                var bounds = BoundReader.Read(reader, fields: true);
                if (bounds.Count == 0 && !BoundKeys.Any(reader.Has)) reader.Report("workload", "nothing is compared", string.Join(", ", BoundKeys), "Add a bound");
                foreach (var (key, comparison) in bounds.Where(bound => bound.Comparison.BoundField is null)) BoundReader.Check(reader, key, comparison.Bound, field.Dimension, perTime: false, new Unit(field.Dimension, 1, PerTime: false));
                return bounds.Count > 0 ? new WorkloadCondition(field) { Comparisons = [.. bounds.Select(bound => bound.Comparison)] } : null;
        }
    }

    internal static string SourceOf(ShapeReader reader)
    {
        var source = reader.Text("source") ?? "prometheus";
        if (!reader.Scope.Sources.Contains(source)) reader.Report("source", $"'{source}' is no metric source", string.Join(", ", reader.Scope.Sources), Suggestion.For(source, reader.Scope.Sources));
        return source;
    }

    /// <summary>Prometheus quotes its label values; other sources' languages have no quoting, so only names are let in.</summary>
    internal static TemplateLanguage LanguageOf(string source) => source.StartsWith("prometheus", StringComparison.Ordinal) ? TemplateLanguage.PromQl : TemplateLanguage.Name;

    private static readonly string[] BoundKeys = ["above", "atLeast", "below", "atMost", "equals"];

    private static readonly string[] FieldKeys = [.. BoundKeys, "oneOf", "noneOf", "matches", "exists", "is", "within"];
}
