using System.Globalization;
using System.Text.Json;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>The numbers of an answer to <c>_search</c>.</summary>
internal static class SearchCounts
{
    private static readonly Dictionary<char, TimeSpan> Units = new() { ['s'] = TimeSpan.FromSeconds(1), ['m'] = TimeSpan.FromMinutes(1), ['h'] = TimeSpan.FromHours(1), ['d'] = TimeSpan.FromDays(1), ['M'] = TimeSpan.FromDays(30), ['y'] = TimeSpan.FromDays(365) };

    /// <exception cref="LogSearchException">It is no answer to a search.</exception>
    internal static SearchedCounts Read(JsonElement answer, string by)
    {
        try
        {
            var total = answer.GetProperty("hits").GetProperty("total");
            var counts = new SearchedCounts(total.ValueKind == JsonValueKind.Object ? total.GetProperty("value").GetInt64() : total.GetInt64());
            if (!answer.TryGetProperty("aggregations", out var all)) return counts;
            var (course, every) = all.TryGetProperty("course", out var intervals) ? Intervals(intervals) : ([], TimeSpan.Zero);
            counts = counts with { First = At(all.GetProperty("first")), Last = At(all.GetProperty("last")), Course = course, Every = every };
            return all.TryGetProperty("groups", out var groups) ? counts with { Groups = Buckets(groups.TryGetProperty("in", out var nested) ? nested : groups, by) } : counts;
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new LogSearchException($"The answer to _search cannot be read: {broken.Message}");
        }
    }

    /// <summary>A time in milliseconds since 1970; null outside the years 1 to 9999.</summary>
    internal static DateTimeOffset? Epoch(double milliseconds) => milliseconds is >= -62135596800000 and <= 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;

    private static DateTimeOffset? At(JsonElement aggregation) => aggregation.GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? Epoch(value.GetDouble()) : null;

    private static Dictionary<string, long> Buckets(JsonElement terms, string by)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var bucket in terms.GetProperty("buckets").EnumerateArray())
        {
            var key = bucket.TryGetProperty("key_as_string", out var text) ? text.GetString() ?? "" : bucket.GetProperty("key").ToString();
            if (by == "level") key = LevelNames.Display(key);
            counts[key] = counts.GetValueOrDefault(key) + bucket.GetProperty("doc_count").GetInt64();
        }
        return counts;
    }

    private static (IReadOnlyList<AnswerInterval>, TimeSpan) Intervals(JsonElement course)
    {
        var counts = new SortedDictionary<DateTimeOffset, long>();
        foreach (var bucket in course.GetProperty("buckets").EnumerateArray())
            if (Epoch(bucket.GetProperty("key").GetDouble()) is { } at) counts[at] = bucket.GetProperty("doc_count").GetInt64();
        if (counts.Count == 0) return ([], TimeSpan.Zero);
        var every = course.TryGetProperty("interval", out var told) && Interval(told.GetString() ?? "") is { } known ? known : counts.Keys.Zip(counts.Keys.Skip(1), (one, next) => next - one).DefaultIfEmpty(TimeSpan.Zero).Min();
        return ([.. counts.Select(count => new AnswerInterval(count.Key, count.Value))], every);
    }

    private static TimeSpan? Interval(string text) =>
        text.Length > 1 && Units.TryGetValue(text[^1], out var unit) && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? unit * count : null;
}
