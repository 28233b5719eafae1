namespace Prunella.Integrations.Http;

/// <summary>What RFC 9110 allows in headers.</summary>
internal static class HttpHeaderText
{
    internal static bool IsName(string text) => text.Length is > 0 and <= 100 && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    internal static bool IsValue(string text) => text.Length <= 8_192 && text.All(character => character is >= ' ' and < (char)127 or '\t');
}
