using System.Text.RegularExpressions;

namespace Prunella.Remediation.Playbooks.Templates;

/// <summary>Where a placeholder's value comes from.</summary>
internal enum PlaceholderScope
{
    /// <summary>A label of the signal: anybody who can make an alert chooses it.</summary>
    Label,

    /// <summary>An annotation of the signal: as hostile as a label.</summary>
    Annotation,

    /// <summary>The resolved target: <c>cluster</c>, <c>namespace</c>, <c>kind</c>, <c>name</c>, <c>pods</c>.</summary>
    Target,

    /// <summary>The signal itself: <c>name</c>, <c>summary</c>.</summary>
    Signal,
}

/// <summary><c>{{label.pod}}</c> or, with what stands in when it is absent, <c>{{label.pod:-.+}}</c>.</summary>
/// <param name="Scope">Where the value comes from.</param>
/// <param name="Key">The label, annotation or field.</param>
/// <param name="Default">The author's text for an absent value, in the language around it; null when absence is a failure.</param>
/// <param name="InRegex">Whether it stands in a regular expression matcher.</param>
internal sealed partial record Placeholder(PlaceholderScope Scope, string Key, string? Default, bool InRegex)
{
    /// <summary>The field of the target that names its pods by a regular expression.</summary>
    internal const string Pods = "pods";

    private static readonly string[] TargetKeys = ["cluster", "namespace", "kind", "name", Pods];
    private static readonly string[] SignalKeys = ["name", "summary"];

    /// <summary>Reads what stands between the braces.</summary>
    internal static bool TryParse(string inner, bool inRegex, out Placeholder placeholder, out string problem)
    {
        placeholder = null!;
        problem = "";
        var parsed = Form().Match(inner);
        if (!parsed.Success)
        {
            problem = $"'{{{{{inner}}}}}' is no placeholder; write {{{{label.NAME}}}}, {{{{annotation.NAME}}}}, {{{{target.name}}}} or {{{{signal.name}}}}, with :-TEXT for when it is absent";
            return false;
        }
        var key = parsed.Groups["key"].Value;
        PlaceholderScope scope;
        switch (parsed.Groups["scope"].Value)
        {
            case "label": scope = PlaceholderScope.Label; break;
            case "annotation": scope = PlaceholderScope.Annotation; break;
            case "target":
                scope = PlaceholderScope.Target;
                if (!TargetKeys.Contains(key)) problem = $"the target has no '{key}'; it has {string.Join(", ", TargetKeys)}";
                else if (key == Pods && !inRegex) problem = "{{target.pods}} is a regular expression and only fits =~ and !~ matchers";
                break;
            default:
                scope = PlaceholderScope.Signal;
                if (!SignalKeys.Contains(key)) problem = $"the signal has no '{key}'; it has {string.Join(", ", SignalKeys)}";
                break;
        }
        placeholder = new Placeholder(scope, key, parsed.Groups["default"].Success ? parsed.Groups["default"].Value : null, inRegex);
        return problem.Length == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scope.ToString().ToLowerInvariant()} '{Key}'";

    [GeneratedRegex(@"^\s*(?<scope>label|annotation|target|signal)\.(?<key>[A-Za-z_][A-Za-z0-9_./-]*?)(:-(?<default>.*?))?\s*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Form();
}
