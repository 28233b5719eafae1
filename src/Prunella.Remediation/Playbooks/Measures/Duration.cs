using System.Globalization;

namespace Prunella.Remediation.Playbooks.Measures;

/// <summary>Durations as the field writes them: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>, <c>500ms</c>.</summary>
internal static class Duration
{
    /// <summary>The longest duration that a playbook may name.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Reads a duration of one or more parts; false for negative, empty, unit-less (but for 0) or too long ones.</summary>
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        if (text == "0") return true;
        if (text.Length is 0 or > 32) return false;
        var seconds = 0.0;
        for (var index = 0; index < text.Length;)
        {
            var start = index;
            while (index < text.Length && (char.IsAsciiDigit(text[index]) || text[index] == '.')) index++;
            if (!double.TryParse(text.AsSpan(start, index - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            while (index < text.Length && text[index] == ' ') index++;
            var unitStart = index;
            while (index < text.Length && char.IsAsciiLetter(text[index])) index++;
            double? scale = text[unitStart..index] switch { "ms" => 1e-3, "s" => 1, "m" or "min" => 60, "h" => 3600, "d" => 86400, _ => null };
            if (scale is null) return false;
            seconds += number * scale.Value;
            if (seconds > Longest.TotalSeconds) return false;
        }
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes what <see cref="TryParse"/> reads.</summary>
    internal static string Show(TimeSpan duration) => duration switch
    {
        { Ticks: 0 } => "0s",
        _ when duration.Ticks % TimeSpan.TicksPerDay == 0 => $"{(long)duration.TotalDays}d",
        _ when duration.Ticks % TimeSpan.TicksPerHour == 0 => $"{(long)duration.TotalHours}h",
        _ when duration.Ticks % TimeSpan.TicksPerMinute == 0 => $"{(long)duration.TotalMinutes}m",
        _ when duration.Ticks % TimeSpan.TicksPerSecond == 0 => $"{(long)duration.TotalSeconds}s",
        _ => $"{duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)}ms",
    };
}
