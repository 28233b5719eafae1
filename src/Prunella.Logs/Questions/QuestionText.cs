using System.Globalization;
using System.Text;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>
/// The written form of a question, which is shown, edited and run again:
/// <c>level>=error service=payment "timeout"|"timed out" -"health" status>=500 duration>2s since=2026-03-05T10:00:00Z | count by service top 5</c>.
/// </summary>
public static class QuestionText
{
    private static readonly (string Sign, NumberTest Test)[] Signs = [(">=", NumberTest.AtLeast), ("<=", NumberTest.AtMost), (">", NumberTest.Above), ("<", NumberTest.Below), ("=", NumberTest.Is)];

    /// <summary>Writes a question; <see cref="Parse"/> gives an equal one back.</summary>
    public static string Write(LogQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var parts = new List<string>();
        if (question.LevelMin > Severity.None && question.LevelMax == question.LevelMin) parts.Add($"level={Name(question.LevelMin)}");
        else
        {
            if (question.LevelMin > Severity.None) parts.Add($"level>={Name(question.LevelMin)}");
            if (question.LevelMax < Severity.Fatal) parts.Add($"level<={Name(question.LevelMax)}");
        }
        if (question.Services.Count > 0) parts.Add("service=" + string.Join(',', question.Services.Select(Word)));
        if (question.Hosts.Count > 0) parts.Add("host=" + string.Join(',', question.Hosts.Select(Word)));
        parts.AddRange(question.Words.Select(words => (words.Not ? "-" : "") + string.Join('|', words.Any.Select(Quoted))));
        parts.AddRange(question.Numbers.Select(number => Word(number.Field) + Signs.First(sign => sign.Test == number.Test).Sign + Value(number)));
        if (question.Since is { } since) parts.Add("since=" + Time(since));
        if (question.Until is { } until) parts.Add("until=" + Time(until));
        var wanted = Wanted(question);
        if (wanted.Length > 0) parts.Add("| " + wanted);
        return string.Join(' ', parts);
    }

    /// <summary>Reads a written question.</summary>
    /// <exception cref="FormatException">It cannot be read; the message names the word and what was expected.</exception>
    public static LogQuestion Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var question = new LogQuestion();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length) return question;
            if (text[at] == '|') return Want(question, text[(at + 1)..]);
            question = IsWords(text, at)
                ? question with { Words = [.. question.Words, ReadWords(text, ref at)] }
                : Condition(question, ReadTerm(text, ref at));
        }
    }

    // A quotation mark begins words, or the name of a field that a sign follows: "user id">3.
    private static bool IsWords(string text, int at)
    {
        if (text[at] == '-') return at + 1 < text.Length && text[at + 1] == '"';
        if (text[at] != '"') return false;
        ReadQuoted(text, ref at);
        return at == text.Length || text[at] is not ('>' or '<' or '=');
    }

    private static LogQuestion Condition(LogQuestion question, (string Name, string Sign, string Value) term)
    {
        var (name, sign, value) = term;
        switch (name)
        {
            case "level":
                var level = Enum.TryParse<Severity>(value, ignoreCase: true, out var known) && known > Severity.None ? known : throw Expected(value, "trace, debug, info, notice, warning, error or fatal");
                return sign switch
                {
                    "=" => question with { LevelMin = level, LevelMax = level },
                    ">=" => question with { LevelMin = level },
                    "<=" => question with { LevelMax = level },
                    _ => throw Expected(name + sign, "level=, level>= or level<="),
                };
            case "service" when sign == "=":
                return question with { Services = [.. question.Services, .. Names(value)] };
            case "host" when sign == "=":
                return question with { Hosts = [.. question.Hosts, .. Names(value)] };
            case "since" when sign == "=":
                return question with { Since = ReadTime(value) };
            case "until" when sign == "=":
                return question with { Until = ReadTime(value) };
            default:
                var test = Signs.First(known => known.Sign == sign).Test;
                return question with { Numbers = [.. question.Numbers, new NumberCondition(Unquoted(name), test, ReadValue(Unquoted(name), value))] };
        }
    }

    private static IEnumerable<string> Names(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Unquoted);

    private static LogQuestion Want(LogQuestion question, string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < words.Length; index++)
        {
            string Next(string expected) => ++index < words.Length ? words[index] : throw new FormatException($"After '{words[index - 1]}' {expected} is expected.");
            question = words[index] switch
            {
                "lines" => question with { Result = QuestionResult.Lines },
                "count" => question with { Result = QuestionResult.Count },
                "first" => question with { Result = QuestionResult.First },
                "last" => question with { Result = QuestionResult.Last },
                "by" => question with { Result = QuestionResult.Groups, By = Unquoted(Next("what to group by")) },
                "over" => question with { Result = QuestionResult.OverTime, Every = Next("an interval or 'time'") is "time" ? TimeSpan.Zero : ReadSpan(words[index]) },
                "top" => question with { Top = int.TryParse(Next("a number"), NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 ? top : throw Expected(words[index], "a number") },
                "compare" => question with { AgainstBefore = true },
                _ => throw Expected(words[index], "lines, count, by, over, first, last, top or compare"),
            };
        }
        return question;
    }

    private static string Wanted(LogQuestion question)
    {
        var wanted = question.Result switch
        {
            QuestionResult.Count => "count",
            QuestionResult.Groups => $"count by {Word(question.By)}",
            QuestionResult.OverTime => question.Every > TimeSpan.Zero ? $"over {Span(question.Every)}" : "over time",
            QuestionResult.First => "first",
            QuestionResult.Last => "last",
            _ => "",
        };
        if (question.Top > 0) wanted += string.Create(CultureInfo.InvariantCulture, $"{(wanted.Length > 0 ? " " : "")}top {question.Top}");
        return question.AgainstBefore ? wanted + (wanted.Length > 0 ? " compare" : "compare") : wanted;
    }

    private static WordCondition ReadWords(string text, ref int at)
    {
        var not = text[at] == '-';
        if (not) at++;
        var any = new List<string>();
        while (true)
        {
            any.Add(Lower(ReadQuoted(text, ref at)));
            if (at + 1 >= text.Length || text[at] != '|' || text[at + 1] != '"') return new WordCondition(any, not);
            at++;
        }
    }

    private static string ReadQuoted(string text, ref int at)
    {
        var from = at++;
        var word = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) word.Append(text[++at]);
            else if (text[at] == '"') { at++; return word.ToString(); }
            else word.Append(text[at]);
        }
        throw new FormatException($"The quotation mark at character {from + 1} is not closed.");
    }

    private static (string Name, string Sign, string Value) ReadTerm(string text, ref int at)
    {
        var from = at;
        var quoted = false;
        for (; at < text.Length && (quoted || !char.IsWhiteSpace(text[at])); at++)
            if (text[at] == '"' && text[at - 1] != '\\') quoted = !quoted;
        var term = text[from..at];
        var inName = false;
        for (var sign = 0; sign < term.Length; sign++)
        {
            if (term[sign] == '"') inName = !inName;
            if (inName || term[sign] is not ('>' or '<' or '=')) continue;
            var length = sign + 1 < term.Length && term[sign] != '=' && term[sign + 1] == '=' ? 2 : 1;
            if (sign == 0 || sign + length == term.Length) break;
            return (term[..sign], term.Substring(sign, length), term[(sign + length)..]);
        }
        throw Expected(term, "name=value, name>value, \"text\" or -\"text\"");
    }

    private static double ReadValue(string field, string value)
    {
        if (field == NumberCondition.Duration) return ReadSpan(value).TotalMilliseconds;
        if (field == NumberCondition.Size) return Units.TryBytes(value, out var bytes) ? bytes : throw Expected(value, "a size such as 512, 10KB or 1.5MB");
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Expected(value, "a number");
    }

    private static TimeSpan ReadSpan(string text) => Units.TrySpan(text, out var span) ? span : throw Expected(text, "a duration such as 250ms, 2s, 5m, 1h or 2d");

    private static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw Expected(text, "a time such as 2026-03-05T10:00:00Z");

    private static FormatException Expected(string word, string expected) => new($"'{word}': expected {expected}.");

#pragma warning disable CA1308 // Levels are written, and words compared, in lower case.
    private static string Name(Severity level) => Lower(level.ToString());

    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static string Value(NumberCondition number) => number.Field switch
    {
        NumberCondition.Duration => Span(TimeSpan.FromMilliseconds(number.Value)),
        _ => number.Value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Span(TimeSpan span) => Units.Write(span);

    private static string Quoted(string word) => $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Word(string word) => word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or ':' or '@' or '$') ? word : Quoted(word);

    private static string Unquoted(string word)
    {
        if (word.Length < 2 || word[0] != '"') return word;
        var at = 0;
        return ReadQuoted(word, ref at);
    }
}
