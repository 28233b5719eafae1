using System.Buffers;
using System.Text;

namespace Prunella.Remediation.Playbooks.Templates;

/// <summary>What the text around a placeholder is, and so how a value is made harmless in it.</summary>
internal enum TemplateLanguage
{
    /// <summary>For people: control characters become spaces, long values are cut.</summary>
    Text,

    /// <summary>PromQL: only inside the quotes of a label matcher, escaped for string and regular expression.</summary>
    PromQl,

    /// <summary>Queries without quoting rules (Datadog) and action parameters: only names are let in, anything else is refused.</summary>
    Name,

    /// <summary>A health endpoint: only the resolved target may appear, never a text from an alert.</summary>
    Url,
}

/// <summary>A stretch of text, or a placeholder with the quote it stands in.</summary>
internal readonly record struct TemplatePart(string Literal, Placeholder? Placeholder, char Quote);

/// <summary>A text rendered, or why it could not be.</summary>
/// <param name="Text">Null when a value is absent or unfit.</param>
/// <param name="Missing">What is absent or unfit; empty when rendered.</param>
internal readonly record struct Rendered(string? Text, string Missing);

/// <summary>A text with placeholders, checked when the playbook is loaded.</summary>
internal sealed class Template
{
    private const int TextValueCharactersMax = 200;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/@-");

    private readonly IReadOnlyList<TemplatePart> parts;

    internal Template(string source, TemplateLanguage language, IReadOnlyList<TemplatePart> parts)
    {
        Source = source;
        Language = language;
        this.parts = parts;
    }

    /// <summary>As written in the file, variables filled in.</summary>
    internal string Source { get; }

    internal TemplateLanguage Language { get; }

    /// <summary>Whether it has no placeholder, so that its value is known when it is loaded.</summary>
    internal bool Constant => parts.All(part => part.Placeholder is null);

    internal IEnumerable<Placeholder> Placeholders => parts.Select(part => part.Placeholder).OfType<Placeholder>();

    /// <summary>Parses; null and a problem when a placeholder is wrong or stands where it may not.</summary>
    internal static Template? Parse(string text, TemplateLanguage language, out string problem)
    {
        if (language == TemplateLanguage.PromQl) return PromQl.Parse(text, out problem);
        problem = "";
        List<TemplatePart> parts = [];
        var literal = new StringBuilder();
        for (var index = 0; index < text.Length;)
        {
            var start = text.IndexOf("{{", index, StringComparison.Ordinal);
            if (start < 0)
            {
                literal.Append(text, index, text.Length - index);
                break;
            }
            literal.Append(text, index, start - index);
            var end = text.IndexOf("}}", start + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                problem = $"the placeholder at character {start + 1} is never closed";
                return null;
            }
            if (!Placeholder.TryParse(text[(start + 2)..end], inRegex: false, out var placeholder, out problem)) return null;
            if (language == TemplateLanguage.Url && placeholder.Scope != PlaceholderScope.Target)
            {
                problem = $"{{{{{text[(start + 2)..end]}}}}} would let an alert choose the address";
                return null;
            }
            Flush(parts, literal);
            parts.Add(new TemplatePart("", placeholder, default));
            index = end + 2;
        }
        Flush(parts, literal);
        return new Template(text, language, parts);
    }

    /// <summary>Fills in the values, made harmless for the language.</summary>
    internal Rendered Render(TemplateValues values)
    {
        if (parts.Count == 1 && parts[0].Placeholder is null) return new(parts[0].Literal, "");
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Placeholder is not { } placeholder)
            {
                text.Append(part.Literal);
                continue;
            }
            var value = values.Find(placeholder);
            if (value is null && placeholder.Default is null && Language != TemplateLanguage.Text) return new(null, $"the {placeholder} is absent");
            if (value is { Length: > TemplateValues.ValueCharactersMax } && Language != TemplateLanguage.Text) return new(null, $"the {placeholder} has {value.Length} characters, more than {TemplateValues.ValueCharactersMax}");
            var fitted = Fit(placeholder, value, part.Quote);
            if (fitted is null) return new(null, $"the {placeholder} holds characters that may not stand here");
            text.Append(fitted);
        }
        return new(text.ToString(), "");
    }

    internal static void Flush(List<TemplatePart> parts, StringBuilder literal)
    {
        if (literal.Length == 0) return;
        parts.Add(new TemplatePart(literal.ToString(), null, default));
        literal.Clear();
    }

    private string? Fit(Placeholder placeholder, string? value, char quote)
    {
        switch (Language)
        {
            case TemplateLanguage.PromQl:
                var raw = placeholder.InRegex && value is not null && placeholder is not { Scope: PlaceholderScope.Target, Key: Placeholder.Pods } ? PromQl.QuoteRegex(value) : value ?? placeholder.Default!;
                return PromQl.EscapeString(raw, quote);
            case TemplateLanguage.Text:
                return Plain(value ?? placeholder.Default ?? "?");
            default:
                return value is null ? placeholder.Default : value.AsSpan().ContainsAnyExcept(NameCharacters) ? null : value;
        }
    }

    private static string Plain(string value)
    {
        var plain = new StringBuilder(Math.Min(value.Length, TextValueCharactersMax) + 1);
        foreach (var rune in value.EnumerateRunes())
        {
            if (plain.Length >= TextValueCharactersMax)
            {
                plain.Append('…');
                break;
            }
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format) plain.Append(' ');
            else plain.Append(rune);
        }
        return plain.ToString();
    }
}
