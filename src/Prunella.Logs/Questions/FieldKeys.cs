using System.Text.RegularExpressions;

namespace Prunella.Logs.Questions;

/// <summary>Keys that lines have, as their templates show them: <c>uid</c> of <c>uid=&lt;*&gt;</c>, <c>tenant</c> of <c>"tenant": &lt;*&gt;</c>.</summary>
public static partial class FieldKeys
{
    /// <summary>Most keys that are taken from templates.</summary>
    public const int Max = 1_000;

    /// <summary>The keys of templates, each once, in lower case; at most <see cref="Max"/>.</summary>
    public static IReadOnlyCollection<string> Of(IEnumerable<string> templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var template in templates)
        {
            foreach (var match in Keyed().EnumerateMatches(template))
            {
                if (keys.Count >= Max) return keys;
                var key = template.AsSpan(match.Index, match.Length).TrimStart('"');
                var length = key.IndexOfAnyExcept(Letters);
                keys.Add(key[..(length < 0 ? key.Length : length)].ToString().ToLowerInvariant());
            }
        }
        return keys;
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    // Only what stands right before a variable; behind a colon only in JSON, where it is no sentence.
    [GeneratedRegex("""(?:(?<![A-Za-z0-9_.-])[A-Za-z][A-Za-z0-9_.-]{1,39}="?<\*>|"[A-Za-z][A-Za-z0-9_.-]{1,39}"\s?:\s?"?<\*>)""", RegexOptions.CultureInvariant)]
    private static partial Regex Keyed();
}
