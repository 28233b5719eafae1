using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>What both OTLP readers share: nanoseconds to the model's microseconds and binary ids to hex.</summary>
internal static class OtlpTime
{
    // Jaeger's v1 JSON cuts start and duration to microseconds separately; doing the same makes both sources agree.
    public static void Set(ref SpanRow row, ulong startNs, ulong endNs)
    {
        var start = startNs / 1_000;
        if (startNs == 0 || start > JaegerJson.TimeLimitUs)
            row.Marks |= SpanMarks.BadStart;
        else
            row.StartUs = (long)start;
        var duration = endNs >= startNs ? (endNs - startNs) / 1_000 : 0;
        if (endNs < startNs || duration > JaegerJson.TimeLimitUs || (row.Marks & SpanMarks.BadStart) != 0)
            row.Marks |= SpanMarks.BadDuration;
        else
            row.DurationUs = (long)duration;
    }

    /// <summary>The hex id of 8 or 16 bytes; 0 for an empty or all-zero one.</summary>
    public static int Id(SpanWriter writer, ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || raw.Length > 16 || raw.IndexOfAnyExcept((byte)0) < 0)
            return 0;
        Span<byte> hex = stackalloc byte[32];
        for (var index = 0; index < raw.Length; index++)
        {
            hex[index * 2] = "0123456789abcdef"u8[raw[index] >> 4];
            hex[index * 2 + 1] = "0123456789abcdef"u8[raw[index] & 15];
        }

        return writer.Id(hex[..(raw.Length * 2)]);
    }
}
