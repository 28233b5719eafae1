using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Prunella.Hosting;

/// <summary>Reads one configured value as the type of its option.</summary>
internal static partial class OptionValue
{
    /// <summary>Whether the text is a value of this type.</summary>
    /// <param name="text">The configured text.</param>
    /// <param name="type">The option's type.</param>
    /// <param name="value">The value.</param>
    /// <returns>Null when it is; otherwise what is expected.</returns>
    internal static string? TryRead(string text, Type type, out object? value)
    {
        value = null;
        if (type == typeof(string)) { value = text; return null; }
        if (type == typeof(TimeSpan))
        {
            if (!TryDuration(text, out var duration)) return "expected a duration such as 30s, 5m, 2h or 00:00:30";
            value = duration;
            return null;
        }
        if (type.IsEnum)
        {
            var known = !int.TryParse(text, out _) && Enum.TryParse(type, text, ignoreCase: true, out value);
            return known ? null : $"expected one of {string.Join(", ", Enum.GetNames(type))}";
        }
        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return $"expected {NameOf(type)}";
        }
    }

    /// <summary>Reads <c>30s</c>, <c>1h30m</c>, <c>250ms</c>, <c>7d</c> and .NET's own form.</summary>
    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal)) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        if (!Durations().IsMatch(text)) return false;
        foreach (Match part in DurationPart().Matches(text))
        {
            var amount = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var seconds = amount * part.Groups[2].Value switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3_600, _ => 86_400 };
            if (duration.TotalSeconds + seconds > TimeSpan.MaxValue.TotalSeconds / 2) return false;
            duration += TimeSpan.FromSeconds(seconds);
        }
        return true;
    }

    /// <summary>A duration as people write it: <c>1h30m</c>, <c>250ms</c>.</summary>
    internal static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        if (duration < TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerMillisecond != 0) return duration.ToString("c", CultureInfo.InvariantCulture);
        var text = "";
        if (duration.Days > 0) text += $"{duration.Days}d";
        if (duration.Hours > 0) text += $"{duration.Hours}h";
        if (duration.Minutes > 0) text += $"{duration.Minutes}m";
        if (duration.Seconds > 0) text += $"{duration.Seconds}s";
        if (duration.Milliseconds > 0) text += $"{duration.Milliseconds}ms";
        return text;
    }

    /// <summary>A type in words.</summary>
    internal static string NameOf(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) || type == typeof(decimal) || type == typeof(float) ? "a number"
        : type == typeof(TimeSpan) ? "a duration"
        : type == typeof(DateTimeOffset) ? "a time"
        : type == typeof(Uri) ? "a URL"
        : type.IsEnum ? string.Join(" \\| ", Enum.GetNames(type))
        : "text";

    [GeneratedRegex(@"^(\d+(\.\d+)?(ms|s|m|h|d))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Durations();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(ms|s|m|h|d)", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPart();
}
