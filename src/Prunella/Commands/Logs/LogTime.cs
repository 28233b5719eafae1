using System.Globalization;

namespace Prunella.Commands.Logs;

/// <summary>A time on the command line: a point, or an age before the last line.</summary>
internal static class LogTime
{
    /// <summary>A range, FROM..TO; either may be left out for as far as there are lines.</summary>
    /// <exception cref="FormatException">The text is none, or ends before it begins.</exception>
    internal static (long From, long To) Range(string option, string text, Func<long> latest)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var (from, to) = dots < 0 ? (0, 0) : (Ticks(option, Part(text[..dots]), latest) ?? 0, Ticks(option, Part(text[(dots + 2)..]), latest) ?? long.MaxValue);
        return from < to ? (from, to) : throw new FormatException($"{option} {text}: expected FROM..TO, such as 2026-03-17T08:00..2026-03-17T09:00, 2h..1h or 1h.. .");

        static string? Part(string part) => part.Length == 0 ? null : part;
    }

    /// <exception cref="FormatException">The text is neither.</exception>
    internal static long? Ticks(string option, string? text, Func<long> latest)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            return at.Ticks;
        }

        var unit = text.Length > 1 ? text[^1] switch { 's' => TimeSpan.TicksPerSecond, 'm' => TimeSpan.TicksPerMinute, 'h' => TimeSpan.TicksPerHour, 'd' => TimeSpan.TicksPerDay, _ => 0L } : 0L;
        return unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var age)
            ? latest() - (long)(age * unit)
            : throw new FormatException($"{option} {text}: expected a time such as 2026-03-17T08:00, or an age such as 30m, 6h or 2d.");
    }
}
