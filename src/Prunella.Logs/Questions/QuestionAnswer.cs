namespace Prunella.Logs.Questions;

/// <summary>A value, and how many lines that fit have it.</summary>
/// <param name="Value">The service, level, template …; <c>–</c> for lines without one.</param>
/// <param name="Count">Lines.</param>
/// <param name="Share">Of all that fit, 0 to 1.</param>
/// <param name="Before">Lines in the same span of time before; null when that was not asked.</param>
public sealed record AnswerGroup(string Value, long Count, double Share, long? Before)
{
    /// <summary>Whether it was not there before.</summary>
    public bool IsNew => Before == 0 && Count > 0;

    /// <summary>Whether there are at least three times as many as before, and ten more.</summary>
    public bool IsSpiking => Before is > 0 and var before && Count >= 3 * before && Count - before >= 10;
}

/// <summary>Lines in an interval.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Count">Lines that fit.</param>
public sealed record AnswerInterval(DateTimeOffset At, long Count);

/// <summary>A line that fits.</summary>
/// <param name="Number">Its number in the input, from 1.</param>
/// <param name="Time">Its time; null when it has none.</param>
/// <param name="Text">Its text, at most <see cref="TextMax"/> of it.</param>
public sealed record AnswerLine(long Number, DateTimeOffset? Time, string Text)
{
    /// <summary>Most bytes of a line that an answer shows; letters, where a platform gave the line.</summary>
    public const int TextMax = 4_096;
}

/// <summary>Something that changed while lines fitted.</summary>
/// <param name="At">When.</param>
/// <param name="Kind"><c>rollout</c>, <c>action</c>, <c>alert</c> or <c>incident</c>.</param>
/// <param name="What">What, in a few words: object first.</param>
public sealed record AnswerChange(DateTimeOffset At, string Kind, string What);

/// <summary>What came of a question; every number is counted, none is estimated.</summary>
public sealed record QuestionAnswer
{
    /// <summary>The question as it was run.</summary>
    public required string Query { get; init; }

    /// <summary>Lines read.</summary>
    public required long LinesRead { get; init; }

    /// <summary>Lines that fit.</summary>
    public required long Total { get; init; }

    /// <summary>Lines that fit in the same span of time before; null when that was not asked.</summary>
    public long? TotalBefore { get; init; }

    /// <summary>The first time of a line that fits.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>The last time of a line that fits.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The most frequent templates of the lines that fit.</summary>
    public IReadOnlyList<AnswerGroup> Patterns { get; init; } = [];

    /// <summary>The groups asked for; empty when none were.</summary>
    public IReadOnlyList<AnswerGroup> Groups { get; init; } = [];

    /// <summary>The course over time, intervals without lines included; empty when lines have no times.</summary>
    public IReadOnlyList<AnswerInterval> Course { get; init; } = [];

    /// <summary>Length of an interval of the course.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Lines, as many as were asked for.</summary>
    public IReadOnlyList<AnswerLine> Lines { get; init; } = [];

    /// <summary>What changed at the same time, earliest first; empty where nobody who knows was asked.</summary>
    public IReadOnlyList<AnswerChange> Changes { get; init; } = [];

    /// <summary>The answer in a sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>What to ask or do next.</summary>
    public string Next { get; init; } = "";

    /// <summary>How many of the newest lines the patterns were made from; null when from all that fit.</summary>
    public long? PatternsFrom { get; init; }

    /// <summary>The answer with its sentences, made from its numbers.</summary>
    /// <param name="question">The question that it answers.</param>
    public QuestionAnswer InWords(LogQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return this with { Summary = AnswerWords.Summary(question, this), Next = AnswerWords.Next(question, this) };
    }
}
