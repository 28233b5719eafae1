using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>Whether lines fit a question; times aside, which the caller compares. Not thread-safe.</summary>
internal sealed class QuestionMatcher
{
    private readonly LogQuestion question;
    private readonly (byte[][] Any, bool Not)[] words;
    private readonly byte[][] services;

    internal QuestionMatcher(LogQuestion question)
    {
        this.question = question;
        words = [.. question.Words.Select(condition => (condition.Any.Select(FieldValue.Bytes).ToArray(), condition.Not))];
        services = [.. question.Services.Select(FieldValue.Bytes)];
    }

    internal bool Fits(in ParsedLine line)
    {
        if (question.LevelMin > Severity.None && line.Level < question.LevelMin) return false;
        if (line.Level > question.LevelMax) return false;
        if (services.Length > 0 && !IsOfService(line)) return false;
        foreach (var (any, not) in words) if (Says(line.Raw, any) == not) return false;
        foreach (var number in question.Numbers) if (!Holds(number, FieldValue.Number(line.Raw, number.Field))) return false;
        return true;
    }

    private bool IsOfService(in ParsedLine line)
    {
        foreach (var service in services)
            if (line.Service.SequenceEqual(service) || (line.Service.Length == service.Length && System.Text.Ascii.EqualsIgnoreCase(line.Service, service))) return true;
        return false;
    }

    // Short words are meant as words: "db" is not in "feedback", "auth" is in "authentication".
    private static bool Says(ReadOnlySpan<byte> line, byte[][] any)
    {
        for (var index = 0; index < any.Length; index++)
        {
            var word = any[index];
            for (var from = 0; from < line.Length;)
            {
                var at = FieldValue.IndexOfIgnoreCase(line[from..], word);
                if (at < 0) break;
                at += from;
                if (word.Length > 4 || (Edge(line, at - 1) && (word.Length == 4 || Edge(line, at + word.Length)))) return true;
                from = at + 1;
            }
        }
        return false;
    }

    private static bool Edge(ReadOnlySpan<byte> line, int at) => at < 0 || at >= line.Length || !char.IsAsciiLetterOrDigit((char)line[at]);

    // What a line does not tell fits no condition.
    private static bool Holds(NumberCondition condition, double value) => condition.Test switch
    {
        NumberTest.Above => value > condition.Value,
        NumberTest.AtLeast => value >= condition.Value,
        NumberTest.Below => value < condition.Value,
        NumberTest.AtMost => value <= condition.Value,
        _ => value == condition.Value,
    };
}
