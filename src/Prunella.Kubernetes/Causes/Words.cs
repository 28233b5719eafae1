using System.Globalization;

namespace Prunella.Kubernetes.Causes;

/// <summary>Numbers as people say them.</summary>
internal static class Words
{
    internal static string Of(TimeSpan time) => time.TotalSeconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        < 5_400 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} d"),
    };

    internal static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.#} GiB"),
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
    };

    internal static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    internal static string List(IEnumerable<string> words, int max = 6)
    {
        var all = words.ToList();
        return string.Join(", ", all.Take(max)) + (all.Count > max ? $" and {all.Count - max} more" : "");
    }
}
