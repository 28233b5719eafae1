using System.Globalization;

namespace Prunella.Commands.Logs;

/// <summary>A time on the command line: a point, or an age before the last line.</summary>
internal static class LogTime
{
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
