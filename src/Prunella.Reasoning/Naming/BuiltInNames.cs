using System.Text;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Telling;

namespace Prunella.Reasoning.Naming;

/// <summary>Names values by the key or word before them, the unit after them, and what they are. Pure.</summary>
internal static class BuiltInNames
{
    private const int NameCharactersMax = 34;
    private const int EventWordsMax = 4;

    // Words that stand before a value without naming it.
    private static readonly HashSet<string> Empty = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "of", "in", "on", "at", "is", "was", "are", "were", "be", "been", "has", "have", "had", "and", "or", "with", "as", "that", "this", "it", "its", "not", "no", "than", "then", "took", "takes", "after", "within", "about", "up", "out", "over", "under", "got", "now",
    };

    // Of those, what says how it went.
    private static readonly HashSet<string> Telling = new(StringComparer.Ordinal) { "out", "up", "over", "not", "no" };

    private static readonly Dictionary<string, string> Places = new(StringComparer.Ordinal) { ["from"] = "source", ["to"] = "target", ["for"] = "of", ["by"] = "by", ["via"] = "via", ["into"] = "target", ["src"] = "source", ["dest"] = "target", ["dst"] = "target" };

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["ms"] = "duration_ms", ["milliseconds"] = "duration_ms", ["msec"] = "duration_ms", ["us"] = "duration_us", ["s"] = "duration_s", ["sec"] = "duration_s", ["secs"] = "duration_s", ["seconds"] = "duration_s",
        ["bytes"] = "size_bytes", ["byte"] = "size_bytes", ["b"] = "size_bytes", ["kb"] = "size_kb", ["mb"] = "size_mb", ["gb"] = "size_gb", ["kib"] = "size_kib", ["mib"] = "size_mib", ["gib"] = "size_gib", ["%"] = "percent",
    };

    internal static TemplateNames Of(UnnamedTemplate template)
    {
        var parts = template.Text.Split(SlotText.Mark);
        var names = new List<string>(parts.Length - 1);
        for (var slot = 0; slot < parts.Length - 1; slot++) names.Add(Unique(Name(parts[slot], parts[slot + 1], slot < template.Kinds.Count ? template.Kinds[slot] : SlotKind.Text), names));
        return new TemplateNames(template.Id, template.Text, Event(parts), names, Told<TemplateNames>.BuiltIn);
    }

    private static string Name(string before, string after, SlotKind kind)
    {
        var (key, isKey) = WordBefore(before);
        if (isKey && Field(key) is { Length: > 0 } named) return named;
        var unit = kind == SlotKind.Number && Units.TryGetValue(FirstWord(after), out var measured) ? measured : "";
        if (unit.Length > 0) return unit;
        if (Places.TryGetValue(key, out var place)) return $"{place}_{KindName(kind)}";
        if (key.Length > 1 && !Empty.Contains(key) && Field(key) is { Length: > 0 } word) return word;
        // "<*> connections": the word after a number says what is counted.
        var counted = FirstWord(after);
        if (kind == SlotKind.Number && counted.Length > 3 && counted[^1] == 's' && Field(counted) is { Length: > 0 } things) return things;
        return KindName(kind);
    }

    /// <summary>The word before a value, in lower case, and whether = or : makes it a key.</summary>
    private static (string Word, bool IsKey) WordBefore(string text)
    {
        var trimmed = text.TrimEnd(' ', '"', '\'', '(', '[', '<', '{', '/', '#', '@');
        var isKey = trimmed.Length > 0 && trimmed[^1] is '=' or ':';
        if (isKey) trimmed = trimmed[..^1].TrimEnd(' ', '"', '\'');
        // A value right behind another, or behind punctuation, has no word of its own.
        if (trimmed.Length == 0 || !IsWord(trimmed[^1])) return ("", false);
        var start = trimmed.Length;
        while (start > 0 && IsWord(trimmed[start - 1])) start--;
        return (trimmed[start..].ToLowerInvariant(), isKey);
    }

    private static string FirstWord(string text)
    {
        var trimmed = text.TrimStart(' ', '(', '[');
        if (trimmed.StartsWith('%')) return "%";
        var end = 0;
        while (end < trimmed.Length && char.IsAsciiLetter(trimmed[end])) end++;
        return trimmed[..end].ToLowerInvariant();
    }

    private static string Event(string[] parts)
    {
        var words = string.Join(' ', parts).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('.', ',', ':', ';', '(', ')', '[', ']', '"', '\'', '!'))
            .Select(word => word.ToLowerInvariant())
            .Where(word => word.Length > 1 && word.All(sign => char.IsAsciiLetter(sign) || sign is '-' or '_') && (!Empty.Contains(word) || Telling.Contains(word)) && !Places.ContainsKey(word) && !Units.ContainsKey(word)).Take(EventWordsMax);
        return Field(string.Join('_', words)) is { Length: > 0 } name ? name : "line";
    }

    /// <summary>A word in the form of names; empty when nothing of it is left.</summary>
    private static string Field(string word)
    {
        var name = new StringBuilder();
        foreach (var sign in word.Replace("-", "_", StringComparison.Ordinal).Replace(".", "_", StringComparison.Ordinal))
        {
            if (char.IsAsciiLetterOrDigit(sign) || sign == '_') name.Append(char.ToLowerInvariant(sign));
        }
        var text = name.ToString().Trim('_');
        text = text.Length > NameCharactersMax ? text[..NameCharactersMax].TrimEnd('_') : text;
        return FieldForm.Fits(text) ? text : "";
    }

    private static string Unique(string name, List<string> taken)
    {
        if (!taken.Contains(name)) return name;
        var number = 2;
        while (taken.Contains($"{name}_{number}")) number++;
        return $"{name}_{number}";
    }

    private static string KindName(SlotKind kind) => kind switch
    {
        SlotKind.Empty or SlotKind.Word or SlotKind.Text or SlotKind.Header => "value",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static bool IsWord(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-' or '.';
}
