using System.Globalization;
using System.Text;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Splunk;

/// <summary>
/// Searches in SPL for a question, made from its data alone. Every word is within quotation marks, where neither a pipe nor a bracket
/// means anything; the commands are the reading ones written here and no others.
/// </summary>
internal sealed class SplunkSearch(LogQuestion question, string index)
{
    private const int CourseIntervals = 60;
    private const int GroupsCompared = 1_000;
    private static readonly string[] LevelFields = ["log_level", "level", "severity", "loglevel", "severity_text"];
    private static readonly string[] ServiceFields = ["service", "service_name", "app", "application", "component", "logger", "container_name", "sourcetype"];
    private static readonly string[] StatusFields = ["status", "status_code", "http_status", "response_code", "code"];
    private static readonly string[] DurationFields = ["duration", "duration_ms", "latency", "latency_ms", "elapsed", "elapsed_ms", "response_time", "took"];
    private static readonly string[] SizeFields = ["bytes", "size", "body_bytes_sent", "content_length", "length"];
    private static readonly string[] HostFields = ["host", "hostname", "host.name"];
    private static readonly string[] AddressFields = ["src_ip", "clientip", "client_ip", "src", "remote_addr"];

    /// <summary>How many events fit, the first and the last.</summary>
    internal string Totals() => $"{Events()} | stats count AS count, min(_time) AS first, max(_time) AS last";

    /// <summary>How many of each group.</summary>
    internal string Groups() => $"{Events()} | eval grouped={Coalesce(GroupFields(question.By))} | stats count AS count by grouped | sort {(question.AgainstBefore ? GroupsCompared : question.GroupsWanted)} -count";

    /// <summary>How many in each interval.</summary>
    internal string Course() => $"{Events()} | timechart {(question.Every > TimeSpan.Zero ? $"span={Math.Max(1, (long)question.Every.TotalSeconds).ToString(CultureInfo.InvariantCulture)}s" : $"bins={CourseIntervals}")} count AS count";

    /// <summary>Events themselves.</summary>
    internal string Lines(int count, bool oldestFirst) => $"{Events()} | sort {count.ToString(CultureInfo.InvariantCulture)} {(oldestFirst ? "+" : "-")}_time | fields _time, _raw";

    /// <summary>A text within quotation marks.</summary>
    internal static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '\\' or '"') quoted.Append('\\');
            quoted.Append(char.IsControl(letter) ? ' ' : letter);
        }
        return quoted.Append('"').ToString();
    }

    private string Events()
    {
        var search = new StringBuilder("search ").Append(Any(index.Split(',').Select(name => "index=" + Quoted(name))));
        if (LevelNames.Asks(question)) search.Append(' ').Append(Level());
        if (question.Services.Count > 0) search.Append(' ').Append(Any(ServiceFields.SelectMany(field => question.Services.Select(service => $"{field}={Quoted(service)}"))));
        if (question.Hosts.Count > 0) search.Append(' ').Append(Any(HostFields.SelectMany(field => question.Hosts.Select(host => $"{field}={Quoted(host)}"))));
        var tests = new List<string>();
        foreach (var words in question.Words)
        {
            // A star within quotation marks still stands for anything; a word that has one is compared letter by letter.
            if (words.Any.Any(word => word.Contains('*', StringComparison.Ordinal))) tests.Add($"{(words.Not ? "NOT " : "")}{Any(words.Any.Select(Like))}");
            else search.Append(' ').Append(words.Not ? "NOT " : "").Append(Any(words.Any.Select(word => Quoted(SearchedLines.MayBePart(word) ? word + "*" : word))));
        }
        tests.AddRange(question.Numbers.Select(Number));
        if (tests.Count > 0) search.Append(" | where ").AppendJoin(" AND ", tests);
        return search.ToString();
    }

    // Events whose level no field tells are found by the word itself.
    private string Level()
    {
        var names = LevelNames.Of(question).Select(Quoted).ToList();
        var known = LevelFields.Select(field => $"{field} IN ({string.Join(", ", names)})");
        return Any([.. known, $"({string.Join(' ', LevelFields.Select(field => $"NOT {field}=*"))} {Any(names)})"]);
    }

    private static string Like(string word) => $"like(lower(_raw), {Quoted("%" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%")})";

    private static string Number(NumberCondition number)
    {
        string[] fields = number.Field switch
        {
            NumberCondition.Status => StatusFields,
            NumberCondition.Duration => DurationFields,
            NumberCondition.Size => SizeFields,
            _ => [number.Field],
        };
        var sign = number.Test switch { NumberTest.Above => ">", NumberTest.AtLeast => ">=", NumberTest.Below => "<", NumberTest.AtMost => "<=", _ => "=" };
        return $"tonumber({Coalesce(fields)}){sign}{number.Value.ToString("0.###############", CultureInfo.InvariantCulture)}";
    }

    private static string[] GroupFields(string by) => by switch
    {
        "service" => ServiceFields,
        "level" => LevelFields,
        "host" => ["host"],
        "status" => StatusFields,
        "address" => AddressFields,
        _ => [by],
    };

    private static string Coalesce(string[] fields) => fields.Length == 1 ? Field(fields[0]) : $"coalesce({string.Join(", ", fields.Select(Field))})";

    // Names of fields stand within apostrophes; a name that has one, or anything else that no field has, is none.
    private static string Field(string name) => name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' or '-' or ':' or '@' or '/' or ' ' or '{' or '}') ? $"'{name}'" : throw new LogSearchException($"'{InertText.Line(name)}' cannot be the name of a field in Splunk.");

    private static string Any(IEnumerable<string> terms)
    {
        var all = terms.ToList();
        return all.Count == 1 ? all[0] : $"({string.Join(" OR ", all)})";
    }
}
