using System.Globalization;
using System.Text;
using Prunella.Logs.Parsing;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Search;

/// <summary>A line that a platform gave.</summary>
/// <param name="Time">When, where it says.</param>
/// <param name="Text">What.</param>
internal sealed record SearchedLine(DateTimeOffset? Time, string Text);

/// <summary>Lines of platforms made into what answers show: patterns, ranked groups, lines.</summary>
internal static class SearchedLines
{
    /// <summary>The patterns of lines, most frequent first, held against those of lines before where there are any.</summary>
    internal static IReadOnlyList<AnswerGroup> Patterns(IReadOnlyList<SearchedLine> lines, IReadOnlyList<SearchedLine>? before, int top)
    {
        var parser = new LogParser();
        var texts = lines.Select(line => Encoding.UTF8.GetBytes(line.Text)).ToList();
        var textsBefore = (before ?? []).Select(line => Encoding.UTF8.GetBytes(line.Text)).ToList();
        foreach (var text in textsBefore.Concat(texts)) parser.Learn(text);
        Dictionary<string, long> Count(List<byte[]> all) => all.Select(text => parser.Parse(text).Template.Text).GroupBy(pattern => pattern, StringComparer.Ordinal).ToDictionary(group => group.Key, group => (long)group.Count(), StringComparer.Ordinal);
        return Ranked(Count(texts), before is null ? null : Count(textsBefore), lines.Count, top);
    }

    /// <summary>Groups by their counts, most frequent first; held against the time before, what grew most first.</summary>
    internal static IReadOnlyList<AnswerGroup> Ranked(IReadOnlyDictionary<string, long> counts, IReadOnlyDictionary<string, long>? before, long total, int top) =>
        [.. counts.Select(group => new AnswerGroup(group.Key, group.Value, total == 0 ? 0 : (double)group.Value / total, before?.GetValueOrDefault(group.Key)))
            .OrderByDescending(group => group.Count - (group.Before ?? 0)).ThenBy(group => group.Value, StringComparer.Ordinal).Take(top)];

    /// <summary>Lines for an answer, oldest first.</summary>
    internal static IReadOnlyList<AnswerLine> Show(IEnumerable<SearchedLine> lines) => [.. lines.Select((line, index) => new AnswerLine(index + 1, line.Time, line.Text.Length <= AnswerLine.TextMax ? line.Text : line.Text[..AnswerLine.TextMax]))];

    /// <summary>Whether a word may stand within a longer one: short ones stand for themselves.</summary>
    internal static bool MayBePart(string word) => word.Length > WordCondition.WholeLettersMax;

    internal static string Iso(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
