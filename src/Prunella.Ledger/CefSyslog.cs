using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Prunella.Ledger;

/// <summary>
/// Ledger entries for a SIEM: ArcSight Common Event Format 0 in the message of RFC 5424 syslog. For searching and alerting; what is
/// to be verified later is exported by <see cref="LedgerJsonLines"/>.
/// </summary>
/// <param name="host">The host name of the syslog header; anything but printable ASCII is replaced.</param>
/// <param name="version">Prunella's version, in the CEF header.</param>
public sealed class CefSyslog(string host, string version)
{
    // Facility 13, log audit; severity 6, informational. RFC 5424, 6.2.1.
    private const int Priority = 13 * 8 + 6;

    // The bound of the CEF dictionary for custom strings.
    private const int CustomStringMax = 4_000;

    private readonly string host = Printable(host, 255);

    /// <summary>The header of RFC 5424 for an entry, with the space before the message.</summary>
    public string HeaderOf(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return string.Create(CultureInfo.InvariantCulture, $"<{Priority}>1 {LedgerChain.TimeText(entry.At)} {host} prunella - {Printable(entry.Kind, 32)} - ");
    }

    /// <summary>One entry as one syslog message, without framing or line end.</summary>
    public string ToMessage(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var payload = PayloadOf(entry);
        var text = new StringBuilder(1_024);
        text.Append(HeaderOf(entry));
        text.Append(CultureInfo.InvariantCulture, $"CEF:0|Prunella|Prunella|{Header(version)}|{Header(entry.Kind)}|{Header(entry.Kind)}|3|");
        text.Append(CultureInfo.InvariantCulture, $"rt={entry.At.ToUnixTimeMilliseconds()} cn1Label=number cn1={entry.Number} suser={Extension(entry.Actor)}");
        Custom(text, 1, "subject", entry.Subject);
        Custom(text, 2, "hash", entry.Hash);
        Custom(text, 3, "previousHash", entry.PreviousHash);
        Custom(text, 4, "key", entry.KeyId);
        Custom(text, 5, payload.Length > CustomStringMax ? "payloadCut" : "payload", Cut(payload));
        return text.ToString();
    }

    private static string PayloadOf(LedgerEntry entry)
    {
        try
        {
            return CanonicalJson.ToText(entry.Payload);
        }
        catch (CanonicalJsonException)
        {
            // Changed in the store into something without canonical form; the SIEM should see that it is there.
            return JsonSerializer.Serialize(entry.Payload.GetRawText());
        }
    }

    private static void Custom(StringBuilder text, int place, string label, string value) =>
        text.Append(CultureInfo.InvariantCulture, $" cs{place}Label={label} cs{place}={Extension(value)}");

    private static string Cut(string text)
    {
        if (text.Length <= CustomStringMax) return text;
        return text[..(char.IsHighSurrogate(text[CustomStringMax - 1]) ? CustomStringMax - 1 : CustomStringMax)];
    }

    // Header fields escape the pipe and the backslash and have no line ends.
    private static string Header(string text) => OneLine(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);

    // Values escape the equals sign, the backslash and line ends.
    private static string Extension(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Printable(string text, int max)
    {
        var clean = string.Concat(text.Take(max).Select(unit => unit is > ' ' and < '\u007F' ? unit : '_'));
        return clean.Length == 0 ? "-" : clean;
    }
}
