using System.Buffers.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Classification;

// At most 32 values of a slot and minute are read, so a busy shape costs a compare a line and a quiet one a parse of four numbers.

/// <summary>The numbers in the lines of one shape, minute by minute: the median of each of its first slots, against its own last hour.</summary>
internal sealed class ShapeValues
{
    /// <summary>Numeric slots of a shape that are watched.</summary>
    internal const int SlotsMax = 4;

    private const int SampleMax = 32;
    private const int SampleMin = 10;
    private const int MinutesMax = 60;
    private const int MinutesMin = 10;

    // A shift is at least a doubling or a halving, and stands out of the hour's own scatter by eight spreads.
    private static readonly float Doubling = MathF.Log(2);
    private const float Spreads = 8;

    private readonly SlotValues[] slots;
    private int taken;

    private ShapeValues(SlotValues[] slots) => this.slots = slots;

    /// <summary>What to watch in lines like this one; null when it has no numbers.</summary>
    internal static ShapeValues? Of(in ParsedLine line)
    {
        var found = new List<SlotValues>();
        for (var s = 0; s < line.Slots.Length && found.Count < SlotsMax; s++)
        {
            var slot = line.Slots[s];
            if (slot.Kind != SlotKind.Number || slot.Start < line.MessageStart || !TryRead(line.Raw.Slice(slot.Start, slot.Length), out _))
            {
                continue;
            }

            var from = s == 0 ? 0 : line.Slots[s - 1].End;
            found.Add(new SlotValues(s, FieldName.Of(line.Raw[from..slot.Start], SlotKind.Number)));
        }

        return found.Count == 0 ? null : new ShapeValues([.. found]);
    }

    /// <summary>Takes the values of a line.</summary>
    internal void Add(in ParsedLine line)
    {
        if (taken >= SampleMax)
        {
            return;
        }

        taken++;
        foreach (var slot in slots)
        {
            if (slot.Index < line.Slots.Length && TryRead(line.Raw.Slice(line.Slots[slot.Index].Start, line.Slots[slot.Index].Length), out var value))
            {
                slot.Sample[slot.Count++] = value;
            }
        }
    }

    /// <summary>Closes a minute.</summary>
    /// <param name="shifted">The slot that moved furthest, when one did.</param>
    /// <returns>True when a slot is away from its usual values.</returns>
    internal bool Close(out ValueShift shifted)
    {
        taken = 0;
        shifted = default;
        var furthest = 0f;
        Span<float> sorted = stackalloc float[MinutesMax];
        foreach (var slot in slots)
        {
            if (slot.Count < SampleMin)
            {
                slot.Count = 0;
                continue;
            }

            var sample = slot.Sample.AsSpan(0, slot.Count);
            sample.Sort();
            var median = Scale(sample[slot.Count / 2]);
            slot.Count = 0;
            var known = Math.Min(slot.Filled, MinutesMax);
            if (known >= MinutesMin)
            {
                var values = sorted[..known];
                slot.Medians.AsSpan(0, known).CopyTo(values);
                values.Sort();
                var usual = values[known / 2];
                for (var n = 0; n < known; n++)
                {
                    values[n] = Math.Abs(values[n] - usual);
                }

                values.Sort();
                var away = Math.Abs(median - usual);
                var limit = Math.Max(Doubling, Spreads * 1.4826f * values[known / 2]);
                if (away > limit)
                {
                    if (away > furthest)
                    {
                        furthest = away;
                        shifted = new ValueShift(slot.Name, Unscale(median), Unscale(usual));
                    }

                    // A shifted minute enters the baseline as the usual one, until the shift has lasted long enough to be the usual.
                    slot.Shifted++;
                    median = slot.Shifted > MinutesMax / 2 ? median : usual;
                }
                else
                {
                    slot.Shifted = 0;
                }
            }

            slot.Medians[slot.Filled++ % MinutesMax] = median;
            slot.Filled = slot.Filled >= 2 * MinutesMax ? MinutesMax : slot.Filled;
        }

        return furthest > 0;
    }

    // Signed logarithm: a ratio is a distance, whatever the unit.
    private static float Scale(float value) => MathF.CopySign(MathF.Log(1 + Math.Abs(value)), value);

    private static float Unscale(float value) => MathF.CopySign(MathF.Exp(Math.Abs(value)) - 1, value);

    /// <summary>Reads a number with what unit hangs on it: times in milliseconds, sizes in bytes; numbers of more than 15 digits are identities.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out float value)
    {
        value = 0;
        if (!Utf8Parser.TryParse(text, out double number, out var read) || read > 15 || !double.IsFinite(number))
        {
            return false;
        }

        var factor = Factor(text[read..]);
        value = (float)(number * factor);
        return factor > 0;
    }

    private static double Factor(ReadOnlySpan<byte> unit) => unit.Length switch
    {
        0 => 1,
        1 => unit[0] switch { (byte)'s' => 1e3, (byte)'m' => 6e4, (byte)'h' => 3.6e6, (byte)'%' or (byte)'B' or (byte)'b' => 1, (byte)'K' or (byte)'k' => 1024, (byte)'M' => 1 << 20, (byte)'G' => 1 << 30, _ => 0 },
        _ => unit.SequenceEqual("ms"u8) ? 1 : unit.SequenceEqual("us"u8) || unit.SequenceEqual("µs"u8) ? 1e-3 : unit.SequenceEqual("ns"u8) ? 1e-6
            : unit.SequenceEqual("sec"u8) ? 1e3
            : unit[^1] is (byte)'B' or (byte)'b' ? unit[0] switch { (byte)'K' or (byte)'k' => 1024, (byte)'M' or (byte)'m' => 1 << 20, (byte)'G' or (byte)'g' => 1 << 30, (byte)'T' => 1L << 40, _ => 0 } : 0,
    };

    private sealed class SlotValues(int index, string name)
    {
        internal int Index { get; } = index;

        internal string Name { get; } = name;

        internal float[] Sample { get; } = new float[SampleMax];

        internal float[] Medians { get; } = new float[MinutesMax];

        internal int Count { get; set; }

        internal int Filled { get; set; }

        internal int Shifted { get; set; }
    }
}

/// <summary>A number that moved: medians of a minute, times in milliseconds and sizes in bytes where the lines name a unit.</summary>
/// <param name="Name">Key before the value, or its kind.</param>
/// <param name="Now">The minute's median.</param>
/// <param name="Usual">The last hour's.</param>
internal readonly record struct ValueShift(string Name, double Now, double Usual);
