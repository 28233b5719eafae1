using System.Globalization;
using System.Text;
using Prunella.Hosting;

namespace Prunella.Demo.Queries;

/// <summary>
/// Reads the part of PromQL that the shipped playbooks and the demo's alert rules use: selectors, ranges, a few functions,
/// aggregations, arithmetic and comparisons with <c>on</c>. Recursive descent, one method for each level of precedence.
/// </summary>
internal sealed class QueryParser
{
    private const int DepthMax = 40;
    private static readonly HashSet<string> Aggregations = ["sum", "min", "max", "avg", "count", "quantile"];
    private readonly string text;
    private int at;
    private int depth;

    private QueryParser(string text) => this.text = text;

    /// <exception cref="QueryRefusedException">It is no query of the subset; the message names the place.</exception>
    internal static QueryNode Parse(string query)
    {
        var parser = new QueryParser(query);
        var node = parser.Comparison();
        parser.Skip();
        return parser.at == query.Length ? node : throw parser.Refused("an operator or the end");
    }

    private QueryNode Comparison() => Chain(Sum, "==", "!=", ">=", "<=", ">", "<");

    private QueryNode Sum() => Chain(Product, "+", "-");

    private QueryNode Product() => Chain(Unary, "*", "/");

    private QueryNode Chain(Func<QueryNode> operand, params ReadOnlySpan<string> operations)
    {
        if (++depth > DepthMax) throw Refused("less nesting");
        var left = operand();
        while (TakeAny(operations) is { } operation)
        {
            var isBool = TakeWord("bool");
            var on = TakeWord("on") ? Names() : null;
            if (TakeWord("ignoring") || TakeWord("group_left") || TakeWord("group_right")) throw Refused("on(…); the demo knows no other matching");
            left = new BinaryNode(operation, left, operand(), on, isBool);
        }
        depth--;
        return left;
    }

    private QueryNode Unary() => Take("-") ? new NegateNode(Unary()) : Primary();

    private QueryNode Primary()
    {
        Skip();
        if (Take("("))
        {
            var inner = Comparison();
            Expect(")");
            return inner;
        }
        if (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) return Number();
        var name = Word() ?? throw Refused("a metric, a function or a number");
        if (Aggregations.Contains(name) && (PeekIs("(") || PeekWord("by") || PeekWord("without"))) return Aggregate(name);
        return PeekIs("(") ? new CallNode(name, Arguments()) : Selector(name);
    }

    private AggregateNode Aggregate(string operation)
    {
        var (by, without) = Grouping();
        var arguments = Arguments();
        if (by.Count == 0 && !without) (by, without) = Grouping();
        if (operation == "quantile")
            return arguments.Count == 2 ? new AggregateNode(operation, arguments[0], by, without, arguments[1]) : throw Refused("quantile(share, …)");
        return arguments.Count == 1 ? new AggregateNode(operation, null, by, without, arguments[0]) : throw Refused("one argument");
    }

    private (IReadOnlyList<string> By, bool Without) Grouping() => TakeWord("by") ? (Names(), false) : TakeWord("without") ? (Names(), true) : ([], false);

    private List<QueryNode> Arguments()
    {
        Expect("(");
        var arguments = new List<QueryNode>();
        if (Take(")")) return arguments;
        do arguments.Add(Comparison());
        while (Take(","));
        Expect(")");
        return arguments;
    }

    private SelectorNode Selector(string name)
    {
        var matchers = new List<LabelMatcher>();
        if (Take("{"))
        {
            while (!Take("}"))
            {
                var label = Word() ?? throw Refused("a label");
                var operation = TakeAny("=~", "!~", "!=", "=") ?? throw Refused("=, !=, =~ or !~");
                matchers.Add(new LabelMatcher(label, operation, Quoted()));
                if (!Take(",") && !PeekIs("}")) throw Refused("a comma or a closing brace");
            }
        }
        TimeSpan? range = null;
        if (Take("["))
        {
            var end = text.IndexOf(']', at);
            if (end < 0 || !OptionValue.TryDuration(text[at..end].Trim(), out var window)) throw Refused("a range such as [5m]");
            range = window;
            at = end + 1;
        }
        return new SelectorNode(name, matchers, range);
    }

    private List<string> Names()
    {
        Expect("(");
        var names = new List<string>();
        while (!Take(")"))
        {
            names.Add(Word() ?? throw Refused("a label"));
            Take(",");
        }
        return names;
    }

    private NumberNode Number()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.')) at++;
        return double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? new NumberNode(value)
            : OptionValue.TryDuration(text[start..at], out var duration) ? new NumberNode(duration.TotalSeconds) : throw Refused("a number");
    }

    private string Quoted()
    {
        Skip();
        if (at == text.Length || text[at] is not ('"' or '\'')) throw Refused("a quoted text");
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at++]);
        }
        if (at++ >= text.Length) throw Refused("a closing quote");
        return value.ToString();
    }

    private string? Word()
    {
        Skip();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or ':')) at++;
        return at > start && !char.IsAsciiDigit(text[start]) ? text[start..at] : null;
    }

    private bool Take(string token)
    {
        if (!PeekIs(token)) return false;
        at += token.Length;
        return true;
    }

    private string? TakeAny(params ReadOnlySpan<string> tokens)
    {
        foreach (var token in tokens)
            if (Take(token)) return token;
        return null;
    }

    private bool PeekIs(string token)
    {
        Skip();
        return string.CompareOrdinal(text, at, token, 0, token.Length) == 0;
    }

    private bool PeekWord(string word)
    {
        var start = at;
        var found = Word() == word;
        at = start;
        return found;
    }

    private bool TakeWord(string word)
    {
        if (!PeekWord(word)) return false;
        Word();
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token)) throw Refused($"\"{token}\"");
    }

    private void Skip()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private QueryRefusedException Refused(string expected) => new($"at character {at + 1}: expected {expected}");
}
