using System.Globalization;
using System.Text;

namespace Prunella.Terminal;

/// <summary>
/// Makes text from alerts, logs and objects safe to show: what would move the cursor, change colours, reverse the reading
/// direction or hide is written out as <c>\u{…}</c>. The one place that does this; everything shown in a terminal passes it.
/// </summary>
internal static class InertText
{
    /// <summary>One line: line breaks become <c>⏎</c>, tabs a space.</summary>
    internal static string Line(string? text) => Clean(text, keepLines: false);

    /// <summary>Several lines: line feeds and tabs stay, a carriage return before a line feed goes.</summary>
    internal static string Block(string? text) => Clean(text, keepLines: true);

    private static string Clean(string? text, bool keepLines)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (!NeedsCare(text)) return text;
        var clean = new StringBuilder(text.Length + 16);
        for (var index = 0; index < text.Length; index++)
        {
            var c = text[index];
            if (c == '\r' && index + 1 < text.Length && text[index + 1] == '\n') continue;
            if (c == '\n') { clean.Append(keepLines ? '\n' : '⏎'); continue; }
            if (c == '\t') { clean.Append(keepLines ? '\t' : ' '); continue; }
            if (!Rune.TryGetRuneAt(text, index, out var rune)) { Escape(clean, c); continue; }
            if (IsHostile(rune)) Escape(clean, rune.Value);
            else clean.Append(text, index, rune.Utf16SequenceLength);
            index += rune.Utf16SequenceLength - 1;
        }
        return clean.ToString();
    }

    private static bool NeedsCare(string text)
    {
        foreach (var c in text)
            if (c < ' ' || c >= '\u007F') return true;
        return false;
    }

    // Control (C0, C1), format (bidi marks, zero width, tags), line and paragraph separators, private use and unassigned.
    // A zero-width joiner is part of emoji, and is shown escaped too: it also splits words invisibly.
    private static bool IsHostile(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate;

    private static void Escape(StringBuilder text, int value) =>
        text.Append(CultureInfo.InvariantCulture, $"\\u{{{value:X}}}");
}
