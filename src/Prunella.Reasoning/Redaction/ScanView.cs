using System.Globalization;
using System.Text;

namespace Prunella.Reasoning.Redaction;

/// <summary>
/// A text as a recogniser should see it, with the way back: escapes of JSON undone, invisible characters left out, full-width
/// letters folded. A password in JSON inside of JSON is still a password.
/// </summary>
internal sealed class ScanView
{
    private readonly int[] places;

    private ScanView(string text, int[] places) => (Text, this.places) = (text, places);

    internal string Text { get; }

    /// <summary>Where a position of <see cref="Text"/> stands in the original; the end of the view is the end of the original.</summary>
    internal int Original(int position) => places[position];

    /// <summary>The text itself, and its unescaped view where that differs.</summary>
    internal static IEnumerable<ScanView> Of(string text)
    {
        yield return new ScanView(text, Identity(text.Length));
        if (text.AsSpan().IndexOfAny('\\', '\u001b') < 0 && !text.AsSpan().ContainsAnyExceptInRange('\0', '\u007f')) yield break;
        var unescaped = Unescape(new ScanView(text, Identity(text.Length)));
        yield return unescaped;
        // Twice quoted text is common: a log line that holds a request that holds a document.
        if (unescaped.Text.Contains('\\', StringComparison.Ordinal)) yield return Unescape(unescaped);
    }

    private static ScanView Unescape(ScanView source)
    {
        var text = source.Text;
        var view = new StringBuilder(text.Length);
        var map = new List<int>(text.Length + 1);
        for (var index = 0; index < text.Length;)
        {
            var (sign, length) = SignAt(text, index);
            // A colour of the terminal stands within words, and is none.
            if (sign == '\u001b') (sign, length) = (null, length + ColourAt(text, index + length));
            if (sign is { } kept)
            {
                view.Append(kept);
                map.Add(source.places[index]);
            }
            index += length;
        }
        map.Add(source.places[text.Length]);
        return new ScanView(view.ToString(), [.. map]);
    }

    // The rest of a control sequence behind its escape: [36m.
    private static int ColourAt(string text, int index)
    {
        if (index >= text.Length || text[index] != '[') return 0;
        var end = index + 1;
        while (end < text.Length && text[end] is >= '0' and <= '?') end++;
        return end < text.Length && text[end] is >= '@' and <= '~' ? end + 1 - index : 0;
    }

    // A sign spelled out by its number: \u{200b}.
    private static (char? Sign, int Length)? SpelledAt(string text, int index)
    {
        const int DigitsMax = 6;
        if (index + 3 >= text.Length || text[index + 1] != 'u' || text[index + 2] != '{') return null;
        var end = text.IndexOf('}', index + 3, Math.Min(DigitsMax + 1, text.Length - index - 3));
        if (end < 0 || !int.TryParse(text.AsSpan(index + 3, end - index - 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
        var length = end + 1 - index;
        // Beyond the first plane only tags are spelled out, which nobody sees.
        return code > char.MaxValue ? (null, length) : code is < ' ' and not 0x1b ? (null, length) : (Fold((char)code), length);
    }

    private static (char? Sign, int Length) SignAt(string text, int index)
    {
        var sign = text[index];
        if (sign == '\\' && index + 1 < text.Length)
        {
            if (SpelledAt(text, index) is { } spelled) return spelled;
            switch (text[index + 1])
            {
                case 'n' or 'r' or 't': return (' ', 2);
                case '"' or '\\' or '/' or '\'': return (text[index + 1], 2);
                case 'u' when index + 5 < text.Length && ushort.TryParse(text.AsSpan(index + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    return (Fold((char)code), 6);
            }
        }
        return (Fold(sign), 1);
    }

    private static char? Fold(char sign) => sign switch
    {
        < '\u0080' => sign,
        >= '\uff01' and <= '\uff5e' => (char)(sign - 0xfee0),
        '\u00a0' or '\u3000' => ' ',
        _ when char.GetUnicodeCategory(sign) == UnicodeCategory.Format => null,
        _ => sign,
    };

    private static int[] Identity(int length)
    {
        var places = new int[length + 1];
        for (var index = 0; index <= length; index++) places[index] = index;
        return places;
    }
}
