using System.Globalization;
using System.Text;

namespace Prunella.Kubernetes.Workloads;

/// <summary>
/// Text from the cluster made harmless to terminals, consoles and readers: control characters, terminal escapes and
/// characters that reorder or hide text become visible, and its length is bounded.
/// </summary>
internal static class InertText
{
    /// <summary>The text with line breaks kept, everything else that is not printable shown as <c>\u00XX</c>.</summary>
    internal static string Of(string? text, int charactersMax = 1_000)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var cut = text.Length > charactersMax;
        var source = cut ? text.AsSpan(0, charactersMax) : text.AsSpan();
        var result = new StringBuilder(source.Length + 8);
        foreach (var character in source)
        {
            if (character is '\n' or '\t') result.Append(character);
            else if (character == '\r') continue;
            else if (IsHarmless(character)) result.Append(character);
            else result.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }
        if (cut) result.Append('…');
        return result.ToString();
    }

    /// <summary>The same on one line.</summary>
    internal static string OneLine(string? text, int charactersMax = 300) =>
        Of(text, charactersMax).Replace('\n', ' ').Replace('\t', ' ').Trim();

    private static bool IsHarmless(char character) =>
        character is >= ' ' and < '\u007f' ||
        (character > '\u009f' && char.GetUnicodeCategory(character) is not
            (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
