using Prunella.Remediation.Playbooks.Conditions;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>What stands behind a key.</summary>
internal enum KeyKind
{
    Text,
    Name,
    Number,
    Integer,
    Flag,
    Duration,
    Measure,
    Query,
    TextList,
    TextMap,
    Shape,
    ShapeList,
    Condition,
    Conditions,
}

/// <summary>One key of a shape.</summary>
internal sealed record KeyRule(string Name, KeyKind Kind, string Description)
{
    internal bool Required { get; init; }

    internal Shape? Of { get; init; }

    internal IReadOnlyList<string>? Choices { get; init; }

    internal double? Minimum { get; init; }

    internal double? Maximum { get; init; }
}

/// <summary>A mapping with its keys; both the reader and the published schema are made from it.</summary>
internal sealed record Shape(string Name, string Description, IReadOnlyList<KeyRule> Keys);

/// <summary>The grammar of a playbook. What is not here is an unknown key.</summary>
internal static class PlaybookShapes
{
    private static readonly KeyRule[] Bounds =
    [
        new("above", KeyKind.Measure, "greater than this: 50 MB/min, 90%, 3"),
        new("atLeast", KeyKind.Measure, "this or greater"),
        new("below", KeyKind.Measure, "less than this"),
        new("atMost", KeyKind.Measure, "this or less"),
    ];

    private static readonly KeyRule[] TextTests =
    [
        new("equals", KeyKind.Text, "is exactly this"),
        new("oneOf", KeyKind.TextList, "is one of these"),
        new("noneOf", KeyKind.TextList, "is none of these"),
        new("matches", KeyKind.Text, "matches this regular expression entirely (linear time: no back-references, no look-around)"),
        new("exists", KeyKind.Flag, "is present and not empty, or is not"),
    ];

    private static readonly KeyRule Words = new("text", KeyKind.Text, "what it means, for people; shown as evidence");

    private static readonly KeyRule Source = new("source", KeyKind.Text, "the metric source; default prometheus");

    private static readonly KeyRule UnitKey = new("unit", KeyKind.Text, "the unit of the query's values: ratio, percent, bytes, MiB, seconds, ms, cores, count; default: the base unit that the bound implies");

    internal static readonly Shape All = new("all", "every condition holds", [new("all", KeyKind.Conditions, "conditions that must all hold") { Required = true }, Words]);

    internal static readonly Shape Any = new("any", "at least one condition holds", [new("any", KeyKind.Conditions, "conditions of which one must hold") { Required = true }, Words]);

    internal static readonly Shape Not = new("not", "the condition does not hold; an unanswered one stays unanswered", [new("not", KeyKind.Condition, "the condition that must not hold") { Required = true }, Words]);

    internal static readonly Shape Label = new("label", "a label of the signal", [new("label", KeyKind.Text, "the label's name") { Required = true }, .. TextTests, Words]);

    internal static readonly Shape Annotation = new("annotation", "an annotation of the signal", [new("annotation", KeyKind.Text, "the annotation's name") { Required = true }, .. TextTests, Words]);

    internal static readonly Shape Metric = new("metric", "a question to a metric source; no, empty, stale or NaN answers never hold",
    [
        new("metric", KeyKind.Query, "the query in the source's language; placeholders only inside the quotes of label matchers") { Required = true },
        Source,
        UnitKey,
        new("over", KeyKind.Duration, "the window of a trend or an aggregate, back from now"),
        new("step", KeyKind.Duration, "the distance of the samples in the window; default a sixtieth of it, at least 5s"),
        new("measure", KeyKind.Text, "what is compared: the newest value, an aggregate of the window, its trend per time, a prediction, or the time until a value is reached")
        {
            Choices = ["value", "min", "max", "average", "change", "slope", "predict", "timeTo"],
        },
        new("ahead", KeyKind.Duration, "for predict: how far ahead"),
        new("reaches", KeyKind.Measure, "for timeTo: the value that the trend moves to; default 0"),
        new("series", KeyKind.Text, "whether one series or every series must pass; default any") { Choices = ["any", "every"] },
        .. Bounds,
        new("equals", KeyKind.Measure, "exactly this"),
        Words,
    ]);

    internal static readonly Shape Workload = new("workload", "a field of the workload's state",
    [
        new("workload", KeyKind.Text, "the field") { Required = true, Choices = [.. WorkloadField.All.Select(field => field.Name)] },
        .. Bounds,
        .. TextTests,
        new("is", KeyKind.Flag, "for flags: true or false"),
        new("within", KeyKind.Duration, "for terminations: only those so recent"),
        Words,
    ]);

    /// <summary>The kinds of conditions; a condition is the one whose first key it has.</summary>
    internal static readonly IReadOnlyList<Shape> Conditions = [All, Any, Not, Label, Annotation, Metric, Workload];

    internal static readonly Shape Match = new("match", "which signals it is for; everything given must match",
    [
        new("alerts", KeyKind.TextList, "alert names, each a regular expression that matches entirely; one of them must"),
        new("labels", KeyKind.TextList, "label matchers as in Prometheus: severity=\"critical\", namespace=~\"shop|cart\"; all of them must"),
    ]);

    internal static readonly Shape Adjustment = new("adjustment", "a change of the confidence",
    [
        new("by", KeyKind.Number, "added when the condition holds") { Required = true, Minimum = -1, Maximum = 1 },
        new("when", KeyKind.Condition, "the condition") { Required = true },
    ]);

    internal static readonly Shape Confidence = new("confidence", "how sure the cause is when the conditions hold",
    [
        new("base", KeyKind.Number, "0 to 1; default 0.7") { Minimum = 0, Maximum = 1 },
        new("adjust", KeyKind.ShapeList, "what raises or lowers it") { Of = Adjustment },
    ]);

    internal static readonly Shape Check = new("check", "one check of the validation; all must pass through the soak",
    [
        new("metric", KeyKind.Query, "an instant query; the greatest series counts"),
        new("health", KeyKind.Text, "an http or https address that must answer 2xx; may hold {{target.name}} and {{target.namespace}}"),
        Source,
        UnitKey,
        .. Bounds,
        new("equals", KeyKind.Measure, "exactly this"),
        Words,
    ]);

    internal static readonly Shape StepTarget = new("target", "another object than the incident's, where the fix is elsewhere",
    [
        new("kind", KeyKind.Text, "its kind: Node, Cache, Database, Service, Deployment") { Required = true },
        new("name", KeyKind.Text, "its name, or a placeholder") { Required = true },
        new("namespace", KeyKind.Text, "its namespace, or a placeholder; default none"),
    ]);

    internal static readonly Shape Step = new("action", "one action of the course",
    [
        new("action", KeyKind.Text, "a name of the action catalogue") { Required = true },
        new("with", KeyKind.TextMap, "its parameters"),
        new("why", KeyKind.Text, "why, in one sentence"),
        new("wait", KeyKind.Duration, "waits so long before it is judged"),
        new("soak", KeyKind.Duration, "how long the target must stay well; default the action's own"),
        new("when", KeyKind.Condition, "takes the action only when this holds at the time of the diagnosis"),
        new("target", KeyKind.Shape, "another object than the incident's") { Of = StepTarget },
        new("validate", KeyKind.ShapeList, "checks of this action besides the playbook's") { Of = Check },
    ]);

    internal static readonly Shape Playbook = new("playbook", "what a cause looks like and what is done about it",
    [
        new("name", KeyKind.Name, "unique; lower-case letters, digits and hyphens") { Required = true },
        new("version", KeyKind.Text, "the author's version") { Required = true },
        new("description", KeyKind.Text, "what it is for") { Required = true },
        new("cause", KeyKind.Name, "the cause that it recognises; required unless it is a fragment"),
        new("family", KeyKind.Name, "the family of causes whose signals join one incident; required unless it is a fragment"),
        new("fragment", KeyKind.Flag, "never applied by itself, only included"),
        new("include", KeyKind.TextList, "playbooks whose variables, conditions and checks are added to this one's"),
        new("variables", KeyKind.TextMap, "texts that ${name} stands for; the configuration may replace them"),
        new("match", KeyKind.Shape, "which signals it is for; required unless it is a fragment") { Of = Match },
        new("conditions", KeyKind.Conditions, "what must hold; a list means all"),
        new("confidence", KeyKind.Shape, "how sure the cause is") { Of = Confidence },
        new("summary", KeyKind.Text, "the diagnosis in one sentence; may hold placeholders"),
        new("actions", KeyKind.ShapeList, "the course, in order") { Of = Step },
        new("next", KeyKind.Name, "a playbook whose actions follow when these did not fix"),
        new("validate", KeyKind.ShapeList, "checks after every action") { Of = Check },
        new("errorRateQuery", KeyKind.Query, "PromQL of the error rate that is compared with its baseline"),
        new("escalateAfter", KeyKind.Integer, "failed executions after which people take over; default 1") { Minimum = 1, Maximum = 10 },
        new("escalateAtOnce", KeyKind.Flag, "a person has to act even though the cause is known"),
        new("noAction", KeyKind.Flag, "nothing is wrong"),
        new("advice", KeyKind.Text, "what a person should do next; may hold placeholders"),
    ]);
}
