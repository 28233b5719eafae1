using System.Security.Cryptography;
using System.Text;

namespace Prunella.Remediation.Storage.Relational;

/// <summary>
/// Text as indexed columns hold it. Labels may carry anything: PostgreSQL refuses NUL in text and index keys over 2 704 bytes.
/// Documents keep the exact text; columns are only compared with texts that went the same way.
/// </summary>
internal static class ColumnText
{
    /// <summary>The longest text kept as it is: two of them, at 3 bytes a unit, fit into one index key.</summary>
    public const int UnitsMax = 400;

    /// <summary>The column's text: unchanged when short and clean, otherwise its beginning and its SHA-256.</summary>
    public static string Of(string text)
    {
        if (text.Length <= UnitsMax && text.AsSpan().IndexOfAnyInRange('\0', '\u001F') < 0 && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return text;
        var start = new StringBuilder(UnitsMax);
        foreach (var unit in text.AsSpan(0, Math.Min(text.Length, UnitsMax - 65)))
            start.Append(char.IsControl(unit) || char.IsSurrogate(unit) ? '\uFFFD' : unit);
        var hash = SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
        return $"{start}#{Convert.ToHexStringLower(hash)}";
    }
}
