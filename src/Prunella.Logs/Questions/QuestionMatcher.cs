using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>Whether lines fit a question; times aside, which the caller compares. Not thread-safe.</summary>
internal sealed class QuestionMatcher
{
    private readonly LogQuestion question;
    private readonly (byte[][] Any, bool Not)[] words;
    private readonly byte[][] services;
    private readonly byte[][] hosts;
    private readonly (string Field, NumberCondition[] Conditions)[] numbers;

    internal QuestionMatcher(LogQuestion question)
    {
        this.question = question;
        words = [.. question.Words.Select(condition => (condition.Any.Select(FieldValue.Bytes).ToArray(), condition.Not))];
        services = [.. question.Services.Select(FieldValue.Bytes)];
        hosts = [.. question.Hosts.Select(FieldValue.Bytes)];
        // A line is looked through once for a number, also where it has to be within two bounds.
        numbers = [.. question.Numbers.GroupBy(number => number.Field, StringComparer.Ordinal).Select(field => (field.Key, field.ToArray()))];
    }

    /// <summary>Words of which a line must hold one, or none, in lower case.</summary>
    internal IReadOnlyList<(byte[][] Any, bool Not)> Words => words;

    /// <summary>The numbers that are asked about, each once.</summary>
    internal IEnumerable<string> NumberFields => numbers.Select(static number => number.Field);

    internal bool Fits(in ParsedLine line) =>
        FitsLevel(line.Level) && FitsService(line.Service) && FitsText(line.Raw);

    internal bool FitsLevel(Severity level) => level <= question.LevelMax && (question.LevelMin == Severity.None || level >= question.LevelMin);

    internal bool FitsService(ReadOnlySpan<byte> name) => IsOneOf(services, name);

    private static bool IsOneOf(byte[][] names, ReadOnlySpan<byte> name)
    {
        foreach (var one in names)
            if (name.SequenceEqual(one) || (name.Length == one.Length && System.Text.Ascii.EqualsIgnoreCase(name, one))) return true;
        return names.Length == 0;
    }

    /// <summary>Whether a line says what it must, and has the host and the numbers that it must.</summary>
    internal bool FitsText(ReadOnlySpan<byte> line)
    {
        foreach (var (any, not) in words) if (Says(line, any) == not) return false;
        if (hosts.Length > 0 && !IsOneOf(hosts, LineHost.Of(line))) return false;
        foreach (var (field, conditions) in numbers)
        {
            var value = FieldValue.Number(line, field);
            foreach (var condition in conditions) if (!Holds(condition, value)) return false;
        }
        return true;
    }

    // Short words are meant as words: "db" is not in "feedback", "auth" is in "authentication".
    private static bool Says(ReadOnlySpan<byte> line, byte[][] any)
    {
        foreach (var word in any) if (Says(line, word)) return true;
        return false;
    }

    private static bool Says(ReadOnlySpan<byte> line, byte[] word, bool begins = true, bool ends = true)
    {
        for (var from = 0; from < line.Length;)
        {
            var at = FieldValue.IndexOfIgnoreCase(line[from..], word);
            if (at < 0) break;
            at += from;
            var before = at == 0 ? begins : !char.IsAsciiLetterOrDigit((char)line[at - 1]);
            var after = word.Length >= WordCondition.WholeLettersMax || (at + word.Length == line.Length ? ends : !char.IsAsciiLetterOrDigit((char)line[at + word.Length]));
            if (MayBePart(word) || (before && after)) return true;
            from = at + 1;
        }
        return false;
    }

    /// <summary>Whether the literals of a shape say a word, whatever the values between them are.</summary>
    internal static bool LiteralsSay(byte[][] literals, byte[] word)
    {
        for (var index = 0; index < literals.Length; index++)
            if (Says(literals[index], word, begins: index == 0, ends: index == literals.Length - 1)) return true;
        return false;
    }

    /// <summary>Whether a word counts also as part of a longer one.</summary>
    internal static bool MayBePart(byte[] word) => word.Length > WordCondition.WholeLettersMax;

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
