using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>An archive that is read as part of a log.</summary>
/// <param name="Name">What tells it from the others; the order of lines of the same time.</param>
/// <param name="Class">The class of its lines.</param>
/// <param name="Reader">The archive.</param>
public sealed record LogPart(string Name, LineClass Class, ArchiveReader Reader);

/// <summary>What came of counting.</summary>
/// <param name="Answer">The answer, of the lines that were read.</param>
/// <param name="Patterns">The patterns of the lines that fit: new ones and those that grew first, then the most frequent.</param>
/// <param name="LinesUnread">Lines of older blocks that were not read because the time was up.</param>
public sealed record LogCount(QuestionAnswer Answer, IReadOnlyList<PatternCount> Patterns, long LinesUnread);

// A block is a sixteenth of a second or less: between two of them a reader can give up.
/// <summary>
/// Several archives as one log in the order of time: counts what fits a question, and gives its lines page by page, the newest first. Blocks
/// are read newest first, so that a page reads few of them however many lines fit. One thread at a time, as its archives.
/// </summary>
public sealed class ArchiveLog
{
    private readonly List<(LogPart Part, ArchiveBlock Block, long StandsAt, long LastTicks)> blocks = [];

    /// <summary>A log of archives, which stay the caller's.</summary>
    public ArchiveLog(IEnumerable<LogPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (var part in parts)
        {
            long at = 0;
            foreach (var block in part.Reader.Blocks)
            {
                blocks.Add((part, block, at, Math.Max(at, block.Meta.LastTicks)));
                if (block.Meta.LastTicks > 0) at = block.Meta.LastTicks;
            }
        }
        blocks.Sort((one, other) => other.LastTicks.CompareTo(one.LastTicks));
    }

    /// <summary>Counts what fits.</summary>
    /// <param name="question">The question; lines are not kept.</param>
    /// <param name="pattern">The only pattern that counts, by <see cref="PatternCount.Key"/>; null for all.</param>
    /// <param name="now">The end of a span of time that has none.</param>
    /// <param name="patternsMax">Most patterns wanted.</param>
    /// <param name="isTimeUp">Asked between two blocks: true leaves the older ones unread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">A block that had to be read is damaged.</exception>
    public LogCount Count(LogQuestion question, ulong? pattern, DateTimeOffset now, int patternsMax, Func<bool> isTimeUp, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(isTimeUp);
        var tally = new QuestionTally(question with { Result = question.Result is QuestionResult.Groups or QuestionResult.OverTime ? question.Result : QuestionResult.Count }, now) { OnlyPattern = pattern, PatternSpan = SpanOf(question, now) };
        var parser = new LogParser(new LogParserOptions());
        long unread = 0;
        foreach (var (part, block, at, _) in blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            if (unread > 0 || isTimeUp())
            {
                unread += block.Meta.Lines;
                continue;
            }
            tally.Class = part.Class;
            tally.StandAt(at);
            ArchiveQuestion.Add(part.Reader, block, tally, parser);
        }
        return new LogCount(tally.Answer(), tally.PatternCounts(patternsMax), unread);
    }

    /// <summary>The newest lines that fit, oldest first.</summary>
    /// <param name="question">The question; what it wants of the lines does not matter.</param>
    /// <param name="pattern">The only pattern that counts, by <see cref="PatternCount.Key"/>; null for all.</param>
    /// <param name="before">Before this place; null for the very newest.</param>
    /// <param name="max">Most lines.</param>
    /// <param name="isTimeUp">Asked between two blocks: true leaves the older ones unread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">A block that had to be read is damaged.</exception>
    public IReadOnlyList<PlacedLine> Newest(LogQuestion question, ulong? pattern, LinePlace? before, int max, Func<bool> isTimeUp, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(isTimeUp);
        var page = new LinePage(max, before);
        var parser = new LogParser(new LogParserOptions());
        question = question with { Result = QuestionResult.Lines, By = "", AgainstBefore = false };
        foreach (var (part, block, at, last) in blocks)
        {
            cancellation.ThrowIfCancellationRequested();
            if (page.IsBeyond(last) || isTimeUp()) break;
            // What comes after the place cannot be on the page; a line of its very time may.
            if (before is { } end && block.Meta.FirstTicks > end.Ticks && at > end.Ticks) continue;
            page.Archive = part.Name;
            var tally = new QuestionTally(question, DateTimeOffset.MaxValue) { OnlyPattern = pattern, Page = page };
            tally.StandAt(at);
            ArchiveQuestion.Add(part.Reader, block, tally, parser);
        }
        return page.Lines;
    }

    // From the first to the last time that may count, as the descriptions tell.
    private PatternSpan SpanOf(LogQuestion question, DateTimeOffset now)
    {
        var since = Math.Max(question.Since?.UtcTicks ?? 0, blocks.Select(entry => entry.Block.Meta.FirstTicks).Where(static ticks => ticks > 0).DefaultIfEmpty(now.UtcTicks).Min());
        var until = Math.Min(question.Until?.UtcTicks ?? long.MaxValue, blocks.Count > 0 ? blocks[0].LastTicks : now.UtcTicks);
        return new PatternSpan(since, Math.Max(until, since + 1));
    }
}
