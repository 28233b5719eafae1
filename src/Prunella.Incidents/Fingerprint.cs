using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Prunella.Incidents;

/// <summary>Stable identities computed from content: length-prefixed, so no two contents run together.</summary>
public static class Fingerprint
{
    private const int StackBytesMax = 1_024;

    /// <summary>16 hex digits of SHA-256 over the labels in ordinal order; the same labels always give the same fingerprint.</summary>
    public static string OfLabels(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var parts = new string[labels.Count * 2];
        AddSorted(labels, parts);
        return Of(parts)[..16];
    }

    /// <summary>SHA-256 in lower-case hex over the parts, each prefixed with its UTF-8 length in four bytes, big-endian.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var bytesMax = 0;
        foreach (var part in parts) bytesMax += sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length);
        var rented = bytesMax > StackBytesMax ? ArrayPool<byte>.Shared.Rent(bytesMax) : null;
        var buffer = rented ?? stackalloc byte[StackBytesMax];
        var used = 0;
        foreach (var part in parts)
        {
            var length = Encoding.UTF8.GetBytes(part, buffer[(used + sizeof(int))..]);
            BinaryPrimitives.WriteInt32BigEndian(buffer[used..], length);
            used += sizeof(int) + length;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..used], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Writes names and values alternately, in ordinal order of the names.</summary>
    internal static void AddSorted(IReadOnlyDictionary<string, string> pairs, Span<string> into)
    {
        var names = new string[pairs.Count];
        var index = 0;
        foreach (var name in pairs.Keys) names[index++] = name;
        Array.Sort(names, StringComparer.Ordinal);
        for (index = 0; index < names.Length; index++) (into[2 * index], into[2 * index + 1]) = (names[index], pairs[names[index]]);
    }
}
