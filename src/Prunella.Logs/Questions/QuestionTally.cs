using System.Globalization;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Questions;

// 1 000 000 lines: a parse each (0.8 µs) and, of those in the span of time, the conditions. Memory is bounded by groups, not lines.
/// <summary>Answers a question from parsed lines in one pass. Not thread-safe.</summary>
public sealed class QuestionTally
{
    private const int GroupsMax = 10_000;
    private const int CourseMax = 60;
    private const string None = "–";
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1),
        TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30),
    ];

    private readonly LogQuestion question;
    private readonly QuestionMatcher matcher;
    private readonly long since, until, before;
    private readonly Dictionary<Template, Tallied> patterns = [];
    private readonly Dictionary<string, Tallied> patternTexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tallied> groups = new(StringComparer.Ordinal);
    private readonly Tallied beyondBounds = new();
    private readonly SortedDictionary<long, long> seconds = [];
    private readonly Queue<AnswerLine> lines = new();
    private readonly byte[] key;
    private long step = TimeSpan.TicksPerSecond;
    private long second, inSecond;
    private long read, total, totalBefore, first = long.MaxValue, last, at;

    /// <summary>A tally of no lines yet.</summary>
    /// <param name="question">The question. To be held against the time before, it needs a beginning.</param>
    /// <param name="now">The end of a span of time that has none.</param>
    public QuestionTally(LogQuestion question, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(question);
        this.question = question;
        matcher = new QuestionMatcher(question);
        since = question.Since?.UtcTicks ?? 0;
        until = question.Until?.UtcTicks ?? long.MaxValue;
        before = question.IsCompared ? question.SpanBefore(now).Since.UtcTicks : since;
        key = FieldValue.Bytes(question.By);
    }

    /// <summary>The earliest time that matters, in ticks; 0 when all do.</summary>
    public long SinceTicks => before;

    internal LogQuestion Question => question;

    internal QuestionMatcher Matcher => matcher;

    /// <summary>The only template whose lines count, by <see cref="PatternCount.KeyOf"/>; null for all.</summary>
    internal ulong? OnlyPattern { get; init; }

    /// <summary>The span of time over which each pattern's course is counted; null counts none.</summary>
    internal PatternSpan? PatternSpan { get; init; }

    /// <summary>Where lines are kept by their times instead of their order; null for an answer's own lines.</summary>
    internal LinePage? Page { get; init; }

    /// <summary>The class of the lines that come, as their archive tells it.</summary>
    internal LineClass Class { get; set; }

    /// <summary>Whether lines of a template count.</summary>
    internal bool IsWanted(string template) => OnlyPattern is not { } only || PatternCount.KeyOf(template) == only;

    /// <summary>Whether groups are made of what only the line itself tells.</summary>
    internal bool GroupsByText => question.Result == QuestionResult.Groups && question.By is not ("pattern" or "service" or "level");

    /// <summary>Takes a line. Lines without a time stand where the line before them stands.</summary>
    public void Add(in ParsedLine line, long number)
    {
        read++;
        if (!IsInTime(line.TimeTicks, out var now) || !matcher.Fits(line) || !IsWanted(line.Template.Text)) return;
        if (!patterns.TryGetValue(line.Template, out var pattern))
        {
            pattern = patterns.Count < GroupsMax ? new Tallied() : beyondBounds;
            if (pattern != beyondBounds) patterns.Add(line.Template, pattern);
        }
        Count(now, pattern, question.Result == QuestionResult.Groups && question.By != "pattern" ? Group(GroupOf(line)) : null);
        if (now && Page is not null) Page.Keep(at, number, line.Template.Text, line.Raw);
        else if (now && Keeps) Keep(number, at, line.Raw);
    }

    /// <summary>Says after what time lines come that have none of their own.</summary>
    internal void StandAt(long ticks) => at = ticks;

    /// <summary>Counts lines that were looked at without being taken.</summary>
    /// <param name="lines">How many.</param>
    /// <param name="lastTicks">Where the last of them stands; 0 when not known.</param>
    internal void Skip(long lines, long lastTicks)
    {
        read += lines;
        if (lastTicks > 0) at = lastTicks;
    }

    /// <summary>Moves on to a line, and says whether it is in the span of time asked for, or in the one before.</summary>
    internal bool IsInTime(long ticks, out bool now)
    {
        if (ticks > 0) at = ticks;
        now = at >= since;
        return IsInTime(at);
    }

    internal bool IsInTime(long ticks) => ticks >= before && ticks < until && (ticks > 0 || (question.Since is null && question.Until is null));

    /// <summary>Counts the line moved on to.</summary>
    internal void Count(bool now, Tallied pattern, Tallied? group)
    {
        pattern.Count(now);
        group?.Count(now);
        if (now && PatternSpan is { } span) pattern.Add(Class, span.IndexOf(at));
        if (!now)
        {
            totalBefore++;
            return;
        }
        total++;
        if (at == 0) return;
        first = Math.Min(first, at);
        last = Math.Max(last, at);
        Course();
    }

    /// <summary>The most frequent patterns of the lines that fit, those that are new or grew first, each with its course over <see cref="PatternSpan"/>.</summary>
    internal IReadOnlyList<PatternCount> PatternCounts(int top)
    {
        var counted = patterns.Select(entry => (entry.Key.Text, entry.Value)).Concat(patternTexts.Select(entry => (entry.Key, entry.Value))).ToLookup(entry => entry.Item1, entry => entry.Value, StringComparer.Ordinal);
        var compared = Ranked(counted.SelectMany(entry => entry.Select(count => (entry.Key, count))), int.MaxValue, question.IsCompared);
        return [.. compared.OrderByDescending(group => group.IsNew || group.IsSpiking).ThenByDescending(group => group.Count).ThenBy(group => group.Value, StringComparer.Ordinal).Take(top)
            .Select(group => PatternCount.Of(group, counted[group.Value]))];
    }

    /// <summary>The count of a pattern by its text.</summary>
    internal Tallied Pattern(string text) => Of(patternTexts, text);

    /// <summary>The count of a group. Beyond the bound new ones are counted in the total only.</summary>
    internal Tallied Group(string value) => Of(groups, value);

    /// <summary>The group of a line.</summary>
    internal string GroupOf(in ParsedLine line) => question.By switch
    {
        "service" => ServiceName(line.Service),
        "level" => LevelName(line.Level),
        _ => GroupOf(line.Raw) ?? Address(line),
    };

    /// <summary>The group of a line by its text alone; null where it has to be parsed for it.</summary>
    internal string? GroupOf(ReadOnlySpan<byte> line) => question.By switch
    {
        "status" => FieldValue.Status(line) is var code && double.IsNaN(code) ? None : code.ToString("0", CultureInfo.InvariantCulture),
        "host" => LineHost.Of(line) is { IsEmpty: false } host ? Text(host) : null,
        "address" => null,
        _ => FieldValue.Of(line, key) is { IsEmpty: false } value ? Text(value) : None,
    };

    internal static string ServiceName(ReadOnlySpan<byte> service) => service.IsEmpty ? None : Text(service);

    internal static string LevelName(Severity level) => level == Severity.None ? None : level.ToString();

    /// <summary>The answer so far.</summary>
    public QuestionAnswer Answer()
    {
        var compared = question.IsCompared;
        var byPattern = Ranked(patterns.Select(entry => (entry.Key.Text, entry.Value)).Concat(patternTexts.Select(entry => (entry.Key, entry.Value))), question.PatternsWanted, compared);
        var (course, every) = Intervals();
        var answer = new QuestionAnswer
        {
            Query = question.ToString(),
            LinesRead = read,
            Total = total,
            TotalBefore = compared ? totalBefore : null,
            FirstAt = last > 0 ? Time(first) : null,
            LastAt = last > 0 ? Time(last) : null,
            Patterns = byPattern,
            Groups = question.Result != QuestionResult.Groups ? [] : question.By == "pattern" ? byPattern : Ranked(groups.Select(entry => (entry.Key, entry.Value)), question.GroupsWanted, compared),
            Course = course,
            Every = every,
            Lines = [.. lines],
            Summary = "",
        };
        return answer.InWords(question);
    }

    private Tallied Of(Dictionary<string, Tallied> counts, string value)
    {
        if (counts.TryGetValue(value, out var known)) return known;
        if (counts.Count >= GroupsMax) return beyondBounds;
        counts.Add(value, known = new Tallied());
        return known;
    }

    // A host that the line does not tell is the one that is spoken of.
    private static string Address(in ParsedLine line)
    {
        foreach (var slot in line.Slots) if (slot.Kind == SlotKind.Address) return Text(line.Raw.Slice(slot.Start, slot.Length));
        return None;
    }

    // Seconds while they are few, then coarser steps: never more than a few thousand.
    private void Course()
    {
        var start = at - at % step;
        if (start != second)
        {
            EndSecond();
            second = start;
        }
        inSecond++;
        if (seconds.Count <= 4_000) return;
        EndSecond();
        step = Steps.Select(span => span.Ticks).First(ticks => ticks > step);
        var coarser = seconds.GroupBy(entry => entry.Key - entry.Key % step).Select(group => (group.Key, group.Sum(entry => entry.Value))).ToList();
        seconds.Clear();
        foreach (var (begin, count) in coarser) seconds[begin] = count;
    }

    private void EndSecond()
    {
        if (inSecond > 0) seconds[second] = seconds.GetValueOrDefault(second) + inSecond;
        inSecond = 0;
    }

    private (IReadOnlyList<AnswerInterval>, TimeSpan) Intervals()
    {
        EndSecond();
        if (last == 0) return ([], TimeSpan.Zero);
        var wanted = Math.Max(step, question.Every.Ticks);
        if (question.Every == TimeSpan.Zero) wanted = Math.Max(step, Steps.Select(span => span.Ticks).FirstOrDefault(ticks => (last - first) / ticks < CourseMax / 2, Steps[^1].Ticks));
        while ((last - first) / wanted > 10_000) wanted *= 10;
        var counts = seconds.GroupBy(entry => entry.Key - entry.Key % wanted).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value));
        var course = new List<AnswerInterval>();
        for (var begin = first - first % wanted; begin <= last; begin += wanted) course.Add(new AnswerInterval(Time(begin), counts.GetValueOrDefault(begin)));
        return (course, TimeSpan.FromTicks(wanted));
    }

    /// <summary>Lines that the answer shows so far.</summary>
    internal int LinesShown => lines.Count;

    /// <summary>The time of the line moved on to, in ticks; 0 when none had one so far.</summary>
    internal long At => at;

    /// <summary>Whether the answer shows a further line.</summary>
    internal bool Keeps => question.Result == QuestionResult.First ? lines.Count < question.LinesWanted : question.LinesWanted > 0;

    /// <summary>Shows a line, and no longer the oldest where there are enough.</summary>
    internal void Keep(long number, long ticks, ReadOnlySpan<byte> raw)
    {
        lines.Enqueue(new AnswerLine(number, ticks > 0 ? Time(ticks) : null, Text(raw[..Math.Min(raw.Length, AnswerLine.TextMax)])));
        if (lines.Count > question.LinesWanted) lines.Dequeue();
    }

    private List<AnswerGroup> Ranked(IEnumerable<(string Value, Tallied Count)> counts, int top, bool compared) =>
        [.. counts.GroupBy(entry => entry.Value, entry => entry.Count, StringComparer.Ordinal)
            .Select(group => (Value: group.Key, Now: group.Sum(count => count.Now), Before: group.Sum(count => count.Before)))
            .Where(group => group.Now > 0)
            // Held against the time before, what grew most comes first.
            .OrderByDescending(group => compared && question.Result == QuestionResult.Groups ? group.Now - group.Before : group.Now).ThenBy(group => group.Value, StringComparer.Ordinal)
            .Take(top).Select(group => new AnswerGroup(group.Value, group.Now, total == 0 ? 0 : (double)group.Now / total, compared ? group.Before : null))];

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>How often something occurs in the span of time asked for, and in the one before.</summary>
    internal sealed class Tallied
    {
        internal long Now { get; private set; }

        internal long Before { get; private set; }

        /// <summary>How many there are in each part of a span of time; null where that is not counted.</summary>
        internal long[]? Course { get; private set; }

        /// <summary>How many there are of each class, where that is counted.</summary>
        internal long[]? Classes { get; private set; }

        internal void Add(LineClass of, int part)
        {
            (Classes ??= new long[Enum.GetValues<LineClass>().Length])[(int)of]++;
            (Course ??= new long[Questions.PatternSpan.Parts])[part]++;
        }

        internal void Count(bool now)
        {
            if (now) Now++;
            else Before++;
        }
    }
}
