using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

// 9 predictions a bit, mixed: ~0.3 µs a byte. For blocks whose streams are small that buys a sixth to a quarter of the size; large blocks
// use zstd, which decodes a hundred times faster.

/// <summary>
/// Predicts the bits of a block's streams from what came before: counters under several contexts, mixed in the logistic domain with
/// weights that learn (Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression", 2005). Integers only, so that
/// every machine predicts the same.
/// </summary>
internal sealed class AdaptiveModel
{
    private const int Contexts = 8;
    private const int Inputs = Contexts + 1;
    private const int HistoryBits = 16;
    private const int MatchMin = 5;
    private const int CountLimit = 255;
    private static readonly short[] StretchOf = MakeStretch();
    private static readonly int[] Rate = MakeRates();

    private readonly uint[] counters;
    private readonly uint mask;
    private readonly int[] at = new int[Contexts];
    private readonly ulong[] hashes = new ulong[Contexts];
    private readonly int[] inputs = new int[Inputs];
    private readonly int[] weights = new int[8 * 4 * Inputs];
    private readonly uint[] matchCounters = new uint[64];
    private readonly int[] positions = new int[1 << HistoryBits];
    private readonly byte[] history;
    private readonly List<(int Start, int Length)> streams = [];
    private int length, kind, number, start, above, weightSet, probability;
    private int match, matchLength, expectedBit, matchCounter;
    private uint partial = 1;
    private ulong recent;
    private uint word;

    /// <param name="bytesMax">Bytes that will be modelled, priming included.</param>
    internal AdaptiveModel(int bytesMax)
    {
        var size = (int)Math.Clamp(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytesMax) * 32L, 1 << 14, 1 << 22);
        counters = new uint[size];
        counters.AsSpan().Fill(1u << 31);
        matchCounters.AsSpan().Fill(1u << 31);
        mask = (uint)size - 16;
        weights.AsSpan().Fill((1 << 16) * 3 / 10);
        history = new byte[bytesMax];
    }

    /// <summary>The bytes that were modelled.</summary>
    internal ReadOnlySpan<byte> History(int from, int count) => history.AsSpan(from, count);

    internal int Length => length;

    /// <summary>Starts a stream; the latest stream of the same length lies beside it, row by row.</summary>
    internal void Begin(StreamKind streamKind, int bytes)
    {
        kind = (int)streamKind;
        number++;
        start = length;
        above = -1;
        for (var n = streams.Count - 1; n >= 0 && above < 0; n--)
        {
            above = streams[n].Length == bytes && bytes > 1 ? streams[n].Start : -1;
        }

        streams.Add((length, bytes));
        recent = 0;
        word = 0;
        matchLength = 0;
        NextByte();
    }

    /// <summary>Probability that the next bit is 1, of 4096; 1 to 4095.</summary>
    internal int Predict()
    {
        for (var i = 0; i < Contexts; i++)
        {
            inputs[i] = StretchOf[counters[at[i] + (int)Nibble()] >> 20];
        }

        expectedBit = -1;
        inputs[Contexts] = 0;
        if (matchLength > 0)
        {
            var expected = history[match] + 256u;
            if (expected >> (int)(8 - Bits()) == partial)
            {
                expectedBit = (int)(expected >> (int)(7 - Bits())) & 1;
                matchCounter = (Math.Min(matchLength, 31) << 1) | expectedBit;
                inputs[Contexts] = StretchOf[matchCounters[matchCounter] >> 20];
            }
            else
            {
                matchLength = 0;
            }
        }

        weightSet = ((kind * 4) + (matchLength == 0 ? 0 : matchLength < 16 ? 1 : matchLength < 32 ? 2 : 3)) * Inputs;
        var sum = 0L;
        for (var i = 0; i < Inputs; i++)
        {
            sum += (long)inputs[i] * weights[weightSet + i];
        }

        probability = Squash((int)(sum >> 16));
        return Math.Clamp(probability, 1, 4095);
    }

    /// <summary>Learns the bit that was predicted.</summary>
    internal void Update(int bit)
    {
        var error = ((bit << 12) - probability) * 10;
        for (var i = 0; i < Inputs; i++)
        {
            weights[weightSet + i] += ((inputs[i] * error) + 0x8000) >> 16;
        }

        for (var i = 0; i < Contexts; i++)
        {
            Count(ref counters[at[i] + (int)Nibble()], bit);
        }

        if (expectedBit >= 0)
        {
            Count(ref matchCounters[matchCounter], bit);
        }

        partial = (partial << 1) | (uint)bit;
        if (partial >= 256)
        {
            EndByte((byte)partial);
        }
        else if (partial is >= 16 and < 32)
        {
            Locate();
        }
    }

    private static void Count(ref uint counter, int bit)
    {
        var seen = counter & 1023;
        var p = (int)(counter >> 10);
        unchecked
        {
            counter += seen < CountLimit ? 1u : 0u;
            counter += (uint)((((bit << 22) - p) >> 3) * Rate[seen]) & 0xFFFFFC00;
        }
    }

    // Place of the bit within its half of the byte.
    private uint Nibble() => partial < 16 ? partial : (partial & (0xFFu >> (8 - (int)Bits() + 4))) | (1u << ((int)Bits() - 4));

    private uint Bits() => (uint)System.Numerics.BitOperations.Log2(partial);

    private void EndByte(byte value)
    {
        history[length++] = value;
        recent = (recent << 8) | value;
        var isLetter = (uint)((value | 0x20) - 'a') < 26;
        word = isLetter ? (word + value) * 0x2F0B4C47 : 0;
        if (matchLength > 0)
        {
            matchLength++;
            match++;
        }

        if (length - start >= MatchMin)
        {
            var hash = (uint)(((recent & 0xFF_FFFF_FFFF) * 0x9E3779B97F4A7C15) >> (64 - HistoryBits));
            if (matchLength == 0 && positions[hash] > 0)
            {
                match = positions[hash];
                while (matchLength < 40 && match > matchLength && history[match - 1 - matchLength] == history[length - 1 - matchLength])
                {
                    matchLength++;
                }
            }

            positions[hash] = length;
        }

        NextByte();
    }

    private void NextByte()
    {
        partial = 1;
        var k = (ulong)kind << 56;
        var own = ((ulong)number << 40) | (1UL << 63);
        var row = length - start;
        hashes[0] = own | 1;
        hashes[1] = own | (2UL << 32) | (recent & 0xFF);
        hashes[2] = own | (3UL << 32) | (recent & 0xFFFF);
        hashes[3] = k | (4UL << 48) | (recent & 0xFFFF);
        hashes[4] = k | (5UL << 48) | (recent & 0xFF_FFFF);
        hashes[5] = k | (6UL << 48) | (recent & 0xFFFF_FFFF);
        hashes[6] = k | (7UL << 48) | Mix.Add(7, recent & 0xFFFF_FFFF_FFFF) >> 16;
        hashes[7] = above >= 0 && above + row < start
            ? own | (8UL << 32) | history[above + row] | ((recent & 0xFF) << 8)
            : k | (9UL << 48) | word;
        Locate();
    }

    // Sixteen counters, one cache line, hold a context's half byte.
    private void Locate()
    {
        for (var i = 0; i < Contexts; i++)
        {
            at[i] = (int)((uint)(Mix.Add(hashes[i], partial < 16 ? 0 : partial) >> 30) & mask);
        }
    }

    internal static int Squash(int d)
    {
        d = Math.Clamp(d, -2047, 2047);
        var w = d & 127;
        var i = (d >> 7) + 16;
        return ((SquashAt[i] * (128 - w)) + (SquashAt[i + 1] * w) + 64) >> 7;
    }

    private static ReadOnlySpan<short> SquashAt =>
        [1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094];

    private static short[] MakeStretch()
    {
        var table = new short[4096];
        var next = 0;
        for (var d = -2047; d <= 2047; d++)
        {
            var p = Squash(d);
            for (; next <= p; next++)
            {
                table[next] = (short)d;
            }
        }

        for (; next < 4096; next++)
        {
            table[next] = 2047;
        }

        return table;
    }

    private static int[] MakeRates()
    {
        var rates = new int[1024];
        for (var n = 0; n < rates.Length; n++)
        {
            rates[n] = 16384 / (n + n + 3);
        }

        return rates;
    }
}
