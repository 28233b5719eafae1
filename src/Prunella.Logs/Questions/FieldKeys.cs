using System.Text.RegularExpressions;

namespace Prunella.Logs.Questions;

/// <summary>Keys that lines have, as they or their templates show them: <c>uid</c> of <c>uid=&lt;*&gt;</c>, <c>tenant</c> of <c>"tenant": "acme"</c>.</summary>
public static partial class FieldKeys
{
    /// <summary>Most keys that are taken.</summary>
    public const int Max = 1_000;

    /// <summary>The keys of lines or templates, each once, in lower case; at most <see cref="Max"/>.</summary>
    public static IReadOnlyCollection<string> Of(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in texts) Collect(text, keys);
        return keys;
    }

    /// <summary>Adds the keys of a line or template, in lower case, until there are <see cref="Max"/>.</summary>
    public static void Collect(ReadOnlySpan<char> text, ISet<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var match in Keyed().EnumerateMatches(text))
        {
            if (keys.Count >= Max) return;
            var key = text.Slice(match.Index, match.Length).TrimStart('"');
            var length = key.IndexOfAnyExcept(Letters);
            keys.Add(key[..(length < 0 ? key.Length : length)].ToString().ToLowerInvariant());
        }
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    // Behind a colon only in JSON, where it is no sentence.
    [GeneratedRegex("""(?:(?<![A-Za-z0-9_.-])[A-Za-z][A-Za-z0-9_.-]{1,39}=(?=\S)|"[A-Za-z][A-Za-z0-9_.-]{1,39}"\s?:)""", RegexOptions.CultureInvariant)]
    private static partial Regex Keyed();
}
