using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Prunella.Remediation.Playbooks;

/// <summary>
/// A regular expression that matches entirely and in time linear in the text. Plain ones, as all of the shipped playbooks are, have an
/// automaton of their own; what takes the runtime's is built at the first match, because a dozen of those take a third of a second and 17 MB.
/// </summary>
internal sealed class LinearPattern
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    // With these alone, what the runtime's parser takes the plain automaton takes too: no counted repetition, no group but a plain one.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/: .*+?|()");

    // A storm repeats few names and labels: remembered, a thousand alerts a second cost a look-up each and not half a processor.
    private const int RememberedMax = 256;
    private const int RememberedLengthMax = 128;

    private readonly ConcurrentDictionary<string, bool> remembered = new(StringComparer.Ordinal);
    private readonly PlainAutomaton? plain;
    private readonly Lazy<Regex>? regex;
    private readonly string text;

    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time.</exception>
    internal LinearPattern(string pattern) : this(pattern, IsPlain(pattern))
    {
    }

    private LinearPattern(string pattern, bool isPlain, bool isParsed = false)
    {
        // Parsed by itself first: with the anchors around, 'a)|(b' would be valid and mean something else.
        if (!isParsed) _ = new Regex(pattern, isPlain ? RegexOptions.CultureInvariant : Linear);
        text = pattern;
        if (isPlain) plain = new PlainAutomaton(pattern);
        else regex = new Lazy<Regex>(() => new Regex($@"\A(?:{pattern})\z", Linear));
    }

    /// <summary>Matches what any of these matches. Each has been made a pattern of its own before.</summary>
    internal static LinearPattern AnyOf(IReadOnlyCollection<string> patterns) =>
        patterns.All(IsPlain)
            ? new LinearPattern(string.Join('|', patterns), isPlain: true, isParsed: true)
            : new LinearPattern(string.Join('|', patterns.Select(pattern => $"(?:{pattern})")), isPlain: false, isParsed: true);

    /// <summary>Whether the whole input matches; what is absent does not. Thread-safe.</summary>
    internal bool IsMatch([NotNullWhen(true)] string? input)
    {
        if (input is null) return false;
        if (remembered.TryGetValue(input, out var known)) return known;
        var matches = plain?.IsMatch(input) ?? regex!.Value.IsMatch(input);
        if (input.Length > RememberedLengthMax) return matches;
        // Names without end are somebody's mistake or attack: forgetting all bounds the memory.
        if (remembered.Count >= RememberedMax) remembered.Clear();
        remembered[input] = matches;
        return matches;
    }

    /// <summary>The expression as written.</summary>
    public override string ToString() => text;

    private static bool IsPlain(string pattern) => !pattern.AsSpan().ContainsAnyExcept(Plain) && !pattern.Contains("(?", StringComparison.Ordinal);
}
