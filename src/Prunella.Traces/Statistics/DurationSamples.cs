using System.Numerics;

namespace Prunella.Traces.Statistics;

/// <summary>
/// Microseconds seen, for counts, sums and percentiles. Exact up to 1 024 values, then in buckets less than 0.8 % wide.
/// The answer depends on the values only, not on their order or on how parts were merged.
/// </summary>
public sealed class DurationSamples
{
    // 128 buckets per power of two: a value is at most 1/128 above its bucket's start.
    private const int ExactMax = 1_024;
    private const int PartBits = 7;
    private const int Parts = 1 << PartBits;

    // A page for each power of two: found without a hash, and few are ever made.
    private const int PowersMax = 64 - PartBits;

    // Nine of ten call paths of a large trace are seen once: one value is its own sum and needs no array.
    private long[]? _values;
    private int _used;
    private long[]?[]? _buckets;
    private bool _sorted = true;

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum, microseconds.</summary>
    public long SumUs { get; private set; }

    /// <summary>The largest, microseconds.</summary>
    public long MaxUs { get; private set; }

    /// <summary>Their mean, microseconds, rounded down; 0 when there are none.</summary>
    public long MeanUs => Count == 0 ? 0 : SumUs / Count;

    /// <summary>Adds a value; negative ones count as 0.</summary>
    public void Add(long us)
    {
        us = Math.Max(0, us);
        Count++;
        SumUs += us;
        MaxUs = Math.Max(MaxUs, us);
        if (_buckets is not null)
        {
            AddTo(_buckets, us);
            return;
        }

        if (Count == 1)
            return;
        _values ??= Unpacked(SumUs - us);
        if (_used == ExactMax)
        {
            Spill();
            AddTo(_buckets!, us);
            return;
        }

        if (_used == _values.Length)
            Array.Resize(ref _values, _used * 2);
        _values[_used++] = us;
        _sorted = false;
    }

    /// <summary>Adds another set's values.</summary>
    public void Add(DurationSamples other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._buckets is null)
        {
            if (other.Count == 1)
                Add(other.SumUs);
            for (var index = 0; index < other._used; index++)
                Add(other._values![index]);
            return;
        }

        if (_buckets is null)
            Spill();
        for (var power = 0; power < PowersMax; power++)
        {
            if (other._buckets[power] is not { } page)
                continue;
            var own = _buckets![power] ??= new long[Parts];
            for (var part = 0; part < Parts; part++)
                own[part] += page[part];
        }

        Count += other.Count;
        SumUs += other.SumUs;
        MaxUs = Math.Max(MaxUs, other.MaxUs);
    }

    /// <summary>The nearest-rank percentile, microseconds; 0 when there are no values.</summary>
    /// <param name="share">From 0 to 1, e.g. 0.95.</param>
    public long PercentileUs(double share)
    {
        if (Count == 0)
            return 0;
        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        if (Count == 1)
            return MaxUs;
        if (_buckets is null)
        {
            if (!_sorted)
                Array.Sort(_values!, 0, _used);
            _sorted = true;
            return _values![rank - 1];
        }

        long seen = 0;
        for (var power = 0; power < PowersMax; power++)
        {
            for (var part = 0; _buckets[power] is { } page && part < Parts; part++)
            {
                seen += page[part];
                if (seen >= rank)
                    return Math.Min(MaxUs, Middle((power << PartBits) + part));
            }
        }

        return MaxUs;
    }

    private long[] Unpacked(long first)
    {
        _used = 1;
        return [first, 0, 0, 0];
    }

    private void Spill()
    {
        if (Count == 1)
            _values = Unpacked(SumUs);
        _buckets = new long[PowersMax][];
        for (var index = 0; index < _used; index++)
            AddTo(_buckets, _values![index]);
        _values = null;
        _used = 0;
    }

    private static void AddTo(long[]?[] buckets, long us)
    {
        var bucket = Bucket(us);
        (buckets[bucket >> PartBits] ??= new long[Parts])[bucket & (Parts - 1)]++;
    }

    private static int Bucket(long us)
    {
        if (us < 1 << PartBits)
            return (int)us;
        var power = BitOperations.Log2((ulong)us) - PartBits;
        return ((power + 1) << PartBits) + (int)((us >> power) - (1 << PartBits));
    }

    private static long Middle(int bucket)
    {
        var power = (bucket >> PartBits) - 1;
        if (power < 0)
            return bucket;
        var start = (long)((bucket & ((1 << PartBits) - 1)) + (1 << PartBits)) << power;
        return start + ((1L << power) >> 1);
    }
}
