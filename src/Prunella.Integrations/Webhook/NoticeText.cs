using System.Security.Cryptography;
using Prunella.Logs.Redaction;

namespace Prunella.Integrations.Webhook;

/// <summary>
/// Text of notices as it may leave for a vendor: without secrets and personal data, of bounded length. Addresses of machines stay: a
/// person on call needs them. Thread-safe.
/// </summary>
internal static class NoticeText
{
    private static readonly Lock Gate = new();
    private static readonly LineRedactor Redactor = new(new RedactionOptions { Key = RandomNumberGenerator.GetBytes(16), Kinds = SensitiveKinds.Default & ~SensitiveKinds.Address });

    /// <summary>The text without secrets, control characters but ends of lines, and what is beyond the bound.</summary>
    internal static string Of(string text, int charactersMax)
    {
        string redacted;
        lock (Gate) redacted = Redactor.Redact(text);
        var inert = string.Concat(redacted.Select(character => character is '\n' or '\t' || !char.IsControl(character) ? character : ' '));
        return Cut(inert, charactersMax);
    }

    /// <summary>The text as one line.</summary>
    internal static string Line(string text, int charactersMax) => Cut(Of(text, int.MaxValue).ReplaceLineEndings(" ").Trim(), charactersMax);

    // Not in the middle of a letter of two parts.
    private static string Cut(string text, int charactersMax)
    {
        if (text.Length <= charactersMax) return text;
        var end = charactersMax - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }
}
