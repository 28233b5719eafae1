using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Causes;

/// <summary>Label selectors as Kubernetes reads them.</summary>
internal static class LabelSelector
{
    /// <summary>Whether every given label is there with that value.</summary>
    internal static bool Fits(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in selector) if (!labels.TryGetValue(key, out var have) || have != value) return false;
        return true;
    }

    /// <summary>Whether a selector of <c>matchLabels</c> and <c>matchExpressions</c> fits; an empty one fits everything, an absent one nothing.</summary>
    internal static bool Matches(Field selector, IReadOnlyDictionary<string, string> labels)
    {
        if (!selector.Exists) return false;
        if (!Fits(selector["matchLabels"].Texts, labels)) return false;
        foreach (var expression in selector["matchExpressions"].Items) if (!Holds(expression, labels)) return false;
        return true;
    }

    /// <summary>Whether one expression holds. An operator that is not known never does.</summary>
    internal static bool Holds(Field expression, IReadOnlyDictionary<string, string> labels)
    {
        var has = labels.TryGetValue(expression["key"].Text, out var value);
        var values = expression["values"].Items.All().Select(item => item.Text);
        return expression["operator"].Text switch
        {
            "In" => has && values.Contains(value),
            "NotIn" => !has || !values.Contains(value),
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => has && long.TryParse(value, out var more) && long.TryParse(values.FirstOrDefault(), out var than) && more > than,
            "Lt" => has && long.TryParse(value, out var less) && long.TryParse(values.FirstOrDefault(), out var bound) && less < bound,
            _ => false,
        };
    }

    /// <summary><c>zone In [eu-1a]</c>.</summary>
    internal static string Text(Field expression)
    {
        var values = string.Join(", ", expression["values"].Items.All().Select(item => item.Text));
        return $"{expression["key"].Text} {expression["operator"].Text}{(values.Length > 0 ? $" [{values}]" : "")}";
    }

    /// <summary><c>app=api, tier In [web]</c>; <c>every pod</c> for an empty one.</summary>
    internal static string Describe(Field selector)
    {
        var parts = selector["matchLabels"].Texts.Select(label => $"{label.Key}={label.Value}").Concat(selector["matchExpressions"].Items.All().Select(Text)).ToList();
        return parts.Count == 0 ? "every pod" : string.Join(", ", parts);
    }

    /// <summary><c>app=api,tier=web</c>.</summary>
    internal static string Describe(IReadOnlyDictionary<string, string> labels) => string.Join(",", labels.Select(label => $"{label.Key}={label.Value}"));
}
