using System.Globalization;
using Prunella.Logs.Questions;

namespace Prunella.Console.Logs;

/// <summary>Addresses of the page of logs.</summary>
internal static class LogAddress
{
    internal const string Path = "/logs";

    internal static string Of(string english = "", string written = "", ulong? pattern = null, LinePlace? before = null, bool live = false)
    {
        var query = new List<string>();
        if (english.Trim() is { Length: > 0 } asked) query.Add("q=" + Uri.EscapeDataString(asked));
        if (written.Trim() is { Length: > 0 } said) query.Add("w=" + Uri.EscapeDataString(said));
        if (pattern is { } key) query.Add("pattern=" + key.ToString("x16", CultureInfo.InvariantCulture));
        if (before is { } place) query.Add(string.Create(CultureInfo.InvariantCulture, $"before={place.Ticks}_{place.Number}_{Uri.EscapeDataString(place.Archive)}"));
        if (live) query.Add("live=true");
        return query.Count == 0 ? Path : $"{Path}?{string.Join('&', query)}";
    }

    /// <summary>A place in an address; null for what is none.</summary>
    internal static LinePlace? ReadPlace(string? text) =>
        text?.Split('_', 3) is [var ticks, var number, var archive]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? new LinePlace(at, archive, line) : null;
}
