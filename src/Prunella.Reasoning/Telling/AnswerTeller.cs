using System.Globalization;
using System.Text;
using Prunella.Logs.Questions;
using Prunella.Reasoning.Answers;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Prompts;

namespace Prunella.Reasoning.Telling;

/// <summary>What came of a question about logs. The same form from a model and from rules.</summary>
/// <param name="Answer">One or two sentences that answer it.</param>
/// <param name="Next">What to look at next; empty when nothing suggests itself.</param>
public sealed record AnswerStory(string Answer, string Next);

/// <summary>
/// Words the answer to a question: by a model where one answers, by rules otherwise. A model sees counts and templates, never lines,
/// and may use no number that the query did not count. Thread-safe.
/// </summary>
public sealed class AnswerTeller(IReasoner reasoner)
{
    private const int RowsMax = 12;

    /// <summary>Words an answer.</summary>
    /// <param name="asked">The question as it was asked.</param>
    /// <param name="question">The question as it was run.</param>
    /// <param name="answer">What the query counted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<Told<AnswerStory>> TellAsync(string asked, LogQuestion question, QuestionAnswer answer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answer);
        var results = Results(question, answer);
        return Told<AnswerStory>.Of(await reasoner.AskAsync(new ModelQuestion<AnswerStory>
        {
            Task = ReasoningTasks.SummariseAnswer,
            Data = [new DataBlock("question", asked), new DataBlock("results", results)],
            Read = json => AnswerForm.Read<AnswerStory>(json, $"{asked}\n{results}", story => [story.Answer, story.Next]),
        }, cancellation).ConfigureAwait(false), new AnswerStory(answer.Summary, answer.Next));
    }

    private static string Results(LogQuestion question, QuestionAnswer answer)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"query: {answer.Query}\nlines read: {answer.LinesRead}\nlines that fit: {answer.Total}\n");
        if (answer.TotalBefore is { } before) text.Append(CultureInfo.InvariantCulture, $"in the same span of time before: {before}\n");
        if (answer is { FirstAt: { } first, LastAt: { } last }) text.Append(CultureInfo.InvariantCulture, $"from {first:yyyy-MM-dd HH:mm:ss} to {last:yyyy-MM-dd HH:mm:ss}\n");
        text.Append(CultureInfo.InvariantCulture, $"in the built-in words: {answer.Summary} {answer.Next}\n");
        if (question.By != "pattern") Rows(text, question.By, answer.Groups);
        Rows(text, "pattern", answer.Patterns);
        if (answer.Course.Count > 1 && answer.Course.MaxBy(interval => interval.Count) is { } busiest)
            text.Append(CultureInfo.InvariantCulture, $"busiest of {answer.Course.Count} intervals of {BuiltInStory.Length(answer.Every)}: {busiest.At:yyyy-MM-dd HH:mm:ss} with {busiest.Count}\n");
        foreach (var change in answer.Changes.Take(RowsMax)) text.Append(CultureInfo.InvariantCulture, $"changed at the same time: {change.At:HH:mm:ss} {change.Kind}: {change.What}\n");
        return text.ToString();
    }

    private static void Rows(StringBuilder text, string by, IReadOnlyList<AnswerGroup> groups)
    {
        foreach (var group in groups.Take(RowsMax))
            text.Append(CultureInfo.InvariantCulture, $"{by}: {group.Count} lines ({group.Share * 100:0.#} %){(group.Before is { } before ? $", {before} before" : "")}{(group.IsNew ? ", new" : group.IsSpiking ? ", spiking" : "")}: {group.Value}\n");
    }
}
