using System.Text.Json;
using System.Text.RegularExpressions;
using Prunella.Reasoning.Asking;

namespace Prunella.Reasoning.Answers;

/// <summary>Reads answers whose form the schema has checked into records, and holds their words to the numbers that the model was shown.</summary>
internal static partial class AnswerForm
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The answer as a record.</summary>
    internal static Read<T> Read<T>(JsonElement json) where T : class => json.Deserialize<T>(Json) is { } value ? value : new Read<T>(null, "it is empty");

    /// <summary>The answer as a record, refused when its words hold a number that the facts do not.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="facts">What the model was shown.</param>
    /// <param name="words">What it says to people.</param>
    internal static Read<T> Read<T>(JsonElement json, string facts, Func<T, IEnumerable<string>> words) where T : class
    {
        var read = Read<T>(json);
        if (read.Value is null || Stranger(string.Join('\n', words(read.Value)), facts) is not { } stranger) return read;
        return new Read<T>(null, $"the number {stranger} does not stand in the data; use only numbers that do, as they stand there");
    }

    /// <summary>The first number of a text that does not stand in the facts; null when all do. 1,200 is 1200, and 07 is 7.</summary>
    internal static string? Stranger(string text, string facts)
    {
        var known = Number().Matches(facts).Select(match => Normal(match.ValueSpan)).ToHashSet(StringComparer.Ordinal);
        return Number().Matches(text).Select(match => match.Value).FirstOrDefault(number => !known.Contains(Normal(number)));
    }

    private static string Normal(ReadOnlySpan<char> number)
    {
        var digits = number.ToString().Replace(",", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Contains('.', StringComparison.Ordinal)) digits = digits.TrimEnd('0').TrimEnd('.');
        return digits.Length == 0 || digits[0] == '.' ? "0" + digits : digits;
    }

    [GeneratedRegex("[0-9](?:[0-9.,]*[0-9])?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
