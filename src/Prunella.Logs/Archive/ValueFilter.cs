using System.IO.Hashing;
using System.Numerics;

namespace Prunella.Logs.Archive;

/// <summary>
/// Which values a block may hold: a binary fuse filter of three places a key (Graf and Lemire, "Binary Fuse Filters", 2022) with
/// fingerprints of 8 or 4 bits. Never denies a value that is there; admits one that is not in 1 of 256 or 16 cases.
/// </summary>
internal sealed class ValueFilter
{
    private const int KeysMin = 16;
    private const int Attempts = 32;

    private readonly ulong seed;
    private readonly uint segmentLength, segments;
    private readonly byte bits;
    private readonly byte[] cells;

    private ValueFilter(ulong seed, uint segmentLength, uint segments, byte bits, byte[] cells)
    {
        this.seed = seed;
        this.segmentLength = segmentLength;
        this.segments = segments;
        this.bits = bits;
        this.cells = cells;
    }

    /// <summary>The key of a value.</summary>
    internal static ulong Key(ReadOnlySpan<byte> value) => XxHash64.HashToUInt64(value);

    /// <summary>Builds a filter of distinct keys that takes no more than some bytes; null when none is worth it or fits.</summary>
    internal static ValueFilter? Build(ReadOnlySpan<ulong> keys, int bytesMax)
    {
        if (keys.Length < KeysMin)
        {
            return null;
        }

        var segmentLength = 1u << (int)Math.Floor((Math.Log(keys.Length) / Math.Log(3.33)) + 2.25);
        segmentLength = Math.Clamp(segmentLength, 4, 1 << 18);
        var factor = Math.Max(1.125, 0.875 + (0.25 * Math.Log(1_000_000) / Math.Log(keys.Length)));
        var segments = (uint)Math.Max(1, Math.Ceiling(keys.Length * factor / segmentLength) - 2);
        var count = (segments + 2) * segmentLength;
        var bits = count <= bytesMax ? (byte)8 : count / 2 <= bytesMax ? (byte)4 : (byte)0;
        if (bits == 0)
        {
            return null;
        }

        for (ulong seed = 1; seed <= Attempts; seed++)
        {
            if (TryFill(keys, new ValueFilter(seed, segmentLength, segments, bits, new byte[bits == 8 ? count : count / 2])) is { } filter)
            {
                return filter;
            }
        }

        return null;
    }

    internal bool MayHold(ulong key)
    {
        var (hash, a, b, c) = Places(key);
        return ((Get(a) ^ Get(b) ^ Get(c) ^ (int)hash) & Mask) == 0;
    }

    internal void Write(ByteSink sink)
    {
        sink.Byte(bits);
        sink.Number(seed);
        sink.Number(segmentLength);
        sink.Number(segments);
        sink.Bytes(cells);
    }

    /// <exception cref="InvalidDataException">The bytes are no filter.</exception>
    internal static ValueFilter Read(ReadOnlySpan<byte> bytes)
    {
        var source = new ByteSource(bytes);
        var bits = source.Byte();
        var seed = source.Number();
        var length = (uint)source.Count(1 << 18);
        var segments = (uint)source.Count(1 << 24);
        var count = (segments + 2UL) * length;
        if (bits is not (4 or 8) || !BitOperations.IsPow2(length) || segments == 0 || (ulong)source.Left != (bits == 8 ? count : count / 2))
        {
            throw ByteSource.Damaged();
        }

        return new ValueFilter(seed, length, segments, bits, source.Take(source.Left).ToArray());
    }

    private int Mask => bits == 8 ? 0xFF : 0x0F;

    // Peels keys that alone have a place, until none is left; then gives each its place, last one first.
    private static ValueFilter? TryFill(ReadOnlySpan<ulong> keys, ValueFilter filter)
    {
        var size = (int)((filter.segments + 2) * filter.segmentLength);
        var counts = new byte[size];
        var sums = new ulong[size];
        foreach (var key in keys)
        {
            var (_, a, b, c) = filter.Places(key);
            foreach (var place in (ReadOnlySpan<uint>)[a, b, c])
            {
                if (counts[place]++ == 255)
                {
                    return null;
                }

                sums[place] ^= key;
            }
        }

        // Each place comes to one key once at most.
        var single = new uint[size];
        var singles = 0;
        for (var n = 0u; n < size; n++)
        {
            if (counts[n] == 1)
            {
                single[singles++] = n;
            }
        }

        var order = new (ulong Key, uint Place)[keys.Length];
        var ordered = 0;
        while (singles > 0)
        {
            var place = single[--singles];
            if (counts[place] != 1)
            {
                continue;
            }

            var key = sums[place];
            order[ordered++] = (key, place);
            var (_, a, b, c) = filter.Places(key);
            foreach (var other in (ReadOnlySpan<uint>)[a, b, c])
            {
                sums[other] ^= key;
                if (--counts[other] == 1)
                {
                    single[singles++] = other;
                }
            }
        }

        if (ordered != keys.Length)
        {
            return null;
        }

        for (var n = ordered - 1; n >= 0; n--)
        {
            var (hash, a, b, c) = filter.Places(order[n].Key);
            filter.Set(order[n].Place, 0);
            filter.Set(order[n].Place, filter.Get(a) ^ filter.Get(b) ^ filter.Get(c) ^ (int)hash);
        }

        return filter;
    }

    private (ulong Hash, uint A, uint B, uint C) Places(ulong key)
    {
        var hash = (key ^ (seed * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
        hash ^= hash >> 32;
        hash *= 0x94D049BB133111EB;
        hash ^= hash >> 29;
        var a = (uint)Math.BigMul(hash, segments * (ulong)segmentLength, out _);
        var b = a + segmentLength;
        var c = b + segmentLength;
        return (hash, a, b ^ ((uint)(hash >> 18) & (segmentLength - 1)), c ^ ((uint)hash >> 4 & (segmentLength - 1)));
    }

    private int Get(uint place) => bits == 8 ? cells[place] : (cells[place >> 1] >> (int)((place & 1) * 4)) & 0x0F;

    private void Set(uint place, int value)
    {
        if (bits == 8)
        {
            cells[place] = (byte)value;
            return;
        }

        var shift = (int)((place & 1) * 4);
        cells[place >> 1] = (byte)((cells[place >> 1] & ~(0x0F << shift)) | ((value & 0x0F) << shift));
    }
}
