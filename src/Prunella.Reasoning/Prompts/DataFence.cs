using System.Globalization;
using System.Text;

namespace Prunella.Reasoning.Prompts;

/// <summary>
/// Puts untrusted text between marks that bear the question's nonce, which nobody who wrote the text could know, and shows every
/// sign in it that a reader would not see.
/// </summary>
internal static class DataFence
{
    /// <summary>The text between its marks.</summary>
    internal static string Around(string name, string text, string nonce) => $"<data-{nonce} name=\"{name}\">\n{Inert(text)}\n</data-{nonce}>";

    /// <summary>A catalogue between its marks, which bear no nonce: it is the same in every question.</summary>
    internal static string Catalogue(string name, string text) => $"<catalogue name=\"{name}\">\n{Inert(text)}\n</catalogue>";

    /// <summary>The text with invisible and direction-changing signs spelled out, control signs gone, and look-alikes of marks broken.</summary>
    internal static string Inert(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~')
            {
                output.Append((char)rune.Value);
                continue;
            }
            var category = Rune.GetUnicodeCategory(rune);
            if (rune.Value is '\n' or '\t') output.Append((char)rune.Value);
            else if (rune.Value == '\r') output.Append('\n');
            else if (category is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned || rune.Value is >= 0xE0000 and <= 0xE0FFF)
                output.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else output.Append(rune);
        }
        return output.Replace("<data-", "‹data-").Replace("</data-", "‹/data-").Replace("<catalogue", "‹catalogue").Replace("</catalogue", "‹/catalogue").Replace("<|", "‹|").ToString();
    }
}
