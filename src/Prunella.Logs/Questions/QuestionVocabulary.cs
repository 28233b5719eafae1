namespace Prunella.Logs.Questions;

/// <summary>What is known of the logs that a question is about.</summary>
public sealed record QuestionVocabulary
{
    /// <summary>Names of services, loggers and components that occur.</summary>
    public IReadOnlyCollection<string> Services { get; init; } = [];

    /// <summary>Names and addresses of hosts that occur.</summary>
    public IReadOnlyCollection<string> Hosts { get; init; } = [];

    /// <summary>Keys that stand before values: <c>uid</c> of <c>uid=0</c>.</summary>
    public IReadOnlyCollection<string> Keys { get; init; } = [];

    /// <summary>What happened when, by its name in lower case: <c>deployment</c>.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Events { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>The zone of times of day.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>A question that was translated.</summary>
/// <param name="Question">The question as data.</param>
/// <param name="Ignored">Words that nothing could be made of; the answer does not depend on them.</param>
public sealed record TranslatedQuestion(LogQuestion Question, IReadOnlyList<string> Ignored)
{
    /// <summary>Words that mean nothing to the grammar: lines must hold them to the letter.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];
}
