using System.Globalization;

namespace Prunella.Logs.Questions;

/// <summary>Numbers with units, as logs and people write them.</summary>
internal static class Units
{
    /// <summary>The longest span that is understood, in milliseconds: a hundred years.</summary>
    internal const double MillisecondsMax = 36_500 * 8.64e7;

    private static readonly (string Name, double Milliseconds)[] Times =
    [
        ("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("ms", 1), ("msec", 1), ("millisecond", 1), ("milliseconds", 1), ("s", 1e3), ("sec", 1e3), ("secs", 1e3), ("second", 1e3), ("seconds", 1e3),
        ("m", 6e4), ("min", 6e4), ("mins", 6e4), ("minute", 6e4), ("minutes", 6e4), ("h", 3.6e6), ("hr", 3.6e6), ("hrs", 3.6e6), ("hour", 3.6e6), ("hours", 3.6e6),
        ("d", 8.64e7), ("day", 8.64e7), ("days", 8.64e7), ("w", 6.048e8), ("week", 6.048e8), ("weeks", 6.048e8), ("month", 2.592e9), ("months", 2.592e9),
    ];

    private static readonly (string Name, double Bytes)[] Sizes =
    [
        ("b", 1), ("byte", 1), ("bytes", 1), ("k", 1e3), ("kb", 1e3), ("kib", 1024), ("m", 1e6), ("mb", 1e6), ("mib", 1048576), ("g", 1e9), ("gb", 1e9), ("gib", 1073741824), ("kilobytes", 1e3), ("megabytes", 1e6), ("gigabytes", 1e9),
    ];

    /// <summary>Milliseconds of a unit of time; 0 for another word.</summary>
    internal static double Milliseconds(ReadOnlySpan<char> unit)
    {
        foreach (var (name, value) in Times) if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        return 0;
    }

    /// <summary>Bytes of a unit of size; 0 for another word.</summary>
    internal static double Bytes(ReadOnlySpan<char> unit)
    {
        foreach (var (name, value) in Sizes) if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        return 0;
    }

    /// <summary>Reads a number with a unit of time: <c>2s</c>, <c>1.5h</c>.</summary>
    internal static bool TrySpan(string text, out TimeSpan span)
    {
        span = default;
        if (!TrySplit(text, out var number, out var unit) || Milliseconds(unit) is not (> 0 and var factor) || number * factor > MillisecondsMax) return false;
        span = TimeSpan.FromTicks((long)Math.Round(number * factor * TimeSpan.TicksPerMillisecond));
        return true;
    }

    /// <summary>Reads a size: <c>512</c>, <c>10KB</c>.</summary>
    internal static bool TryBytes(string text, out double bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit)) return false;
        var factor = unit.IsEmpty ? 1 : Bytes(unit);
        bytes = number * factor;
        return factor > 0;
    }

    /// <summary>A number and the letters behind it.</summary>
    internal static bool TrySplit(string text, out double number, out ReadOnlySpan<char> unit)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] == '.' && end > 0))) end++;
        unit = text.AsSpan(end);
        return double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    /// <summary>A span in its largest whole unit.</summary>
    internal static string Write(TimeSpan span)
    {
        (long Ticks, string Name)[] units = [(TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s")];
        foreach (var (ticks, name) in units)
            if (span.Ticks >= ticks && span.Ticks % ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / ticks}{name}");
        return string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.######}ms");
    }
}
