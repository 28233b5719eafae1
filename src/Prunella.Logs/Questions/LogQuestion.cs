using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>What is wanted of the lines that fit.</summary>
public enum QuestionResult
{
    /// <summary>The lines themselves, newest last.</summary>
    Lines,

    /// <summary>How many there are.</summary>
    Count,

    /// <summary>How many there are of each value of <see cref="LogQuestion.By"/>, most first.</summary>
    Groups,

    /// <summary>How many there are in each interval of <see cref="LogQuestion.Every"/>.</summary>
    OverTime,

    /// <summary>The earliest of them.</summary>
    First,

    /// <summary>The latest of them.</summary>
    Last,
}

/// <summary>Words of which a line must hold one, whatever their case; or none of them.</summary>
/// <param name="Any">The words or phrases, in lower case.</param>
/// <param name="Not">Whether the line must hold none of them.</param>
public sealed record WordCondition(IReadOnlyList<string> Any, bool Not = false)
{
    /// <summary>Letters up to which a word stands for itself only; a longer one counts also where it is part of another.</summary>
    public const int WholeLettersMax = 4;

    /// <inheritdoc/>
    public bool Equals(WordCondition? other) => other is not null && Not == other.Not && Any.SequenceEqual(other.Any, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Not, Any.Count, Any.Count > 0 ? Any[0] : "");
}

/// <summary>How a number is compared.</summary>
public enum NumberTest
{
    /// <summary>Greater than the value.</summary>
    Above,

    /// <summary>Greater than the value, or equal.</summary>
    AtLeast,

    /// <summary>Less than the value.</summary>
    Below,

    /// <summary>Less than the value, or equal.</summary>
    AtMost,

    /// <summary>Equal to the value.</summary>
    Is,
}

/// <summary>A number that a line must have.</summary>
/// <param name="Field"><see cref="Status"/>, <see cref="Duration"/> (in milliseconds), <see cref="Size"/> (in bytes), or the key that stands before the number.</param>
/// <param name="Test">How it is compared.</param>
/// <param name="Value">With what.</param>
public sealed record NumberCondition(string Field, NumberTest Test, double Value)
{
    /// <summary>The status code of an HTTP answer.</summary>
    public const string Status = "status";

    /// <summary>How long something took, in milliseconds.</summary>
    public const string Duration = "duration";

    /// <summary>How large something was, in bytes.</summary>
    public const string Size = "size";
}

/// <summary>
/// A question about logs as data: every condition must hold. What English is translated to, what people edit
/// (<see cref="QuestionText"/>), and what sources of lines answer.
/// </summary>
public sealed record LogQuestion
{
    /// <summary>The earliest time; lines without one never fit.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The time before which a line must be.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The least severity; <see cref="Severity.None"/> for any.</summary>
    public Severity LevelMin { get; init; }

    /// <summary>The greatest severity.</summary>
    public Severity LevelMax { get; init; } = Severity.Fatal;

    /// <summary>Services, loggers or components of which it must be one; empty for any.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Hosts of which it must be one, by what the line itself tells; empty for any.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What it must say, and what it must not.</summary>
    public IReadOnlyList<WordCondition> Words { get; init; } = [];

    /// <summary>Numbers that it must have.</summary>
    public IReadOnlyList<NumberCondition> Numbers { get; init; } = [];

    /// <summary>What is wanted of the lines.</summary>
    public QuestionResult Result { get; init; }

    /// <summary>What groups are made by: <c>service</c>, <c>level</c>, <c>pattern</c>, <c>status</c>, <c>host</c>, or the key before a value.</summary>
    public string By { get; init; } = "";

    /// <summary>Length of an interval, for <see cref="QuestionResult.OverTime"/>; zero lets the span of time decide.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Most lines or groups wanted; 0 for the usual number.</summary>
    public int Top { get; init; }

    /// <summary>Whether the same span of time before is held against it.</summary>
    public bool AgainstBefore { get; init; }

    /// <summary>Whether lines have to be read to answer, beyond their time, level and service.</summary>
    public bool AsksText => Words.Count > 0 || Numbers.Count > 0 || Hosts.Count > 0;

    /// <summary>Whether the answer holds it against the same span of time before; that needs a beginning.</summary>
    public bool IsCompared => AgainstBefore && Since is not null;

    /// <summary>Most lines that the answer shows.</summary>
    public int LinesWanted => Result switch
    {
        QuestionResult.Lines => Top > 0 ? Top : 20,
        QuestionResult.First or QuestionResult.Last => Top > 0 ? Top : 1,
        _ => 0,
    };

    /// <summary>Most groups that the answer shows.</summary>
    public int GroupsWanted => Top > 0 ? Top : 10;

    /// <summary>Most patterns that the answer shows.</summary>
    public int PatternsWanted => By == "pattern" ? GroupsWanted : 5;

    /// <summary>The span of time as long as its own that ends where its own begins; empty where that has no beginning.</summary>
    /// <param name="now">The latest end: nothing is known of what comes after.</param>
    public (DateTimeOffset Since, DateTimeOffset Until) SpanBefore(DateTimeOffset now)
    {
        var since = Since ?? now;
        var end = now > since ? now : since;
        if (Until < end) end = Until.Value;
        var length = end - since;
        return (length < since - DateTimeOffset.MinValue ? since - length : DateTimeOffset.MinValue, since);
    }

    /// <inheritdoc/>
    public bool Equals(LogQuestion? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The question as people edit it.</summary>
    public override string ToString() => QuestionText.Write(this);
}
