using System.Globalization;
using Prunella.Remediation.Playbooks.Measures;
using Prunella.Remediation.Playbooks.Templates;

namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>Reads a mapping by its shape. Wrong keys and values are problems, and reading goes on so that every one is found.</summary>
internal sealed class ShapeReader
{
    private readonly Dictionary<string, (TreeScalar Key, TreeNode Value)> entries = new(StringComparer.Ordinal);
    private readonly Shape shape;

    private ShapeReader(ReadScope scope, TreeMap map, Shape shape, string path)
    {
        Scope = scope;
        Map = map;
        this.shape = shape;
        Path = path;
        foreach (var (key, value) in map.Entries)
        {
            if (shape.Keys.All(rule => rule.Name != key.Value))
                scope.Report(key, PathOf(key.Value), $"unknown key '{key.Value}' of {shape.Name}", "", Suggestion.For(key.Value, shape.Keys.Select(rule => rule.Name)));
            else if (value is TreeScalar { IsNull: true })
                scope.Report(value, PathOf(key.Value), $"'{key.Value}' has no value", Expectation(RuleOf(key.Value)), "Give it one, or remove the key");
            else entries[key.Value] = (key, value);
        }
        foreach (var rule in shape.Keys.Where(rule => rule.Required && map.Entries.All(entry => entry.Key.Value != rule.Name)))
            scope.Report(map, PathOf(rule.Name), $"'{rule.Name}' is missing", Expectation(rule), $"Add {rule.Name}: {rule.Description}");
    }

    internal ReadScope Scope { get; }

    internal TreeMap Map { get; }

    internal string Path { get; }

    internal static ShapeReader? Open(ReadScope scope, TreeNode node, Shape shape, string path)
    {
        if (node is TreeMap map) return new ShapeReader(scope, map, shape, path);
        scope.Report(node, path, $"{node.Kind} stands where {shape.Name} is a mapping", $"keys such as {string.Join(", ", shape.Keys.Take(3).Select(rule => rule.Name))}", "Indent the keys below it");
        return null;
    }

    internal string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    internal bool Has(string key) => entries.ContainsKey(key);

    internal TreeNode? Node(string key) => entries.TryGetValue(key, out var entry) ? entry.Value : null;

    internal void Report(string key, string text, string expected, string fix) =>
        Scope.Report(entries.TryGetValue(key, out var entry) ? entry.Key : Map, PathOf(key), text, expected, fix);

    /// <summary>A text with its variables put in; null when absent or wrong.</summary>
    internal string? Text(string key)
    {
        if (Node(key) is not { } node) return null;
        var rule = RuleOf(key);
        if (node is not TreeScalar scalar)
        {
            Wrong(key, node, rule);
            return null;
        }
        var text = Scope.Expand(node, PathOf(key), scalar.Value);
        if (rule.Kind == KeyKind.Name && !IsName(text))
        {
            Scope.Report(node, PathOf(key), $"'{text}' is no name", "lower-case letters, digits and hyphens, at most 63", "Rename it");
            return null;
        }
        if (rule.Choices is { } choices && !choices.Contains(text, StringComparer.Ordinal))
        {
            Scope.Report(node, PathOf(key), $"'{text}' is no {key}", string.Join(", ", choices), Suggestion.For(text, choices));
            return null;
        }
        return text;
    }

    internal bool? Flag(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is TreeScalar { Value: "true" or "false" } flag) return flag.Value == "true";
        Wrong(key, node, RuleOf(key));
        return null;
    }

    internal double? Number(string key)
    {
        if (Node(key) is not { } node) return null;
        var rule = RuleOf(key);
        if (node is TreeScalar scalar && double.TryParse(Scope.Expand(node, PathOf(key), scalar.Value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && !(number < rule.Minimum) && !(number > rule.Maximum) && (rule.Kind != KeyKind.Integer || number == Math.Floor(number))) return number;
        Wrong(key, node, rule);
        return null;
    }

    internal TimeSpan? Duration(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is TreeScalar scalar && Incidents.Actions.Duration.TryParse(Scope.Expand(node, PathOf(key), scalar.Value), out var duration) && duration <= PlaybookLimits.LongestDuration) return duration;
        Wrong(key, node, RuleOf(key));
        return null;
    }

    internal Measure? Measure(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is TreeScalar scalar && Measures.Measure.TryParse(Scope.Expand(node, PathOf(key), scalar.Value), out var measure)) return measure;
        Wrong(key, node, RuleOf(key));
        return null;
    }

    /// <summary>A text with placeholders; null when absent or wrong.</summary>
    internal Template? Template(string key, TemplateLanguage language)
    {
        if (Text(key) is not { } text) return null;
        if (text.Length > PlaybookLimits.QueryCharactersMax)
        {
            Report(key, "the text is too long", $"at most {PlaybookLimits.QueryCharactersMax} characters", "Shorten it");
            return null;
        }
        var template = Templates.Template.Parse(text, language, out var problem);
        if (template is null)
        {
            var fix = language == TemplateLanguage.PromQl ? $"The query is: {(text.Length > 120 ? text[..117] + "..." : text.Trim())}" : "Correct the placeholder";
            Scope.Report(Node(key)!, PathOf(key), problem, "", fix);
        }
        return template;
    }

    /// <summary>Texts with their places; a single text counts as a list of one.</summary>
    internal List<(string Text, TreeNode Place, string Path)> Texts(string key)
    {
        List<(string, TreeNode, string)> texts = [];
        if (Node(key) is not { } node) return texts;
        if (node is TreeMap) Wrong(key, node, RuleOf(key));
        var items = node is TreeList list ? list.Items : [node];
        for (var index = 0; index < items.Count; index++)
        {
            var path = node is TreeList ? $"{PathOf(key)}[{index}]" : PathOf(key);
            if (items[index] is TreeScalar { IsNull: false } scalar) texts.Add((Scope.Expand(scalar, path, scalar.Value), scalar, path));
            else if (node is not TreeMap) Scope.Report(items[index], path, $"{items[index].Kind} is no text", "a text", "Write a text");
        }
        if (node is TreeList { Items.Count: 0 }) Report(key, "the list is empty", Expectation(RuleOf(key)), "Add an item, or remove the key");
        return texts;
    }

    /// <summary>The items of a list of shapes.</summary>
    internal List<ShapeReader> Shapes(string key)
    {
        List<ShapeReader> readers = [];
        if (Node(key) is not { } node) return readers;
        if (node is not TreeList list)
        {
            Wrong(key, node, RuleOf(key));
            return readers;
        }
        for (var index = 0; index < list.Items.Count; index++)
        {
            if (Open(Scope, list.Items[index], RuleOf(key).Of!, $"{PathOf(key)}[{index}]") is { } reader) readers.Add(reader);
        }
        return readers;
    }

    internal ShapeReader? Inner(string key) => Node(key) is { } node ? Open(Scope, node, RuleOf(key).Of!, PathOf(key)) : null;

    /// <summary>Texts by name, as written: variables are put in only when asked.</summary>
    internal List<(TreeScalar Key, string Text, TreeNode Place)> TextMap(string key, bool expand)
    {
        List<(TreeScalar, string, TreeNode)> texts = [];
        if (Node(key) is not { } node) return texts;
        if (node is not TreeMap map)
        {
            Wrong(key, node, RuleOf(key));
            return texts;
        }
        foreach (var (name, value) in map.Entries)
        {
            var path = $"{PathOf(key)}.{name.Value}";
            if (value is TreeScalar { IsNull: false } scalar) texts.Add((name, expand ? Scope.Expand(scalar, path, scalar.Value) : scalar.Value, scalar));
            else Scope.Report(value, path, $"{value.Kind} is no text", "a text or a number", "Write one value");
        }
        return texts;
    }

    internal static bool IsName(string text) =>
        text.Length is > 0 and <= 63 && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-') && text[0] != '-' && text[^1] != '-';

    private KeyRule RuleOf(string key) => shape.Keys.First(rule => rule.Name == key);

    private void Wrong(string key, TreeNode node, KeyRule rule) =>
        Scope.Report(node, PathOf(key), $"{node.Kind} does not fit '{key}'", Expectation(rule), $"{char.ToUpperInvariant(rule.Description[0])}{rule.Description[1..]}");

    private static string Expectation(KeyRule rule) => rule.Kind switch
    {
        KeyKind.Number or KeyKind.Integer when rule.Minimum is not null => string.Create(CultureInfo.InvariantCulture, $"{(rule.Kind == KeyKind.Integer ? "a whole number" : "a number")} from {rule.Minimum} to {rule.Maximum}"),
        KeyKind.Number => "a number",
        KeyKind.Integer => "a whole number",
        KeyKind.Flag => "true or false",
        KeyKind.Duration => $"a duration such as 30s, 5m or 1h30m, at most {Incidents.Actions.Duration.Format(PlaybookLimits.LongestDuration)}",
        KeyKind.Measure => $"a number with a unit, as in 95%, 50 MB/min or 200 ms (units: {Unit.Allowed})",
        KeyKind.Name => "lower-case letters, digits and hyphens",
        KeyKind.TextList => "a list of texts",
        KeyKind.TextMap => "a mapping of names to texts",
        KeyKind.Shape => $"a mapping with {string.Join(", ", rule.Of!.Keys.Take(3).Select(inner => inner.Name))}",
        KeyKind.ShapeList => $"a list of mappings, each with {rule.Of!.Keys[0].Name}",
        KeyKind.Condition or KeyKind.Conditions => "a condition",
        _ when rule.Choices is { } choices => string.Join(", ", choices),
        _ => "a text",
    };
}
