namespace Prunella.Logs.Classification;

/// <summary>Lines a minute of one pattern: the last hour, minute by minute, and the usual figure of each hour of the day.</summary>
internal sealed class TemplateRate
{
    internal const int Minutes = 60;

    private readonly ushort[] ring = new ushort[Minutes];
    private readonly float[] hours = new float[24];
    private readonly byte[] days = new byte[24];

    /// <summary>The minute that is being counted, in minutes since year 1.</summary>
    internal long Minute { get; private set; }

    internal int Current { get; set; }

    /// <summary>Minutes of <see cref="ring"/> that are filled.</summary>
    internal int Filled { get; private set; }

    /// <summary>Minutes in the ring with at least one line.</summary>
    internal int Busy { get; private set; }

    internal TemplateRate(long minute) => Minute = minute;

    /// <summary>Closes minutes up to <paramref name="minute"/>; those without a line count as zero.</summary>
    internal void Advance(long minute)
    {
        var steps = Math.Min(minute - Minute, Minutes + 1);
        for (var s = 0; s < steps; s++)
        {
            var at = (int)((Minute + s) % Minutes);
            if (Filled == Minutes)
            {
                Busy -= ring[at] > 0 ? 1 : 0;
            }
            else
            {
                Filled++;
            }

            ring[at] = (ushort)Math.Min(Current, ushort.MaxValue);
            Busy += Current > 0 ? 1 : 0;
            var hour = (int)((Minute + s) / 60 % 24);
            hours[hour] += (Current - hours[hour]) / Math.Min(1 + ++days[hour], 120);
            days[hour] = Math.Min(days[hour], (byte)120);
            Current = 0;
        }

        Minute = Math.Max(Minute, minute);
    }

    /// <summary>Median and scaled median absolute deviation of the last hour's minutes; the usual figure of this hour of the day where it is higher.</summary>
    internal (double Median, double Spread) Baseline()
    {
        Span<ushort> sorted = stackalloc ushort[Minutes];
        var values = sorted[..Filled];
        ring.AsSpan(0, Filled).CopyTo(values);
        values.Sort();
        double median = values[Filled / 2];
        Span<double> away = stackalloc double[Filled];
        for (var i = 0; i < Filled; i++)
        {
            away[i] = Math.Abs(values[i] - median);
        }

        away.Sort();

        // 1.4826 makes the median absolute deviation of normal figures their standard deviation (Rousseeuw and Croux, 1993).
        var spread = Math.Max(1.4826 * away[Filled / 2], Math.Sqrt(median));
        var hour = (int)(Minute / 60 % 24);
        return (days[hour] >= 30 ? Math.Max(median, hours[hour]) : median, spread);
    }
}
