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

    // Nine of ten call paths of a large trace are seen once: one value is its own sum and needs no array.
    private long[]? _values;
    private int _used;
    private Dictionary<int, long>? _buckets;
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
            AddTo(_buckets, us, 1);
            return;
        }

        if (Count == 1)
            return;
        _values ??= Unpacked(SumUs - us);
        if (_used == ExactMax)
        {
            Spill();
            AddTo(_buckets!, us, 1);
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
        foreach (var (bucket, count) in other._buckets)
            _buckets![bucket] = _buckets.GetValueOrDefault(bucket) + count;
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
        foreach (var (bucket, count) in _buckets.OrderBy(pair => pair.Key))
        {
            seen += count;
            if (seen >= rank)
                return Math.Min(MaxUs, Middle(bucket));
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
        _buckets = [];
        for (var index = 0; index < _used; index++)
            AddTo(_buckets, _values![index], 1);
        _values = null;
        _used = 0;
    }

    private static void AddTo(Dictionary<int, long> buckets, long us, long count)
    {
        var bucket = Bucket(us);
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(buckets, bucket, out _) += count;
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
