using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Prunella.Integrations.Tests.Splunk;

/// <summary>
/// Reads and runs the part of SPL that questions are written in: search, where, eval, stats, timechart, sort and fields, over events in
/// memory. Anything else is an error, so that a question that could smuggle a command in would show.
/// </summary>
internal sealed class SearchText
{
    private readonly List<(string Kind, string Text)> tokens;
    private int at;

    private SearchText(string spl) => tokens = [.. Cut(spl)];

    internal static List<Dictionary<string, string>> Run(string spl, IEnumerable<Dictionary<string, string>> events)
    {
        var search = new SearchText(spl);
        search.Expect("search");
        var condition = search.Any(search.Term);
        var rows = events.Where(row => condition(row)).ToList();
        while (search.at < search.tokens.Count)
        {
            search.Expect("|");
            rows = search.Command(rows);
        }
        return rows;
    }

    private static IEnumerable<(string, string)> Cut(string spl)
    {
        for (var at = 0; at < spl.Length;)
        {
            if (char.IsWhiteSpace(spl[at])) { at++; continue; }
            if (spl[at] == '"')
            {
                var text = new StringBuilder();
                for (at++; ; at++)
                {
                    if (at >= spl.Length) throw new FormatException("a quotation mark is not closed");
                    if (spl[at] == '\\') text.Append(spl[++at]);
                    else if (spl[at] == '"') break;
                    else text.Append(spl[at]);
                }
                at++;
                yield return ("text", text.ToString());
                continue;
            }
            if (spl[at] == '\'')
            {
                var end = spl.IndexOf('\'', at + 1);
                yield return ("field", spl[(at + 1)..end]);
                at = end + 1;
                continue;
            }
            var match = Regex.Match(spl[at..], @"^(>=|<=|!=|[|()=<>,\[\]+]|-(?=[a-z_])|-?[A-Za-z0-9_.*:@]+)");
            if (!match.Success) throw new FormatException($"unexpected '{spl[at]}'");
            at += match.Length;
            yield return ("word", match.Value);
        }
    }

    private List<Dictionary<string, string>> Command(List<Dictionary<string, string>> rows)
    {
        var command = Next();
        switch (command)
        {
            case "where":
                var test = All(Test);
                return [.. rows.Where(row => test(row))];
            case "eval":
                var name = Next();
                Expect("=");
                var value = Value();
                foreach (var row in rows) if (value(row) is { } known) row[name] = known;
                return rows;
            case "stats":
                return Stats(rows);
            case "timechart":
                return TimeChart(rows);
            case "sort":
                var count = int.Parse(Next(), CultureInfo.InvariantCulture);
                var descending = Next() == "-";
                var by = Next();
                double Order(Dictionary<string, string> row) => double.Parse(row[by], CultureInfo.InvariantCulture);
                return [.. (descending ? rows.OrderByDescending(Order) : rows.OrderBy(Order)).Take(count)];
            case "fields":
                var kept = Names();
                return [.. rows.Select(row => row.Where(field => kept.Contains(field.Key)).ToDictionary(StringComparer.Ordinal))];
            default:
                throw new FormatException($"unknown command {command}");
        }
    }

    private List<Dictionary<string, string>> Stats(List<Dictionary<string, string>> rows)
    {
        var wanted = new List<(string Function, string Field, string Name)>();
        do
        {
            var function = Next();
            var field = "";
            if (Is("(")) { Next(); field = Next(); Expect(")"); }
            Expect("AS");
            wanted.Add((function, field, Next()));
        }
        while (Skip(","));
        var by = Skip("by") ? Next() : null;
        return [.. rows.Where(row => by is null || row.ContainsKey(by)).GroupBy(row => by is null ? "" : row[by], StringComparer.Ordinal).DefaultIfEmpty().Where(group => group is not null || by is null).Select(group =>
        {
            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            if (by is not null) row[by] = group!.Key;
            foreach (var (function, field, name) in wanted)
            {
                var values = (group ?? Enumerable.Empty<Dictionary<string, string>>()).ToList();
                if (function == "count") row[name] = values.Count.ToString(CultureInfo.InvariantCulture);
                else if (values.Count > 0) row[name] = (function == "min" ? values.Min(each => Number(each[field])) : function == "max" ? values.Max(each => Number(each[field])) : throw new FormatException(function)).ToString("0.000", CultureInfo.InvariantCulture);
            }
            return row;
        })];
    }

    private List<Dictionary<string, string>> TimeChart(List<Dictionary<string, string>> rows)
    {
        var option = Next();
        Expect("=");
        var text = Next();
        var seconds = option == "span" ? double.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture) : option == "bins" ? 3600 : throw new FormatException(option);
        Expect("count"); Expect("AS"); Expect("count");
        return [.. rows.GroupBy(row => Math.Floor(Number(row["_time"]) / seconds) * seconds).OrderBy(group => group.Key).Select(group => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_time"] = DateTimeOffset.UnixEpoch.AddSeconds(group.Key).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture), ["count"] = group.Count().ToString(CultureInfo.InvariantCulture),
        })];
    }

    // In search, terms beside each other must all hold.
    private Func<Dictionary<string, string>, bool> Any(Func<Func<Dictionary<string, string>, bool>> one)
    {
        var all = new List<Func<Dictionary<string, string>, bool>> { Both(one) };
        while (Skip("OR")) all.Add(Both(one));
        return row => all.Any(each => each(row));
    }

    private Func<Dictionary<string, string>, bool> Both(Func<Func<Dictionary<string, string>, bool>> one)
    {
        var all = new List<Func<Dictionary<string, string>, bool>> { one() };
        while (at < tokens.Count && !Is("|") && !Is(")") && !Is("OR")) all.Add(one());
        return row => all.All(each => each(row));
    }

    private Func<Dictionary<string, string>, bool> Term()
    {
        if (Skip("NOT")) { var not = Term(); return row => !not(row); }
        if (Skip("(")) { var inner = Any(Term); Expect(")"); return inner; }
        var (kind, text) = tokens[at++];
        if (kind == "text") return row => Like(row["_raw"], text, within: true);
        if (Skip("IN"))
        {
            Expect("(");
            var values = new List<string>();
            do values.Add(Next()); while (Skip(","));
            Expect(")");
            return row => row.TryGetValue(text, out var value) && values.Contains(value, StringComparer.OrdinalIgnoreCase);
        }
        Expect("=");
        var wanted = Next();
        return row => row.TryGetValue(text, out var value) && Like(value, wanted, within: false);
    }

    private Func<Dictionary<string, string>, bool> All(Func<Func<Dictionary<string, string>, bool>> one)
    {
        var all = new List<Func<Dictionary<string, string>, bool>> { one() };
        while (Skip("AND")) all.Add(one());
        return row => all.All(each => each(row));
    }

    private Func<Dictionary<string, string>, bool> Test()
    {
        if (Skip("NOT")) { var not = Test(); return row => !not(row); }
        if (Is("(")) { Next(); var one = new List<Func<Dictionary<string, string>, bool>> { Test() }; while (Skip("OR")) one.Add(Test()); Expect(")"); return row => one.Any(each => each(row)); }
        if (Skip("like"))
        {
            Expect("("); Expect("lower"); Expect("("); var of = Next(); Expect(")"); Expect(",");
            var pattern = "^" + Regex.Replace(Next(), @"\\(.)|[%_]|[^\\%_]+", match => match.Value switch { "%" => ".*", "_" => ".", _ when match.Groups[1].Success => Regex.Escape(match.Groups[1].Value), _ => Regex.Escape(match.Value) }) + "$";
            Expect(")");
            return row => Regex.IsMatch(row[of].ToLowerInvariant(), pattern, RegexOptions.Singleline);
        }
        var value = Value();
        var sign = Next();
        var bound = double.Parse(Next(), CultureInfo.InvariantCulture);
        return row => double.TryParse(value(row), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && sign switch { ">" => number > bound, ">=" => number >= bound, "<" => number < bound, "<=" => number <= bound, "=" => number == bound, _ => throw new FormatException(sign) };
    }

    private Func<Dictionary<string, string>, string?> Value()
    {
        if (Skip("tonumber")) { Expect("("); var inner = Value(); Expect(")"); return inner; }
        if (Skip("coalesce"))
        {
            Expect("(");
            var all = new List<Func<Dictionary<string, string>, string?>>();
            do all.Add(Value()); while (Skip(","));
            Expect(")");
            return row => all.Select(each => each(row)).FirstOrDefault(known => known is not null);
        }
        var (kind, name) = tokens[at++];
        return kind == "field" ? row => row.GetValueOrDefault(name) : throw new FormatException($"a field is expected, not {name}");
    }

    // Terms are compared by whole words between breakers; a star stands for anything.
    private static bool Like(string value, string pattern, bool within)
    {
        var text = string.Join(".*", pattern.Split('*').Select(Regex.Escape));
        return Regex.IsMatch(value, within ? $@"(?<![A-Za-z0-9]){text}(?![A-Za-z0-9])" : $"^{text}$", RegexOptions.IgnoreCase | RegexOptions.Singleline);
    }

    private List<string> Names()
    {
        var names = new List<string>();
        do names.Add(Next()); while (Skip(","));
        return names;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private bool Is(string word) => at < tokens.Count && tokens[at] == ("word", word);

    private bool Skip(string word)
    {
        if (!Is(word)) return false;
        at++;
        return true;
    }

    private string Next() => at < tokens.Count ? tokens[at++].Text : throw new FormatException("the search ends too early");

    private void Expect(string word)
    {
        if (!Skip(word)) throw new FormatException($"{word} is expected, not {(at < tokens.Count ? tokens[at].Text : "the end")}");
    }
}
