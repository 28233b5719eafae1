using System.Text;
using Prunella.Logs.Redaction;

namespace Prunella.Reasoning.Redaction;

/// <summary>
/// Replaces what is sensitive by placeholders that hold for one question: the same value has the same one, and the answer can name
/// the thing again. The placeholder bears the question's nonce, so no text that was recorded can forge one. Not thread-safe.
/// </summary>
internal sealed class CallRedactor(string nonce, ModelRedactionOptions options)
{
    private const char CutSign = '…';
    private readonly SensitiveKinds kinds = SensitiveKinds.Default | (options.UserIds ? SensitiveKinds.UserId : 0) | (options.Uuids ? SensitiveKinds.Uuid : 0);
    private readonly Dictionary<string, string> placeholders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Different values replaced so far.</summary>
    internal int Count => placeholders.Count;

    /// <summary>The text with placeholders.</summary>
    internal string Redact(string text)
    {
        var found = FindAll(text);
        if (found.Count == 0) return text;
        var output = new StringBuilder(text.Length);
        var at = 0;
        foreach (var secret in found)
        {
            output.Append(text, at, secret.Start - at).Append(PlaceholderOf(text[secret.Start..secret.End], secret.Kind));
            at = secret.End;
        }
        return output.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The beginning of a redacted text, without a part of a placeholder at its end.</summary>
    internal string Cut(string redacted, int charactersMax)
    {
        if (redacted.Length <= charactersMax) return redacted;
        var open = charactersMax == 0 ? -1 : redacted.LastIndexOf('<', charactersMax - 1);
        var split = open >= 0 && redacted.IndexOf('>', open) is var close && close >= charactersMax && redacted.AsSpan(open..close).EndsWith(nonce, StringComparison.Ordinal);
        return redacted[..(split ? open : charactersMax)];
    }

    /// <summary>
    /// A text whose parts somebody cut before it came here, without the word that each was cut in: half of a key has no shape by which it
    /// could be known.
    /// </summary>
    internal static string WithoutOpenEnds(string text)
    {
        if (!text.Contains(CutSign, StringComparison.Ordinal)) return text;
        var output = new StringBuilder(text.Length);
        foreach (var sign in text)
        {
            if (sign == CutSign) output.Length = EndOfWords(output);
            output.Append(sign);
        }
        return output.ToString();
    }

    /// <summary>The text with the values in place of the placeholders of this question; unknown ones stay.</summary>
    internal string Restore(string text)
    {
        var end = $"-{nonce}>";
        if (!text.Contains(end, StringComparison.Ordinal)) return text;
        var output = new StringBuilder(text.Length);
        var at = 0;
        while (text.IndexOf(end, at, StringComparison.Ordinal) is >= 0 and var close)
        {
            var open = text.LastIndexOf('<', close, close - at + 1);
            if (open >= 0 && values.TryGetValue(text[open..(close + end.Length)], out var value)) output.Append(text, at, open - at).Append(value);
            else output.Append(text, at, close + end.Length - at);
            at = close + end.Length;
        }
        return output.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Every sensitive value of a text, in order and without overlap.</summary>
    private List<FoundSecret> FindAll(string text)
    {
        List<FoundSecret> found = [];
        List<FoundSecret> inView = [];
        List<SensitiveSpan> spans = [];
        foreach (var view in ScanView.Of(text))
        {
            inView.Clear();
            spans.Clear();
            FindKnown(view.Text, spans, inView);
            NamedSecrets.Find(view.Text, inView);
            if (options.NationalIds) NationalIds.Find(view.Text, inView);
            foreach (var secret in inView) found.Add(new FoundSecret(view.Original(secret.Start), view.Original(secret.End), secret.Kind));
        }
        return Merge(found, text);
    }

    private void FindKnown(string text, List<SensitiveSpan> spans, List<FoundSecret> found)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        SensitiveText.Find(bytes, kinds, spans);
        if (bytes.Length == text.Length)
        {
            foreach (var span in spans) found.Add(new FoundSecret(span.Start, span.Start + span.Length, NameOf(span.Kind)));
            return;
        }
        int at = 0, characters = 0;
        foreach (var span in spans)
        {
            characters += Encoding.UTF8.GetCharCount(bytes, at, span.Start - at);
            var start = characters;
            characters += Encoding.UTF8.GetCharCount(bytes, span.Start, span.Length);
            at = span.Start + span.Length;
            found.Add(new FoundSecret(start, Math.Min(characters, text.Length), NameOf(span.Kind)));
        }
    }

    private List<FoundSecret> Merge(List<FoundSecret> found, string text)
    {
        found = [.. found.SelectMany(secret => BesideMarks(secret, text)).Where(secret => secret.End > secret.Start)];
        found.Sort((one, other) => one.Start != other.Start ? one.Start.CompareTo(other.Start) : other.End.CompareTo(one.End));
        List<FoundSecret> merged = [];
        foreach (var secret in found)
        {
            if (merged.Count > 0 && secret.Start < merged[^1].End)
            {
                if (secret.End > merged[^1].End) merged[^1] = merged[^1] with { End = secret.End };
            }
            else
            {
                merged.Add(secret);
            }
        }
        return merged;
    }

    // What bears the nonce is ours and stays: a placeholder within what was found, and the mark that ends a block of data. An open
    // quote runs on past its block; what it holds there is what stands before the mark.
    private IEnumerable<FoundSecret> BesideMarks(FoundSecret secret, string text)
    {
        var at = secret.Start;
        while (at < secret.End && text.IndexOf(nonce, at, StringComparison.Ordinal) is >= 0 and var mark && mark < secret.End)
        {
            var open = text.LastIndexOf('<', mark);
            // Begun within a mark: nothing of it before this one.
            if (open > at) yield return secret with { Start = at, End = EndOfText(text, at, open) };
            if (open < 0 || text.AsSpan(open).StartsWith("<data-", StringComparison.Ordinal) || text.AsSpan(open).StartsWith("</data-", StringComparison.Ordinal)) yield break;
            at = text.IndexOf('>', mark) is >= 0 and var close ? close + 1 : secret.End;
        }
        if (at < secret.End) yield return secret with { Start = at };
    }

    private static int EndOfText(string text, int start, int end)
    {
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return end;
    }

    private string PlaceholderOf(string value, string kind)
    {
        if (placeholders.TryGetValue(value, out var known)) return known;
        var number = counts[kind] = counts.GetValueOrDefault(kind) + 1;
        var placeholder = $"<{kind}-{number}-{nonce}>";
        placeholders[value] = placeholder;
        values[placeholder] = value;
        return placeholder;
    }

    private static string NameOf(SensitiveKinds kind) => kind switch
    {
        SensitiveKinds.Email => "email",
        SensitiveKinds.Card => "card",
        SensitiveKinds.Iban => "iban",
        SensitiveKinds.Phone => "phone",
        SensitiveKinds.Address => "ip",
        SensitiveKinds.Jwt or SensitiveKinds.Key => "key",
        SensitiveKinds.PrivateKey => "private-key",
        SensitiveKinds.UserId => "user",
        SensitiveKinds.Uuid => "uuid",
        _ => "secret",
    };

    private static int EndOfWords(StringBuilder text)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] != CutSign && !char.IsWhiteSpace(text[end - 1])) end--;
        return end;
    }
}
