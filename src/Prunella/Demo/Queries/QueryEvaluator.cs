using Prunella.Demo.Metrics;

namespace Prunella.Demo.Queries;

/// <summary>One element of an instant vector.</summary>
internal readonly record struct Element(IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Evaluates a query at one moment as Prometheus would, over the demo's samples.</summary>
/// <param name="history">The samples.</param>
/// <param name="lookBack">How old a series' newest sample may be.</param>
internal sealed class QueryEvaluator(SeriesHistory history, TimeSpan lookBack)
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    /// <summary>The vector; a scalar is one element without labels.</summary>
    /// <exception cref="QueryRefusedException">A function or shape that the demo does not know.</exception>
    internal IReadOnlyList<Element> Evaluate(QueryNode node, DateTimeOffset at) => node switch
    {
        NumberNode number => [new Element(NoLabels, number.Value)],
        NegateNode negate => [.. Evaluate(negate.Inner, at).Select(element => element with { Value = -element.Value })],
        SelectorNode { Range: null } selector => [.. Window(selector, at, lookBack).Select(one => new Element(one.Labels, one.Samples[^1].Value))],
        SelectorNode => throw new QueryRefusedException("a range stands only inside rate, increase, deriv or …_over_time"),
        CallNode call => Call(call, at),
        AggregateNode aggregate => Aggregate(aggregate, at),
        BinaryNode binary => Binary(binary, at),
        _ => throw new QueryRefusedException("a query of another kind"),
    };

    private IEnumerable<(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<Sample> Samples)> Window(SelectorNode selector, DateTimeOffset at, TimeSpan window) =>
        history.Select(selector.Name, at - window, at).Where(one => selector.Matchers.All(matcher => matcher.Fits(one.Labels)));

    private IReadOnlyList<Element> Call(CallNode call, DateTimeOffset at)
    {
        if (call is { Function: "time", Arguments.Count: 0 }) return [new Element(NoLabels, at.ToUnixTimeMilliseconds() / 1_000.0)];
        if (call.Arguments is not [SelectorNode { Range: { } range } selector]) throw new QueryRefusedException($"{call.Function}(…) of something else than a range");
        Func<IReadOnlyList<Sample>, double?> reduce = call.Function switch
        {
            "rate" => samples => Increase(samples) / Seconds(samples),
            "increase" => Increase,
            "deriv" => samples => samples.Count < 2 ? null : (samples[^1].Value - samples[0].Value) / Seconds(samples),
            "min_over_time" => samples => samples.Min(sample => sample.Value),
            "max_over_time" => samples => samples.Max(sample => sample.Value),
            "avg_over_time" => samples => samples.Average(sample => sample.Value),
            _ => throw new QueryRefusedException($"the function {call.Function}"),
        };
        return [.. Window(selector, at, range).Select(one => (one.Labels, Value: reduce(one.Samples))).Where(one => one.Value is { } value && double.IsFinite(value)).Select(one => new Element(one.Labels, one.Value!.Value))];
    }

    // A counter that falls was started anew.
    private static double? Increase(IReadOnlyList<Sample> samples)
    {
        if (samples.Count < 2) return null;
        var sum = 0.0;
        for (var index = 1; index < samples.Count; index++)
            sum += samples[index].Value >= samples[index - 1].Value ? samples[index].Value - samples[index - 1].Value : samples[index].Value;
        return sum;
    }

    private static double Seconds(IReadOnlyList<Sample> samples) => (samples[^1].At - samples[0].At).TotalSeconds;

    private IReadOnlyList<Element> Aggregate(AggregateNode aggregate, DateTimeOffset at)
    {
        var share = aggregate.Parameter is null ? 0 : Evaluate(aggregate.Parameter, at)[0].Value;
        var groups = Evaluate(aggregate.Inner, at).GroupBy(element => KeyOf(Keep(element.Labels, aggregate)), StringComparer.Ordinal);
        return [.. groups.Select(group => new Element(Keep(group.First().Labels, aggregate), Reduce(aggregate.Operation, share, [.. group.Select(element => element.Value)])))];
    }

    private static double Reduce(string operation, double share, double[] values) => operation switch
    {
        "sum" => values.Sum(),
        "min" => values.Min(),
        "max" => values.Max(),
        "avg" => values.Average(),
        "count" => values.Length,
        _ => Quantile(share, values),
    };

    private static double Quantile(double share, double[] values)
    {
        Array.Sort(values);
        var rank = Math.Clamp(share, 0, 1) * (values.Length - 1);
        var below = (int)Math.Floor(rank);
        var above = Math.Min(below + 1, values.Length - 1);
        return values[below] + (values[above] - values[below]) * (rank - below);
    }

    private static Dictionary<string, string> Keep(IReadOnlyDictionary<string, string> labels, AggregateNode aggregate) =>
        labels.Where(label => aggregate.By.Contains(label.Key) != aggregate.Without).ToDictionary(StringComparer.Ordinal);

    private IReadOnlyList<Element> Binary(BinaryNode binary, DateTimeOffset at)
    {
        var left = Evaluate(binary.Left, at);
        var right = Evaluate(binary.Right, at);
        if (IsScalar(binary.Right)) return Combine(left.Select(element => (element.Labels, element.Value, right[0].Value, element.Value)), binary);
        if (IsScalar(binary.Left)) return Combine(right.Select(element => (element.Labels, left[0].Value, element.Value, element.Value)), binary);
        var partners = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var element in right)
            if (!partners.TryAdd(KeyOf(Matched(element.Labels, binary.On)), element.Value)) throw new QueryRefusedException("several series on the right fit one on the left");
        return Combine(left.Select(element => (element.Labels, Partner: partners.TryGetValue(KeyOf(Matched(element.Labels, binary.On)), out var value) ? value : (double?)null, element.Value))
            .Where(pair => pair.Partner is not null)
            .Select(pair => ((IReadOnlyDictionary<string, string>)(IsComparison(binary.Operation) ? pair.Labels : Matched(pair.Labels, binary.On)), pair.Value, pair.Partner!.Value, pair.Value)), binary);
    }

    private static List<Element> Combine(IEnumerable<(IReadOnlyDictionary<string, string> Labels, double Left, double Right, double Kept)> pairs, BinaryNode binary)
    {
        var result = new List<Element>();
        foreach (var (labels, left, right, kept) in pairs)
        {
            if (!IsComparison(binary.Operation))
            {
                var value = binary.Operation switch { "+" => left + right, "-" => left - right, "*" => left * right, _ => left / right };
                if (double.IsFinite(value)) result.Add(new Element(labels, value));
                continue;
            }
            var holds = binary.Operation switch { "==" => left == right, "!=" => left != right, ">" => left > right, "<" => left < right, ">=" => left >= right, _ => left <= right };
            if (binary.Bool) result.Add(new Element(labels, holds ? 1 : 0));
            else if (holds) result.Add(new Element(labels, kept));
        }
        return result;
    }

    private static Dictionary<string, string> Matched(IReadOnlyDictionary<string, string> labels, IReadOnlyList<string>? on) =>
        labels.Where(label => on is null || on.Contains(label.Key)).ToDictionary(StringComparer.Ordinal);

    private static bool IsComparison(string operation) => operation is "==" or "!=" or ">" or "<" or ">=" or "<=";

    private static bool IsScalar(QueryNode node) => node switch
    {
        NumberNode => true,
        CallNode { Function: "time" } => true,
        NegateNode negate => IsScalar(negate.Inner),
        BinaryNode binary => IsScalar(binary.Left) && IsScalar(binary.Right),
        _ => false,
    };

    private static string KeyOf(IReadOnlyDictionary<string, string> labels) =>
        string.Join('\u0001', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}\u0002{label.Value}"));
}
