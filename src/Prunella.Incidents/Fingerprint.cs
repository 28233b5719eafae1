using System.Security.Cryptography;
using System.Text;

namespace Prunella.Incidents;

/// <summary>Stable identities computed from content: length-prefixed, so no two contents run together.</summary>
public static class Fingerprint
{
    /// <summary>16 hex digits of SHA-256 over the labels in ordinal order; the same labels always give the same fingerprint.</summary>
    public static string OfLabels(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var parts = labels.OrderBy(label => label.Key, StringComparer.Ordinal).SelectMany(label => new[] { label.Key, label.Value });
        return Of(parts)[..16];
    }

    /// <summary>SHA-256 in lower-case hex over the parts, each prefixed with its UTF-8 length in bytes.</summary>
    public static string Of(IEnumerable<string> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
