using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Prunella.Remediation.Playbooks;

/// <summary>
/// A regular expression that matches entirely and in time linear in the text. Its automaton is built at the first match, because
/// those of the shipped playbooks take a third of a second and 17 MB, and a server that starts has no alert yet.
/// </summary>
internal sealed class LinearPattern
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    // With these alone, what the parser takes the automaton takes too: no counted repetition, no group but a plain one.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/: .*+?|()");

    private readonly Lazy<Regex> regex;
    private readonly string text;

    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time.</exception>
    internal LinearPattern(string pattern)
    {
        // Parsed by itself first: with the anchors around, 'a)|(b' would be valid and mean something else.
        _ = new Regex(pattern, IsPlain(pattern) ? RegexOptions.CultureInvariant : Linear);
        (text, regex) = (pattern, Build(pattern));
    }

    private LinearPattern(string text, Lazy<Regex> regex) => (this.text, this.regex) = (text, regex);

    /// <summary>Matches what any of these matches. Each has been made a pattern of its own before.</summary>
    internal static LinearPattern AnyOf(IEnumerable<string> patterns)
    {
        var together = string.Join('|', patterns.Select(pattern => $"(?:{pattern})"));
        return new LinearPattern(together, Build(together));
    }

    /// <summary>Whether the whole input matches; what is absent does not. Thread-safe.</summary>
    internal bool IsMatch([NotNullWhen(true)] string? input) => input is not null && regex.Value.IsMatch(input);

    /// <summary>The expression as written.</summary>
    public override string ToString() => text;

    private static bool IsPlain(string pattern) => !pattern.AsSpan().ContainsAnyExcept(Plain) && !pattern.Contains("(?", StringComparison.Ordinal);

    private static Lazy<Regex> Build(string pattern) => new(() => new Regex($@"\A(?:{pattern})\z", Linear));
}
