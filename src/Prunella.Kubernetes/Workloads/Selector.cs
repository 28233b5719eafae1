using k8s.Models;

namespace Prunella.Kubernetes.Workloads;

/// <summary>Label selectors in the text form that lists take.</summary>
internal static class Selector
{
    /// <summary>The selector's text; empty for one that selects everything.</summary>
    internal static string Of(V1LabelSelector? selector)
    {
        var parts = new List<string>();
        foreach (var (key, value) in selector?.MatchLabels ?? new Dictionary<string, string>()) parts.Add($"{key}={value}");
        foreach (var expression in selector?.MatchExpressions ?? [])
        {
            parts.Add(expression.OperatorProperty switch
            {
                "In" => $"{expression.Key} in ({string.Join(',', expression.Values)})",
                "NotIn" => $"{expression.Key} notin ({string.Join(',', expression.Values)})",
                "Exists" => expression.Key,
                _ => $"!{expression.Key}",
            });
        }
        return string.Join(',', parts);
    }

    internal static string Of(IEnumerable<KeyValuePair<string, string>> labels) => string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));

    /// <summary>Whether the labels match; a null selector matches nothing, an empty one everything.</summary>
    internal static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels)
    {
        if (selector is null) return false;
        labels ??= new Dictionary<string, string>();
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value) return false;
        }
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            var has = labels.TryGetValue(expression.Key, out var actual);
            var matches = expression.OperatorProperty switch
            {
                "In" => has && expression.Values.Contains(actual!),
                "NotIn" => !has || !expression.Values.Contains(actual!),
                "Exists" => has,
                "DoesNotExist" => !has,
                _ => false,
            };
            if (!matches) return false;
        }
        return true;
    }
}
