using System.Text.Json.Nodes;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Selectors;

/// <summary>A parsed label selector: every requirement must hold.</summary>
internal sealed class LabelSelector
{
    private enum Operator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan }

    private readonly record struct Requirement(string Key, Operator Operator, string[] Values)
    {
        public bool Holds(Dictionary<string, string> labels)
        {
            var present = labels.TryGetValue(Key, out var value);
            return Operator switch
            {
                Operator.In => present && Values.Contains(value),
                Operator.NotIn => !present || !Values.Contains(value),
                Operator.Exists => present,
                Operator.DoesNotExist => !present,
                Operator.GreaterThan => present && long.TryParse(value, out var more) && more > long.Parse(Values[0], System.Globalization.CultureInfo.InvariantCulture),
                _ => present && long.TryParse(value, out var less) && less < long.Parse(Values[0], System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    public static readonly LabelSelector Everything = new([]);

    /// <summary>Matches no object: what an absent selector means to a controller.</summary>
    public static readonly LabelSelector Nothing = new([new Requirement("", Operator.In, [])]);

    private readonly Requirement[] requirements;

    private LabelSelector(Requirement[] requirements) => this.requirements = requirements;

    public bool IsEmpty => requirements.Length == 0;

    public bool Matches(Dictionary<string, string> labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Holds(labels)) return false;
        }

        return true;
    }

    public bool MatchesLabelsOf(JsonNode? body) => IsEmpty || Matches(body.TextMap("metadata", "labels"));

    /// <summary>From <c>matchLabels</c>/<c>matchExpressions</c>; null matches nothing.</summary>
    public static LabelSelector From(JsonNode? selector)
    {
        if (selector is not JsonObject) return Nothing;
        var parts = new List<Requirement>();
        foreach (var (key, value) in selector.TextMap("matchLabels")) parts.Add(new Requirement(key, Operator.In, [value]));
        foreach (var expression in selector.Items("matchExpressions"))
        {
            var values = expression.Texts("values").ToArray();
            parts.Add(new Requirement(expression.Text("key") ?? "", expression.Text("operator") switch
            {
                "In" => Operator.In,
                "NotIn" => Operator.NotIn,
                "Exists" => Operator.Exists,
                "Gt" => Operator.GreaterThan,
                "Lt" => Operator.LessThan,
                _ => Operator.DoesNotExist,
            }, values));
        }

        return new LabelSelector([.. parts]);
    }

    public static LabelSelector FromMap(Dictionary<string, string> labels) =>
        new([.. labels.Select(pair => new Requirement(pair.Key, Operator.In, [pair.Value]))]);

    /// <summary>From the query string: <c>a=b,c!=d,e in (f,g),!h</c>.</summary>
    /// <exception cref="ApiStatusException">400 when it cannot be parsed.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        var parts = new List<Requirement>();
        foreach (var part in Split(text)) parts.Add(ParseOne(part.Trim()));
        return new LabelSelector([.. parts]);
    }

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index < text.Length && text[index] == '(') depth++;
            else if (index < text.Length && text[index] == ')') depth--;
            else if (index == text.Length || (text[index] == ',' && depth == 0))
            {
                yield return text[start..index];
                start = index + 1;
            }
        }
    }

    private static Requirement ParseOne(string part)
    {
        if (part.StartsWith('!')) return new Requirement(Key(part[1..]), Operator.DoesNotExist, []);
        var at = part.IndexOfAny(['=', '!', '<', '>']);
        if (at > 0 && !part.Contains('('))
        {
            var key = Key(part[..at]);
            var rest = part[at..];
            var (name, skip) = rest switch
            {
                ['=', '=', ..] => (Operator.In, 2),
                ['!', '=', ..] => (Operator.NotIn, 2),
                ['=', ..] => (Operator.In, 1),
                ['>', ..] => (Operator.GreaterThan, 1),
                ['<', ..] => (Operator.LessThan, 1),
                _ => throw Unparsable($"found '{rest}', expected: '!='"),
            };
            var value = rest[skip..].Trim();
            if (value.IndexOfAny(['=', '!', '<', '>', '(', ')', ' ']) >= 0) throw Unparsable($"found '{value[value.IndexOfAny(['=', '!', '<', '>', '(', ')', ' '])]}', expected: ',' or 'end of string'");
            if (name is Operator.GreaterThan or Operator.LessThan && !long.TryParse(value, out _)) throw Unparsable("for 'Gt', 'Lt' operators, the value must be an integer");
            return new Requirement(key, name, [Value(value)]);
        }

        var open = part.IndexOf('(');
        if (open < 0) return new Requirement(Key(part), Operator.Exists, []);
        if (!part.EndsWith(')')) throw Unparsable("found '', expected: ',', or ')'");
        var head = part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (head.Length != 2) throw Unparsable($"found '{part}', expected: identifier, 'in' or 'notin'");
        var values = part[(open + 1)..^1].Split(',').Select(value => Value(value.Trim())).ToArray();
        return head[1] switch
        {
            "in" => new Requirement(Key(head[0]), Operator.In, values),
            "notin" => new Requirement(Key(head[0]), Operator.NotIn, values),
            var other => throw Unparsable($"found '{other}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static string Key(string text)
    {
        var key = text.Trim();
        return key.Length > 0 && Resources.NameRules.LabelKeyError(key) is null ? key : throw Unparsable($"found '{key}', expected: !, identifier, or ','");
    }

    private static string Value(string value) =>
        Resources.NameRules.LabelValueError(value) is { } why ? throw Unparsable($"invalid label value: \"{value}\": {why}") : value;

    private static ApiStatusException Unparsable(string why) => new(ApiStatus.BadRequest("unable to parse requirement: " + why));
}
