using Prunella.Logs.Questions;

namespace Prunella.Integrations.Search;

/// <summary>A span of time that a platform is asked for.</summary>
/// <param name="Since">Its beginning; null for the first line there is.</param>
/// <param name="Until">Its end; null for the last.</param>
internal readonly record struct SearchedSpan(DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>Numbers that a platform counted.</summary>
/// <param name="Total">Lines that fit.</param>
internal sealed record SearchedCounts(long Total)
{
    internal DateTimeOffset? First { get; init; }

    internal DateTimeOffset? Last { get; init; }

    /// <summary>Lines of each group, where the question asks for groups.</summary>
    internal IReadOnlyDictionary<string, long> Groups { get; init; } = new Dictionary<string, long>();

    internal IReadOnlyList<AnswerInterval> Course { get; init; } = [];

    internal TimeSpan Every { get; init; }
}

/// <summary>A platform that counts and gives the lines of one question.</summary>
internal interface ISearchedLogs
{
    /// <summary>Counts lines, and groups where the question asks for them.</summary>
    /// <param name="span">Where.</param>
    /// <param name="withCourse">Whether the course over time is wanted.</param>
    /// <param name="cancellation">Stops.</param>
    Task<SearchedCounts> CountAsync(SearchedSpan span, bool withCourse, CancellationToken cancellation);

    /// <summary>Lines by their time, the newest first unless said otherwise.</summary>
    Task<IReadOnlyList<SearchedLine>> LinesAsync(SearchedSpan span, int count, bool oldestFirst, CancellationToken cancellation);
}

/// <summary>Makes the answer to a question of what a platform counts and gives.</summary>
internal static class SearchedAnswer
{
    /// <summary>Lines of which patterns are made, where there are more.</summary>
    internal const int PatternLinesMax = 5_000;

    /// <exception cref="LogSearchException">The platform refuses.</exception>
    internal static async Task<QuestionAnswer> AskAsync(ISearchedLogs logs, LogQuestion question, DateTimeOffset now, CancellationToken cancellation)
    {
        var span = new SearchedSpan(question.Since, question.Until);
        var (beforeSince, beforeUntil) = question.SpanBefore(now);
        SearchedSpan? before = question.IsCompared ? new SearchedSpan(beforeSince, beforeUntil) : null;
        var counts = await logs.CountAsync(span, withCourse: question.Result is not (QuestionResult.First or QuestionResult.Last), cancellation).ConfigureAwait(false);
        var countsBefore = before is { } counted ? await logs.CountAsync(counted, withCourse: false, cancellation).ConfigureAwait(false) : null;
        var answer = new QuestionAnswer
        {
            Query = question.ToString(), LinesRead = counts.Total, Total = counts.Total, TotalBefore = countsBefore?.Total, FirstAt = counts.First, LastAt = counts.Last, Course = counts.Course, Every = counts.Every, Summary = "",
            Groups = GroupsByField(question) ? SearchedLines.Ranked(counts.Groups, countsBefore?.Groups, counts.Total, question.GroupsWanted) : [],
        };
        if (counts.Total == 0) return answer.InWords(question);
        IReadOnlyList<SearchedLine> newest = [];
        if (question.Result is QuestionResult.Lines or QuestionResult.Count or QuestionResult.OverTime || question is { Result: QuestionResult.Groups, By: "pattern" })
        {
            newest = await logs.LinesAsync(span, PatternLinesMax, oldestFirst: false, cancellation).ConfigureAwait(false);
            var linesBefore = before is { } earlier ? await logs.LinesAsync(earlier, PatternLinesMax, oldestFirst: false, cancellation).ConfigureAwait(false) : null;
            var patterns = SearchedLines.Patterns(newest, linesBefore, question.PatternsWanted);
            answer = answer with { Patterns = patterns, Groups = question.By == "pattern" ? patterns : answer.Groups, PatternsFrom = newest.Count < counts.Total ? newest.Count : null };
        }
        if (question.LinesWanted is > 0 and var wanted)
        {
            var oldestFirst = question.Result == QuestionResult.First;
            var lines = newest.Count >= Math.Min(wanted, counts.Total) ? [.. newest.Take(wanted)] : await logs.LinesAsync(span, wanted, oldestFirst, cancellation).ConfigureAwait(false);
            answer = answer with { Lines = SearchedLines.Show(oldestFirst ? lines : lines.Reverse()) };
        }
        return answer.InWords(question);
    }

    /// <summary>Whether a platform counts the groups of a question; those by pattern are made here.</summary>
    internal static bool GroupsByField(LogQuestion question) => question.Result == QuestionResult.Groups && question.By != "pattern";
}
