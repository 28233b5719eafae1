using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prunella.Logs.Templates;

/// <summary>The 64-bit mixing that shapes, words and layouts are keyed by. Never leaves the process: ids use <see cref="TemplateId"/>.</summary>
internal static class Mix
{
    internal const ulong Seed = 0x9E3779B97F4A7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Add(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }

    /// <summary>Hash of a few bytes: eight at a time, the length mixed in.</summary>
    internal static ulong Bytes(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Add(hash, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }

        if (bytes.Length >= 4)
        {
            hash = Add(hash, MemoryMarshal.Read<uint>(bytes) | ((ulong)MemoryMarshal.Read<uint>(bytes[^4..]) << 32));
        }
        else if (bytes.Length > 0)
        {
            hash = Add(hash, bytes[0] | ((ulong)bytes[bytes.Length >> 1] << 8) | ((ulong)bytes[^1] << 16));
        }

        return BitOperations.RotateLeft(hash, 17) * 0xA0761D6478BD642F;
    }
}
