using System.Globalization;
using System.Text;

namespace Prunella.Remediation.Playbooks.Templates;

/// <summary>
/// Reads PromQL as far as safety needs: strings, comments, brackets. Whether a metric exists is Prometheus's to say.
/// </summary>
internal static class PromQl
{
    private const string RegexCharacters = @"\.+*?()|[]{}^$";

    /// <summary>The template; null when brackets or quotes do not match or a placeholder stands where a value could become code.</summary>
    internal static Template? Parse(string query, out string problem)
    {
        List<TemplatePart> parts = [];
        Stack<(char Bracket, int At)> open = new();
        var literal = new StringBuilder();
        problem = "";
        for (var index = 0; index < query.Length && problem.Length == 0; index++)
        {
            var character = query[index];
            if (character == '#')
            {
                while (index + 1 < query.Length && query[index + 1] != '\n') index++;
                continue;
            }
            if (character is '"' or '\'' or '`')
            {
                index = ReadString(query, index, parts, literal, out problem);
                continue;
            }
            if (character == '{' && index + 1 < query.Length && query[index + 1] == '{')
            {
                problem = $"a placeholder stands outside of quotes at character {index + 1}; only label matchers such as pod=\"{{{{label.pod}}}}\" may hold one";
                break;
            }
            if (character is '(' or '[' or '{') open.Push((character, index));
            else if (character is ')' or ']' or '}')
            {
                var opener = character switch { ')' => '(', ']' => '[', _ => '{' };
                if (open.Count == 0) problem = $"'{character}' at character {index + 1} closes nothing";
                else if (open.Peek().Bracket != opener) problem = $"'{character}' at character {index + 1} closes the '{open.Peek().Bracket}' of character {open.Peek().At + 1}";
                else open.Pop();
            }
            literal.Append(character);
        }
        if (problem.Length == 0 && open.Count > 0) problem = $"'{open.Peek().Bracket}' at character {open.Peek().At + 1} is never closed";
        if (problem.Length == 0 && string.IsNullOrWhiteSpace(query)) problem = "the query is empty";
        if (problem.Length > 0) return null;
        Template.Flush(parts, literal);
        return new Template(query, TemplateLanguage.PromQl, parts);
    }

    /// <summary>Quotes a value for a Go regular expression: every special character stands for itself.</summary>
    internal static string QuoteRegex(string value)
    {
        var quoted = new StringBuilder(value.Length + 8);
        foreach (var character in value)
        {
            if (RegexCharacters.Contains(character, StringComparison.Ordinal)) quoted.Append('\\');
            quoted.Append(character);
        }
        return quoted.ToString();
    }

    /// <summary>Escapes a value for a PromQL string in these quotes; it cannot end the string.</summary>
    internal static string EscapeString(string value, char quote)
    {
        var escaped = new StringBuilder(value.Length + 8);
        foreach (var rune in value.EnumerateRunes())
        {
            // An unpaired surrogate arrives here as U+FFFD: it matches nothing, and is no code.
            if (rune.Value == quote || rune.Value == '\\') escaped.Append('\\').Append((char)rune.Value);
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else escaped.Append(rune);
        }
        return escaped.ToString();
    }

    private static int ReadString(string query, int start, List<TemplatePart> parts, StringBuilder literal, out string problem)
    {
        problem = "";
        var quote = query[start];
        var before = literal.ToString().TrimEnd();
        var regex = before.EndsWith("=~", StringComparison.Ordinal) || before.EndsWith("!~", StringComparison.Ordinal);
        var matcher = regex || before.EndsWith('=');
        literal.Append(quote);
        for (var index = start + 1; index < query.Length; index++)
        {
            var character = query[index];
            if (character == '\\' && quote != '`' && index + 1 < query.Length)
            {
                literal.Append(character).Append(query[++index]);
                continue;
            }
            if (character == quote)
            {
                literal.Append(quote);
                return index;
            }
            if (character == '{' && index + 1 < query.Length && query[index + 1] == '{')
            {
                var end = query.IndexOf("}}", index + 2, StringComparison.Ordinal);
                if (end < 0) problem = $"the placeholder at character {index + 1} is never closed";
                else if (quote == '`') problem = $"a placeholder at character {index + 1} stands in back-quotes, where nothing can be escaped; use double quotes";
                else if (!matcher) problem = $"a placeholder at character {index + 1} stands in a string that is no label matcher";
                else if (Placeholder.TryParse(query[(index + 2)..end], regex, out var placeholder, out problem))
                {
                    Template.Flush(parts, literal);
                    parts.Add(new TemplatePart("", placeholder, quote));
                    index = end + 1;
                    continue;
                }
                return query.Length;
            }
            if (character == '\n' && quote != '`') break;
            literal.Append(character);
        }
        problem = $"the string that begins at character {start + 1} is never closed";
        return query.Length;
    }
}
