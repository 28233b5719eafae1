using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prunella.Logs.Archive;

/// <summary>A sequence of 64-bit numbers: as they are, as differences, or as indices of a table of the distinct ones.</summary>
/// <remarks>A block has thousands of columns: to clear the room on the stack that each choice is then filled into was a fiftieth of archiving.</remarks>
[SkipLocalsInit]
internal static class IntegerCoding
{
    private const int SampleMax = Entropy.CodesMax;
    internal const int TableMax = 256;

    // Ten bits of a hash: a table is at most a quarter full.
    private const int PlacesOfTable = 1 << 10;
    internal const byte Plain = 0, Difference = 1, ByteDifference = 2, Distinct = 3;

    internal static void Write(BlockStreams streams, ReadOnlySpan<long> numbers)
    {
        var mode = Choose(numbers, out var table, out _);
        streams.Directory.Byte(mode);
        if (mode == Distinct)
        {
            WriteTable(streams, numbers, table!);
            return;
        }

        var rented = ArrayPool<ulong>.Shared.Rent(numbers.Length);
        WriteCodes(streams, numbers, mode, rented.AsSpan(0, numbers.Length));
        ArrayPool<ulong>.Shared.Return(rented);
    }

    private static void WriteCodes(BlockStreams streams, ReadOnlySpan<long> numbers, byte mode, Span<ulong> codes)
    {
        var directory = streams.Directory;
        switch (mode)
        {
            case Plain:
                var least = Least(numbers);
                directory.Signed(least);
                for (var n = 0; n < codes.Length; n++)
                {
                    codes[n] = (ulong)(numbers[n] - least);
                }

                WritePlanes(streams, codes, StreamKind.Dense);
                return;
            default:
                directory.Signed(numbers[0]);
                codes[0] = 0;
                for (var n = 1; n < codes.Length; n++)
                {
                    codes[n] = ByteSink.Zigzag(unchecked(numbers[n] - numbers[n - 1]));
                }

                if (mode == ByteDifference)
                {
                    WriteEscaped(streams, codes);
                }
                else
                {
                    WritePlanes(streams, codes, StreamKind.Differences);
                }

                return;
        }
    }

    /// <summary>What <see cref="Write"/> would take, about.</summary>
    internal static double EstimateBits(ReadOnlySpan<long> numbers)
    {
        Choose(numbers, out _, out var bits);
        return bits * numbers.Length / Math.Min(numbers.Length, SampleMax);
    }

    private static byte Choose(ReadOnlySpan<long> numbers, out long[]? table, out double bits)
    {
        var sample = numbers[..Math.Min(numbers.Length, SampleMax)];
        var least = Least(numbers);
        Span<ulong> codes = stackalloc ulong[SampleMax];
        codes = codes[..sample.Length];
        for (var n = 0; n < sample.Length; n++)
        {
            codes[n] = (ulong)(sample[n] - least);
        }

        var best = Plain;
        var bestBits = PlaneBits(codes);
        codes[0] = 0;
        for (var n = 1; n < sample.Length; n++)
        {
            codes[n] = ByteSink.Zigzag(unchecked(sample[n] - sample[n - 1]));
        }

        Consider(Difference, PlaneBits(codes), ref best, ref bestBits);
        Consider(ByteDifference, EscapedBits(codes), ref best, ref bestBits);
        table = Table(numbers, codes);
        if (table is not null)
        {
            var share = (double)sample.Length / numbers.Length;
            Consider(Distinct, PlaneBits(codes) + (share * table.Length * 12), ref best, ref bestBits);
        }

        bits = bestBits;
        return best;

        static void Consider(byte mode, double bits, ref byte best, ref double bestBits)
        {
            if (bits < bestBits)
            {
                (best, bestBits) = (mode, bits);
            }
        }
    }

    // The distinct numbers in order, null when there are too many. The first numbers' codes are in the order in which numbers came:
    // an estimate is the same in any.
    private static long[]? Table(ReadOnlySpan<long> numbers, Span<ulong> codes)
    {
        Span<long> seen = stackalloc long[TableMax];
        Span<ushort> places = stackalloc ushort[PlacesOfTable];
        places.Clear();
        var count = 0;
        var code = 0;
        for (var n = 0; n < numbers.Length; n++)
        {
            if (n == 0 || numbers[n] != numbers[n - 1])
            {
                ref var place = ref PlaceOf(numbers[n], seen, places);
                if (place == 0)
                {
                    if (count == TableMax)
                    {
                        return null;
                    }

                    seen[count++] = numbers[n];
                    place = (ushort)count;
                }

                code = place - 1;
            }

            if (n < codes.Length)
            {
                codes[n] = (ulong)code;
            }
        }

        if (count * 2 > numbers.Length)
        {
            return null;
        }

        var table = seen[..count].ToArray();
        Array.Sort(table);
        return table;
    }

    private static void WriteTable(BlockStreams streams, ReadOnlySpan<long> numbers, long[] table)
    {
        streams.Directory.Number(table.Length);
        for (var n = 0; n < table.Length; n++)
        {
            if (n == 0)
            {
                streams.Directory.Signed(table[0]);
            }
            else
            {
                streams.Directory.Number((ulong)table[n] - (ulong)table[n - 1]);
            }
        }

        Span<ushort> places = stackalloc ushort[PlacesOfTable];
        places.Clear();
        for (var n = 0; n < table.Length; n++)
        {
            PlaceOf(table[n], table, places) = (ushort)(n + 1);
        }

        var rented = ArrayPool<byte>.Shared.Rent(numbers.Length);
        for (var n = 0; n < numbers.Length; n++)
        {
            rented[n] = (byte)(PlaceOf(numbers[n], table, places) - 1);
        }

        streams.Add(StreamKind.Indices, rented.AsSpan(0, numbers.Length), numbers.Length);
        ArrayPool<byte>.Shared.Return(rented);
    }

    // A place holds the index and one of a number of the table, or zero where the number is not in it yet.
    private static ref ushort PlaceOf(long number, ReadOnlySpan<long> table, Span<ushort> places)
    {
        var i = (int)(((ulong)number * 0x9E3779B97F4A7C15) >> 54);
        while (places[i] != 0 && table[places[i] - 1] != number)
        {
            i = (i + 1) & (PlacesOfTable - 1);
        }

        return ref places[i];
    }

    private static void WritePlanes(BlockStreams streams, ReadOnlySpan<ulong> codes, StreamKind lowest)
    {
        ulong all = 0;
        foreach (var code in codes)
        {
            all |= code;
        }

        var width = (71 - BitOperations.LeadingZeroCount(all | 1)) / 8;
        streams.Directory.Byte((byte)width);
        var rented = ArrayPool<byte>.Shared.Rent(codes.Length);
        var plane = rented.AsSpan(0, codes.Length);
        for (var b = 0; b < width; b++)
        {
            for (var n = 0; n < plane.Length; n++)
            {
                plane[n] = (byte)(codes[n] >> (8 * b));
            }

            streams.Add(b == 0 ? lowest : StreamKind.Planes, plane, plane.Length);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private static void WriteEscaped(BlockStreams streams, ReadOnlySpan<ulong> codes)
    {
        var rented = ArrayPool<byte>.Shared.Rent(codes.Length);
        var bytes = rented.AsSpan(0, codes.Length);
        var rest = new ByteSink();
        for (var n = 0; n < bytes.Length; n++)
        {
            bytes[n] = (byte)Math.Min(codes[n], 255);
            if (codes[n] >= 255)
            {
                rest.Number(codes[n] - 255);
            }
        }

        streams.Add(StreamKind.Differences, bytes, bytes.Length);
        streams.Add(StreamKind.Planes, rest.Written, 0);
        ArrayPool<byte>.Shared.Return(rented);
    }

    private static long Least(ReadOnlySpan<long> numbers)
    {
        var least = long.MaxValue;
        foreach (var number in numbers)
        {
            least = Math.Min(least, number);
        }

        return least;
    }

    internal static double PlaneBits(ReadOnlySpan<ulong> codes)
    {
        ulong all = 0;
        foreach (var code in codes)
        {
            all |= code;
        }

        var width = (71 - BitOperations.LeadingZeroCount(all | 1)) / 8;
        double bits = 0;
        for (var b = 0; b < width; b++)
        {
            bits += Entropy.Bits(codes, 8 * b, ulong.MaxValue) + 24;
        }

        return bits;
    }

    private static double EscapedBits(ReadOnlySpan<ulong> codes)
    {
        var bits = Entropy.Bits(codes, 0, 255);
        foreach (var code in codes)
        {
            bits += code >= 255 ? 7 + (1.1 * (64 - BitOperations.LeadingZeroCount(code))) : 0;
        }

        return bits + 24;
    }
}
