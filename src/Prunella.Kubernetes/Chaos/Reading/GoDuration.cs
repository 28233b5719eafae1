using System.Globalization;

namespace Prunella.Kubernetes.Chaos.Reading;

/// <summary>Durations as Go and so Kubernetes write them: <c>90s</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
public static class GoDuration
{
    /// <summary>The duration; null when the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var total = 0.0;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            if (at == start || !double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            double? seconds = text[unit..at] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3_600, _ => null };
            if (seconds is null) return null;
            total += number * seconds.Value;
        }
        return text.Length == 0 || total > 365 * 86_400 ? null : TimeSpan.FromSeconds(total);
    }

    internal static string Write(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");
}
