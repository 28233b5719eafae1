using System.Text.RegularExpressions;

namespace Prunella.Demo.Queries;

/// <summary>A parsed query.</summary>
internal abstract record QueryNode;

internal sealed record NumberNode(double Value) : QueryNode;

/// <summary>A selection of series; with a range, for <c>rate</c> and its like.</summary>
internal sealed record SelectorNode(string Name, IReadOnlyList<LabelMatcher> Matchers, TimeSpan? Range) : QueryNode;

internal sealed record CallNode(string Function, IReadOnlyList<QueryNode> Arguments) : QueryNode;

internal sealed record AggregateNode(string Operation, QueryNode? Parameter, IReadOnlyList<string> By, bool Without, QueryNode Inner) : QueryNode;

/// <summary>An operation on two sides; <paramref name="On"/> is null when all labels have to fit.</summary>
internal sealed record BinaryNode(string Operation, QueryNode Left, QueryNode Right, IReadOnlyList<string>? On, bool Bool) : QueryNode;

internal sealed record NegateNode(QueryNode Inner) : QueryNode;

/// <summary>A test of one label; an absent label counts as empty.</summary>
internal sealed record LabelMatcher(string Label, string Operation, string Text)
{
    private readonly Regex? pattern = Operation is "=~" or "!~" ? new Regex($"^(?:{Text})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) : null;

    internal bool Fits(IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(Label) ?? "";
        return Operation switch
        {
            "=" => value == Text,
            "!=" => value != Text,
            "=~" => pattern!.IsMatch(value),
            _ => !pattern!.IsMatch(value),
        };
    }
}

/// <summary>A query that is not understood; the demo answers a subset of PromQL and says so instead of guessing.</summary>
internal sealed class QueryRefusedException(string message) : Exception(message);
