using System.Buffers;
using System.Text.RegularExpressions;

namespace Prunella.Reasoning.Redaction;

/// <summary>
/// Secrets known by the name before them where logs do not write them but configuration does: DB_PASSWORD=…, --token …, a YAML
/// or JSON pair of name and value, credentials in URLs.
/// </summary>
internal static partial class NamedSecrets
{

    // Milliseconds are usual; a machine that gives the process no time for seconds is no reason to ask no model.
    private const int MatchMilliseconds = 10_000;

    // Nine texts in ten hold none of these, and the patterns cost milliseconds a page.
    private static readonly SearchValues<string> Words = SearchValues.Create(["pass", "pwd", "secret", "token", "credential", "key", "auth", "connection", "dsn"], StringComparison.OrdinalIgnoreCase);

    private const string Name = @"[a-z0-9_.\-]*(?:password|passwd|passphrase|pwd|secret|token|credential|api[_\-.]?key|access[_\-.]?key|account[_\-.]?key|private[_\-.]?key|signing[_\-.]?key|encryption[_\-.]?key|auth[_\-.]?key|\bauth\b|license[_\-.]?key|connection[_\-.]?string|\bdsn\b)[a-z0-9_.\-]*";
    private const string Value = @"(?:""(?<v>(?:[^""\\]|\\.)+)""?|'(?<v>[^']+)'?|(?<v>[^\s,;&""'<>|)\]}]+))";

    internal static void Find(string text, ICollection<FoundSecret> found)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            foreach (Match match in UserInfo().Matches(text)) found.Add(new FoundSecret(match.Groups["v"].Index, match.Groups["v"].Index + match.Groups["v"].Length, "secret"));
        }
        if (!text.AsSpan().ContainsAny(Words)) return;
        foreach (Match match in Assigned().Matches(text))
        {
            var value = match.Groups["v"];
            if (!IsPlain(match.Groups["name"].Value, value.Value, match.Groups["sep"].Value)) found.Add(new FoundSecret(value.Index, value.Index + value.Length, "secret"));
        }
        foreach (var pattern in (Regex[])[Flag(), Pair(), Element()])
        {
            foreach (Match match in pattern.Matches(text))
            {
                var value = match.Groups["v"];
                if (!IsWord(value.Value)) found.Add(new FoundSecret(value.Index, value.Index + value.Length, "secret"));
            }
        }
    }

    // max_tokens=2000, token_type: bearer, secretName: db-credentials and "password: required" are no secrets.
    private static bool IsPlain(string name, string value, string separator)
    {
        if (value is "true" or "false" or "null" or "none" or "nil" or "undefined" or "***" or "{" or "[" || value.All(sign => sign is '*' or 'x' or '.' or '-')) return true;
        if (value.All(char.IsAsciiDigit) && name.Contains("tokens", StringComparison.OrdinalIgnoreCase)) return true;
        if (PlainName().IsMatch(name)) return true;
        return separator.Contains(':', StringComparison.Ordinal) && separator[^1] == ' ' && IsWord(value) && value.Length < 12;
    }

    private static bool IsWord(string value) => value.All(sign => sign is (>= 'a' and <= 'z') or '…');

    [GeneratedRegex(@"(?<![a-z0-9_.\-])(?<name>" + Name + @")\\?[""']?(?<sep>\s{0,4}(?:=>|:=|=|:)\s{0,4})\\?" + Value, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"(?<![a-z0-9\-])--?" + Name + @"\s+" + Value, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Flag();

    // - name: DB_PASSWORD / value: x, and {"name":"DB_PASSWORD","value":"x"}
    [GeneratedRegex(@"[""']?\bname[""']?\s{0,4}:\s{0,4}[""']?" + Name + @"[""']?\s*,?\s*[""']?\bvalue[""']?\s{0,4}:\s{0,4}" + Value, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Pair();

    [GeneratedRegex(@"<" + Name + @">(?<v>[^<]+)</", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex Element();

    // Up to the last @ before the path; or, where a password holds a slash, before the next blank.
    [GeneratedRegex(@"[a-z][a-z0-9+.\-]{0,30}://(?<v>[^\s/?#""'<>@]*(?:@[^\s/?#""'<>@]+)*|[^\s/?#""'<>@:]*:(?!\d{1,5}/)[^\s""'<>@]+)@(?=[^\s@/])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?:pullsecrets?|name|type|ref|path|file|mount|length|count|size|expir\w*|ttl|policy|enabled|required|url|uri|endpoint|issuer|_at|in)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
