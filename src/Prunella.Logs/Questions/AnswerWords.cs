using System.Globalization;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>Says an answer in words; every number comes from the answer.</summary>
internal static class AnswerWords
{
    internal static string Summary(LogQuestion question, QuestionAnswer answer)
    {
        if (answer.LinesRead == 0) return "There are no lines to look at.";
        if (answer.Total == 0) return $"None of {Count(answer.LinesRead, "line")} fits{(answer.TotalBefore > 0 ? $"; in the same time before {Count(answer.TotalBefore.Value, "line")} did" : "")}.";
        var span = answer is { FirstAt: { } first, LastAt: { } last } ? first == last ? $", at {Time(first)}" : $", from {Time(first)} to {Time(last)}" : "";
        var text = $"{Count(answer.Total, Noun(question))}{(question.Services.Count > 0 ? $" of {string.Join(" and ", question.Services)}" : "")}{span}{Against(answer)}.";
        var groups = answer.Groups.Count > 0 ? answer.Groups : answer.Patterns;
        if (groups.Count == 0 || question.Result is QuestionResult.First or QuestionResult.Last) return text;
        var most = groups[0];
        var what = answer.Groups.Count == 0 || question.By == "pattern" ? $"“{Cut(most.Value)}”" : $"{question.By} {Cut(most.Value)}";
        if (most.IsNew) return $"{text} New is {what}, {Count(most.Count, "time")}.";
        if (most.IsSpiking) return $"{text} Most grew {what}: {Count(most.Count, "time")}, {most.Before!.Value.ToString("N0", CultureInfo.InvariantCulture)} before.";
        return groups.Count == 1 && most.Count == answer.Total ? $"{text} All are {what}." : $"{text} Most frequent ({Share(most.Share)}) is {what}.";
    }

    /// <summary>The interval with most lines; null when there is no course.</summary>
    internal static AnswerInterval? Busiest(QuestionAnswer answer) => answer.Course.Count > 1 ? answer.Course.MaxBy(interval => interval.Count) : null;

    // What was rolled out or done to a target last before the most lines came is what people look at first.
    private static AnswerChange? Suspect(QuestionAnswer answer) => answer.Changes.LastOrDefault(change => change.Kind is "rollout" or "action" && change.At < ((Busiest(answer)?.At + answer.Every) ?? answer.LastAt));

    internal static string Next(LogQuestion question, QuestionAnswer answer)
    {
        if (answer.Total > 0 && Suspect(answer) is { } suspect) return $"Look first at what changed before: {suspect.What} ({suspect.Kind}, {Time(suspect.At)}).";
        if (answer.Total == 0)
            return question.Words.Count > 0 ? "Ask with fewer words, or for a longer time." : question.Since is not null ? "Ask for a longer time." : "";
        if (question is { Since: not null, AgainstBefore: false }) return "To see what is new or grew, add: | compare";
        if (question.Result is QuestionResult.Lines && answer.Total > answer.Lines.Count) return "To see what they are made of, add: | count by pattern";
        if (answer.Groups.Count > 0 && question.By == "pattern" && LongestWords(answer.Groups[0].Value) is { Length: > 0 } words)
            return $"To see its lines: {question with { Words = [.. question.Words, new WordCondition([words])], Result = QuestionResult.Lines, By = "", Top = 0, AgainstBefore = false }}";
        if (answer.Groups.Count > 0 && question is { By: "service", Services.Count: 0 } && answer.Groups[0].Value.All(sign => char.IsLetterOrDigit(sign) || sign is '-' or '_' or '.'))
            return $"To see what it says: {question with { Services = [answer.Groups[0].Value], By = "pattern", Top = 0, AgainstBefore = false }}";
        if (question.Result == QuestionResult.OverTime && Busiest(answer) is { } busiest)
            return $"To see what most of them were: {question with { Since = busiest.At, Until = busiest.At + answer.Every, Result = QuestionResult.Groups, By = "pattern", Every = TimeSpan.Zero, AgainstBefore = true }}";
        return "";
    }

    // The longest run of constant words that a query can hold.
    private static string LongestWords(string template) => template.Split("<*>").Select(part => part.Trim().ToLowerInvariant()).Where(part => part.Length >= 4 && !part.Contains('"', StringComparison.Ordinal) && !part.Contains('\\', StringComparison.Ordinal)).MaxBy(part => part.Length) ?? "";

    private static string Against(QuestionAnswer answer)
    {
        if (answer.TotalBefore is not { } before) return "";
        if (before == 0) return "; none in the same time before";
        var times = (double)answer.Total / before;
        return string.Create(CultureInfo.InvariantCulture, $"; {before:N0} in the same time before ({(times >= 1.05 ? $"{times:0.#} times as many now" : times <= 0.95 ? $"{1 - times:0 %} fewer now" : "as many as now")})");
    }

    private static string Noun(LogQuestion question) => question switch
    {
        { LevelMin: Severity.Error, LevelMax: Severity.Fatal } => "error",
        { LevelMin: Severity.Fatal } => "fatal error",
        { LevelMin: Severity.Warning, LevelMax: Severity.Warning } => "warning",
        _ => "line",
    };

    private static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    private static string Share(double share) => share >= 0.995 ? "nearly all" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Cut(string text) => text.Length > 120 ? text[..119] + "…" : text;
}
