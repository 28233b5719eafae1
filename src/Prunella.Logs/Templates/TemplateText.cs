using System.Text;

namespace Prunella.Logs.Templates;

/// <summary>
/// The public normal form of template texts: the correction rules of Khan et al., "Guidelines for Assessing the Accuracy of Log
/// Message Template Identification Techniques", ICSE 2022. Spaces single; path-like, boolean, user and digit tokens, and words
/// glued to a variable are variables; variables joined by nothing or by a dot are one.
/// </summary>
internal static class TemplateText
{
    internal const string Variable = "<*>";
    private const string PathDelimiters = " ,!;:=|\"'[](){}";
    private const string TokenDelimiters = " ,!;:=|\"'[](){}.-+@#$%&";

    internal static string Normalize(string text)
    {
        text = Split(Spaces(text), PathDelimiters, static token => IsPath(token) ? Variable : null);
        text = Split(text, TokenDelimiters, static token => IsValue(token) ? Variable : null);
        string before;
        do
        {
            before = text;
            text = text.Replace("<*>.<*>", Variable, StringComparison.Ordinal).Replace("<*><*>", Variable, StringComparison.Ordinal);
        }
        while (text.Length != before.Length);

        return text;
    }

    private static string Spaces(string text)
    {
        var built = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                built.Append(c);
            }
            else if (built.Length > 0 && built[^1] != ' ')
            {
                built.Append(' ');
            }
        }

        if (built.Length > 0 && built[^1] == ' ')
        {
            built.Length--;
        }

        return built.ToString();
    }

    private static string Split(string text, string delimiters, Func<string, string?> replace)
    {
        var built = new StringBuilder(text.Length);
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !delimiters.Contains(text[i], StringComparison.Ordinal))
            {
                continue;
            }

            if (i > start)
            {
                var token = text[start..i];
                built.Append(replace(token) ?? token);
            }

            if (i < text.Length)
            {
                built.Append(text[i]);
            }

            start = i + 1;
        }

        return built.ToString();
    }

    // One or more of: a slash and something that is not a slash.
    private static bool IsPath(string token)
    {
        if (token.Length < 2 || token[0] != '/' || token[^1] == '/')
        {
            return false;
        }

        return !token.Contains("//", StringComparison.Ordinal);
    }

    private static bool IsValue(string token)
    {
        if (token is Variable or "<*>/<*>")
        {
            return false;
        }

        if (token.Length is 4 or 5 && (token.Equals("true", StringComparison.OrdinalIgnoreCase) || token.Equals("false", StringComparison.OrdinalIgnoreCase)
            || token.Equals("null", StringComparison.OrdinalIgnoreCase) || token.Equals("root", StringComparison.OrdinalIgnoreCase)
            || token.Equals("admin", StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        var digits = true;
        foreach (var c in token)
        {
            digits &= char.IsAsciiDigit(c);
        }

        if (digits)
        {
            return true;
        }

        var at = token.IndexOf(Variable, StringComparison.Ordinal);
        return at >= 0 && !token.AsSpan(0, at).Contains('/') && !token.AsSpan(at + 3).Contains('/');
    }
}
