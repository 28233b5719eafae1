using System.Text.Json;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;

namespace Prunella.Reasoning.Telling;

/// <summary>One kind of routine line over all intervals.</summary>
/// <param name="Id">Its template's id.</param>
/// <param name="Template">Its template.</param>
/// <param name="Lines">Lines.</param>
/// <param name="Share">Of all routine lines counted, 0 to 1.</param>
/// <param name="PerMinute">The median of its intervals' rates; null when lines have no times.</param>
/// <param name="PerMinuteMost">The greatest of its intervals' rates.</param>
/// <param name="Numbers">Its numeric fields: over several intervals the median of their medians and the greatest of their other quantiles.</param>
/// <param name="Top">Its most frequent values.</param>
public sealed record TrafficKind(
    string Id, string Template, long Lines, double Share, double? PerMinute, double? PerMinuteMost, IReadOnlyList<NumberSummary> Numbers, IReadOnlyList<ValueCount> Top);

/// <summary>Routine traffic, put together from the summaries that lie beside archives: no line is read for it.</summary>
/// <param name="From">The earliest time.</param>
/// <param name="To">The latest time.</param>
/// <param name="Lines">Routine lines of templates that are frequent enough to be summarised.</param>
/// <param name="Intervals">Blocks that were summarised.</param>
/// <param name="Kinds">The kinds of lines, most frequent first.</param>
public sealed record TrafficPicture(DateTime? From, DateTime? To, long Lines, int Intervals, IReadOnlyList<TrafficKind> Kinds)
{
    private const int KindsMax = 20;
    private const int TopMax = 3;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads files of summaries.</summary>
    /// <param name="files">Files as <see cref="BlockSummary.PathOf"/> names them.</param>
    /// <exception cref="InvalidDataException">A line of a file is no summary.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TrafficPicture Read(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Of([.. files.SelectMany(file => File.ReadLines(file).Select((line, index) => Parse(file, line, index + 1)))]);
    }

    internal static TrafficPicture Of(IReadOnlyList<BlockSummary> summaries)
    {
        var routine = summaries.Where(summary => summary.Class == nameof(LineClass.Routine)).ToList();
        var lines = routine.Sum(summary => summary.Lines);
        var kinds = routine.GroupBy(summary => summary.Id).Select(group => Kind([.. group], lines)).OrderByDescending(kind => kind.Lines).ThenBy(kind => kind.Id, StringComparer.Ordinal).Take(KindsMax).ToList();
        return new TrafficPicture(routine.Min(summary => summary.From), routine.Max(summary => summary.To), lines, routine.Select(summary => (summary.Block, summary.From)).Distinct().Count(), kinds);
    }

    private static TrafficKind Kind(IReadOnlyList<BlockSummary> parts, long all)
    {
        var rates = parts.Select(part => part.PerMinute).OfType<double>().Order().ToList();
        var lines = parts.Sum(part => part.Lines);
        return new TrafficKind(
            parts[0].Id, parts[0].Template, lines, (double)lines / all, rates.Count == 0 ? null : rates[rates.Count / 2], rates.Count == 0 ? null : rates[^1],
            [.. parts.SelectMany(Numbered).GroupBy(number => number.Name, StringComparer.Ordinal).Select(Number)],
            [.. parts.SelectMany(part => part.Top).GroupBy(value => (value.Name, value.Value)).Select(group => new ValueCount(group.Key.Name, group.Key.Value, group.Sum(value => value.Lines))).OrderByDescending(value => value.Lines).ThenBy(value => value.Value, StringComparer.Ordinal).Take(TopMax)]);
    }

    // Values without a key have the name of their kind, several of a line the same one: they are told apart by their order.
    private static IEnumerable<NumberSummary> Numbered(BlockSummary part) =>
        part.Numbers.GroupBy(number => number.Name, StringComparer.Ordinal).SelectMany(group => group.Select((number, index) => index == 0 ? number : number with { Name = $"{number.Name} {index + 1}" }));

    private static NumberSummary Number(IGrouping<string, NumberSummary> parts)
    {
        var medians = parts.Select(part => part.P50).Order().ToList();
        return new NumberSummary(parts.Key, parts.Min(part => part.Least), medians[medians.Count / 2], parts.Max(part => part.P90), parts.Max(part => part.P99), parts.Max(part => part.Most));
    }

    private static BlockSummary Parse(string file, string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<BlockSummary>(line, Json) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{file}:{number} is no summary of a block.");
        }
    }
}
