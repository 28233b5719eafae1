using Prunella.Logs.Parsing;

namespace Prunella.Logs.Questions;

/// <summary>
/// Translates a question in English into data, by a grammar over the vocabulary of the logs themselves: no model, the same
/// result every time. What is left when all that has a meaning is taken out are words that lines must hold.
/// </summary>
// Words are walked once; at each the readers are asked in order, and the first that fits takes its words.
public sealed class EnglishQuestion
{
    private const int QuestionCharactersMax = 2_000;

    private static readonly HashSet<string> Fillers = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "show", "me", "list", "give", "find", "get", "display", "print", "search", "look", "see", "tell", "fetch", "return", "need", "want", "can", "could", "you", "please", "i", "we", "us", "our", "my",
        "all", "any", "some", "every", "each", "there", "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "have", "has", "had", "what", "which", "who", "where", "when", "why", "how", "that", "this", "these", "those", "it", "its",
        "of", "for", "to", "in", "on", "at", "by", "from", "with", "and", "or", "about", "related", "regarding", "concerning", "containing", "contain", "contains", "mentioning", "mention", "mentions", "saying", "matching", "involving", "including",
        "log", "logs", "line", "lines", "entry", "entries", "message", "messages", "event", "events", "record", "records", "happen", "happened", "happening", "occur", "occurred", "occurring", "occurrences", "coming", "come", "came", "seen", "going", "wrong", "up", "so", "far", "right", "now",
        "during", "within", "only", "just", "also", "then", "than", "as", "if", "occurs", "got", "getting", "generated", "produced", "thrown", "reported", "requests", "request", "code", "codes", "response", "responses", "http", "time", "times", "ever", "everywhere", "recent", "recently", "into", "everything", "anything", "run", "ran", "runs", "out", "unique", "distinct", "different", "experience", "experienced", "appear", "appeared", "appears", "number",
    };

    private static readonly HashSet<string> HostWords = new(StringComparer.Ordinal) { "host", "hostname", "node", "machine", "server" };

    private readonly QuestionVocabulary vocabulary;
    private readonly Dictionary<string, string> services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> hosts = new(StringComparer.Ordinal);
    private readonly HashSet<string> keys;

    /// <summary>A translator for logs of which something is known.</summary>
    public EnglishQuestion(QuestionVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        this.vocabulary = vocabulary;
        keys = vocabulary.Keys.Select(Lower).ToHashSet(StringComparer.Ordinal);
        foreach (var host in vocabulary.Hosts) hosts.TryAdd(Lower(host), host);
        foreach (var service in vocabulary.Services.Where(service => service.Length > 0))
        {
            var name = Lower(service);
            services.TryAdd(name, service);
            services.TryAdd(name.Replace('-', ' ').Replace('_', ' '), service);
            foreach (var end in new[] { "-service", "_service", "-svc", "-api", "service" })
                if (name.EndsWith(end, StringComparison.Ordinal) && name.Length > end.Length) services.TryAdd(name[..^end.Length], service);
        }
    }

    /// <summary>Translates.</summary>
    /// <param name="text">The question; at most 2 000 characters are read.</param>
    /// <param name="now">What "now" is: the clock's time, or the newest line's for logs of another day.</param>
    public TranslatedQuestion Translate(string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = QuestionWord.Cut(text.Length > QuestionCharactersMax ? text[..QuestionCharactersMax] : text);
        return new Reading(words, this, new TimeWords(words, now, vocabulary.Zone, vocabulary.Events), now).Read();
    }

    /// <summary>Whether a question may speak of a host, so that it is worth finding out which there are.</summary>
    public static bool MayNameHost(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return QuestionWord.Cut(text.Length > QuestionCharactersMax ? text[..QuestionCharactersMax] : text).Exists(word => HostWords.Contains(word.Text) || Reading.LooksLikeHost(word.Text));
    }

#pragma warning disable CA1308 // Words are compared in lower case.
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    private sealed class Reading(List<QuestionWord> words, EnglishQuestion owner, TimeWords times, DateTimeOffset now)
    {
        private readonly List<WordCondition> said = [];
        private readonly List<NumberCondition> numbers = [];
        private readonly List<string> from = [];
        private readonly List<string> hosts = [];
        private readonly List<string> ignored = [];
        private readonly List<string> unknown = [];
        private LogQuestion question = new();
        private bool not;
        private bool spike;
        private bool grouped;
        private bool comparing;

        internal TranslatedQuestion Read()
        {
            for (var at = 0; at < words.Count;) at += Math.Max(1, Take(at));
            var result = question with { Services = from, Hosts = hosts, Words = said, Numbers = numbers };
            if (spike) result = Spike(result);
            if (result is { Result: QuestionResult.Groups, By.Length: 0 }) result = result with { By = "pattern" };
            return new TranslatedQuestion(result, ignored) { Unknown = [.. unknown.Where(word => said.Exists(condition => condition.Any.Contains(word)))] };
        }

        // How many words were understood at a place.
        private int Take(int at)
        {
            if (words[at].Quoted) return Say([words[at].Text], 1);
            if (Is(at, "without", "not", "except", "excluding", "exclude", "ignoring", "minus", "no", "isn't", "aren't", "don't") && !Is(at + 1, "more", "less")) { not = true; return 1; }
            if (Is(at, "other") && Is(at + 1, "than")) { not = true; return 2; }
            var taken = Host(at);
            if (taken == 0) taken = Number(at);
            if (taken == 0) taken = Status(at);
            if (taken == 0) taken = Wanted(at);
            if (taken == 0 && times.At(at) is { } span) taken = Span(span);
            if (taken == 0) taken = Level(at);
            if (taken == 0) taken = Service(at);
            if (taken == 0) taken = Concept(at);
            if (taken > 0) return taken;
            return Word(at);
        }

        private int Span(NamedTime span)
        {
            question = question with { Since = span.Since ?? question.Since, Until = span.Until ?? question.Until };
            return span.Words;
        }

        // "slower than 2s", "duration > 500 ms", "larger than 10 MB", "retries above 3", "took more than a second".
        private int Number(int at)
        {
            // A key and a bare number behind it: "uid 0".
            if (owner.keys.Contains(Text(at)) && double.TryParse(Text(at + 1), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var bare) && Units.Milliseconds(Text(at + 2)) == 0)
            {
                numbers.Add(new NumberCondition(Text(at), NumberTest.Is, bare));
                return 2;
            }
            var (test, field, used) = (Text(at), Text(at + 1)) switch
            {
                ("slower" or "longer", "than") => (NumberTest.Above, NumberCondition.Duration, 2),
                ("faster" or "quicker" or "shorter", "than") => (NumberTest.Below, NumberCondition.Duration, 2),
                ("larger" or "bigger", "than") => (NumberTest.Above, NumberCondition.Size, 2),
                ("smaller", "than") => (NumberTest.Below, NumberCondition.Size, 2),
                ("more" or "greater" or "higher", "than") => (NumberTest.Above, "", 2),
                ("less" or "fewer" or "lower", "than") => (NumberTest.Below, "", 2),
                ("at", "least") => (NumberTest.AtLeast, "", 2),
                ("at", "most") => (NumberTest.AtMost, "", 2),
                ("above" or "over" or "exceeding" or ">", _) => (NumberTest.Above, "", 1),
                (">=", _) => (NumberTest.AtLeast, "", 1),
                ("below" or "under" or "<", _) => (NumberTest.Below, "", 1),
                ("<=", _) => (NumberTest.AtMost, "", 1),
                ("=" or "==", _) => (NumberTest.Is, "", 1),
                ("took" or "taking" or "takes", "over") => (NumberTest.Above, NumberCondition.Duration, 2),
                _ => (NumberTest.Is, "none", 0),
            };
            if (used == 0) return 0;
            var place = at + used;
            if (Value(place) is not { } value) return 0;
            var named = field.Length == 0 ? Before(at) : "";
            if (field.Length == 0) field = value.Unit.Length > 0 ? value.Unit : named;
            else if (value.Unit.Length > 0 && value.Unit != field) return 0;
            if (field.Length == 0) return 0;
            // "over the last hour" is a time; "over 2 hours" of nothing in particular is left to it too.
            if (Is(at, "over") && field == NumberCondition.Duration && Is(place, "the", "last", "past")) return 0;
            var amount = field == NumberCondition.Duration && value.Unit.Length == 0 ? value.Amount * 1000 : value.Amount;
            if (field == NumberCondition.Duration && amount > Units.MillisecondsMax) return 0;
            numbers.Add(new NumberCondition(field, test, amount));
            return used + value.Words;
        }

        // The key that was named before "above 3"; taken back from the words that lines must hold.
        private string Before(int at)
        {
            var index = at - 1;
            while (Is(index, "is", "are", "was", "were", "of", "code", "codes", "value", "with", "being", "greater")) index--;
            var name = Text(index);
            if (name is "status" or "http") { Unsay(name); return NumberCondition.Status; }
            if (name is "latency" or "duration" or "elapsed" or "took" or "taking") { Unsay(name); return NumberCondition.Duration; }
            if (name is "size" or "bytes" or "length") { Unsay(name); return NumberCondition.Size; }
            if (name.Length == 0 || Fillers.Contains(name)) return "";
            Unsay(name);
            return name;
        }

        private void Unsay(string name) => said.RemoveAll(condition => !condition.Not && condition.Any.Count > 0 && condition.Any.Any(word => word == name || name.StartsWith(word, StringComparison.Ordinal)));

        private (double Amount, string Unit, int Words)? Value(int at)
        {
            var skip = Is(at, "the", "about") ? 1 : 0;
            var word = Text(at + skip);
            if (word.Length == 0) return null;
            if (char.IsAsciiDigit(word[0]))
            {
                if (!Units.TrySplit(word, out var number, out var stuck)) return null;
                if (stuck.Length > 0) return Unit(number, stuck.ToString(), skip + 1);
                return Unit(number, Text(at + skip + 1), skip + 2) ?? (number, "", skip + 1);
            }
            return TimeWords.TryNumber(word, out var said) && Unit(said, Text(at + skip + 1), skip + 2) is { } with ? with : null;
        }

        // "m" after a number is minutes: megabytes are written MB.
        private static (double, string, int)? Unit(double number, string unit, int count) =>
            Units.Milliseconds(unit) is > 0 and var time ? (number * time, NumberCondition.Duration, count) : Units.Bytes(unit) is > 0 and var size ? (number * size, NumberCondition.Size, count) : null;

        // "status 500", "5xx", "500s", "http 404", "status code above 499" is a number's.
        private int Status(int at)
        {
            var skip = 0;
            while (Is(at + skip, "http", "status", "code", "codes", "error", "response", "of", "=", "is", "with") && skip < 4) skip++;
            if (skip > 0 && !(Is(at, "http") || Is(at, "status") || (Is(at, "error", "response") && Is(at + 1, "code", "codes")))) skip = 0;
            var word = Text(at + skip);
            // The word behind a code says what it is, not that the line has a level.
            var behind = skip + 1 + (Is(at + skip + 1, "error", "errors", "response", "responses", "status", "statuses", "answers", "codes") ? 1 : 0);
            if (word.Length == 3 && word[1..] == "xx" && word[0] is >= '1' and <= '5') return Class(word[0] - '0', behind);
            var figures = word.Length == 4 && word[3] == 's' ? word[..3] : word;
            var plain = figures.Length == 3 && figures.All(char.IsAsciiDigit) && figures[0] is >= '1' and <= '5';
            if (!plain || !(skip > 0 || word.Length == 4 || Is(at + 1, "error", "errors", "response", "responses", "status", "statuses", "answers"))) return 0;
            if (word.Length == 4 && figures[1..] == "00" && !(figures is "200" or "400" or "500" && skip > 0)) return Class(figures[0] - '0', behind);
            numbers.Add(new NumberCondition(NumberCondition.Status, NumberTest.Is, int.Parse(figures, System.Globalization.CultureInfo.InvariantCulture)));
            return behind;
        }

        private int Class(int hundreds, int used)
        {
            numbers.Add(new NumberCondition(NumberCondition.Status, NumberTest.AtLeast, hundreds * 100));
            numbers.Add(new NumberCondition(NumberCondition.Status, NumberTest.Below, (hundreds + 1) * 100));
            return used;
        }

        // What is wanted of the lines: counts, groups, a course over time, the first, the last, a comparison.
        private int Wanted(int at)
        {
            if (Is(at, "how") && Is(at + 1, "many")) return Want(QuestionResult.Count, 2);
            if (Is(at, "how") && Is(at + 1, "often")) return Want(QuestionResult.Count, 2);
            if (Is(at, "count", "total") && !Is(at + 1, "by", "per")) return Want(QuestionResult.Count, Is(at + 1, "of", "number") ? Is(at + 2, "of") ? 3 : 2 : 1);
            if (Is(at, "number", "amount") && Is(at + 1, "of")) return Want(QuestionResult.Count, 2);
            if (Is(at, "count")) return 1;
            if (Is(at, "grouped", "group", "broken", "break", "split", "sorted") && (Is(at + 1, "by") || Is(at + 1, "down", "it") && Is(at + 2, "by", "down"))) return Group(at + (Is(at + 1, "by") ? 2 : 3), at);
            if (Is(at, "by", "per") && Every(at + 1) is { } interval) return Over(interval.Length, 1 + interval.Words);
            // "top 5 pods by errors": groups there are already, the word says of which lines.
            if (Is(at, "by") && question is { Result: QuestionResult.Groups, By.Length: > 0 } && Is(at + 1, "error", "errors", "warning", "warnings")) return 1;
            if (Is(at, "per", "by") && Key(at + 1).Length > 0) return Group(at + 1, at);
            if (Is(at, "for") && Is(at + 1, "each", "every") && Key(at + 2).Length > 0) return Group(at + 2, at);
            if (Is(at, "every") && Every(at + 1) is { } every) return Over(every.Length, 1 + every.Words);
            if (Is(at, "hourly")) return Over(TimeSpan.FromHours(1), 1);
            if (Is(at, "daily")) return Over(TimeSpan.FromDays(1), 1);
            if (Is(at, "over") && Is(at + 1, "time")) return Over(TimeSpan.Zero, 2);
            if (Is(at, "trend", "histogram", "timeline", "chart", "graph")) return Over(TimeSpan.Zero, Is(at + 1, "of", "for") ? 2 : 1);
            if (Is(at, "top") && int.TryParse(Text(at + 1), out var top) && top > 0) return Top(top, at, 2);
            if (Is(at, "top") || (Is(at, "most") && Is(at + 1, "common", "frequent"))) return Top(0, at, Is(at, "top") ? 1 : 2);
            if (Is(at, "unique", "distinct", "different") && Key(at + 1).Length > 0) return Group(at + 1, at);
            if (Is(at, "most") && grouped) return 1;
            if (Is(at, "which", "what") && (Key(at + 1) is { Length: > 0 } of && of != "status") && !Is(at + 1, "error", "errors")) return Group(at + 1, at);
            if (Is(at, "patterns", "pattern", "templates", "kinds", "types", "sorts")) return Group(at, at, Is(at + 1, "of") ? 2 : 1);
            if (Is(at, "first", "earliest", "oldest") && !Is(at + 1, "of")) return Want(QuestionResult.First, 1);
            if (Is(at, "when") && words.Exists(word => !word.Quoted && word.Text is "start" or "started" or "starting" or "begin" or "began" or "first")) return Want(QuestionResult.First, 1);
            if (Is(at, "start", "started", "starting", "begin", "began") && question.Result == QuestionResult.First) return 1;
            if (Is(at, "last", "latest", "newest", "most") && times.At(at) is null) return Last(at);
            if (Is(at, "compared", "compare", "versus", "vs", "against") || (comparing && Is(at, "with", "to"))) return Compare(at);
            if (Is(at, "spike", "spikes", "surge", "jump", "increase", "peak", "burst"))
            {
                spike = true;
                return 1;
            }
            // "what is new", "what changed since noon", "anything unusual", "new errors".
            if (Is(at, "new", "changed", "different", "unusual", "strange", "odd") && (Is(at - 1, "what", "is", "are", "has", "have", "anything", "something", "that", "was") || Is(at + 1, "error", "errors", "pattern", "patterns", "warning", "warnings", "exception", "exceptions")))
            {
                spike = true;
                return 1;
            }
            if (Is(at, "caused", "cause", "causes", "causing", "explain", "explains")) return 1;
            return 0;
        }

        private int Want(QuestionResult result, int used)
        {
            if (!grouped) question = question with { Result = result };
            return used;
        }

        private int Over(TimeSpan every, int used)
        {
            grouped = true;
            question = question with { Result = QuestionResult.OverTime, Every = every, By = "" };
            return used;
        }

        private int Top(int top, int at, int used)
        {
            question = question with { Result = QuestionResult.Groups, Top = top };
            grouped = true;
            var key = Key(at + used);
            if (key.Length == 0) return used;
            question = question with { By = key };
            // "top errors" are patterns of errors: the word still says which lines.
            return key == "pattern" && !Is(at + used, "pattern", "patterns", "template", "templates", "message", "messages") ? used : used + 1;
        }

        private int Group(int keyAt, int at, int used = 0)
        {
            var key = used > 0 ? "pattern" : Key(keyAt);
            if (key.Length == 0 && Text(keyAt).Length > 0 && !Fillers.Contains(Text(keyAt))) key = Text(keyAt);
            if (key.Length == 0) return 0;
            grouped = true;
            question = question with { Result = QuestionResult.Groups, By = key };
            return used > 0 ? used : keyAt + 1 - at + (Is(keyAt, "status", "error") && Is(keyAt + 1, "code", "codes") ? 1 : 0);
        }

        private int Last(int at)
        {
            var used = Is(at, "most") ? Is(at + 1, "recent") ? 2 : 0 : 1;
            if (used == 0) return 0;
            question = grouped ? question : question with { Result = QuestionResult.Last };
            if (!int.TryParse(Text(at + used), out var top) || top <= 0 || Units.Milliseconds(Text(at + used + 1)) > 0) return used;
            question = question with { Top = top };
            return used + 1;
        }

        private int Compare(int at)
        {
            var used = 1;
            while (Is(at + used, "to", "with", "the", "against")) used++;
            var before = Is(at + used, "previous", "before", "yesterday", "last", "prior", "earlier", "day", "hour", "week", "period", "same") || times.At(at + used) is not null;
            if (!before)
            {
                // "compare errors today with yesterday": what it is held against comes later.
                comparing |= Is(at, "compare", "compared");
                return Is(at, "compare", "compared") ? 1 : 0;
            }
            question = question with { AgainstBefore = true };
            while (Is(at + used, "previous", "before", "yesterday", "last", "prior", "earlier", "day", "hour", "week", "period", "same", "the", "time", "that", "one", "month")) used++;
            return used;
        }

        private (TimeSpan Length, int Words)? Every(int at)
        {
            if (Units.TrySpan(Text(at), out var joined)) return (joined, 1);
            if (TimeWords.TryNumber(Text(at), out var number) && number > 0 && Units.Milliseconds(Text(at + 1)) is > 0 and var factor && number * factor <= Units.MillisecondsMax) return (TimeSpan.FromMilliseconds(number * factor), 2);
            return Text(at).Length > 1 && Units.Milliseconds(Text(at)) is >= 1000 and var one ? (TimeSpan.FromMilliseconds(one), 1) : null;
        }

        private string Key(int at) => Text(at) switch
        {
            "service" or "services" or "component" or "components" or "logger" or "loggers" or "app" or "apps" or "application" or "applications" => "service",
            "level" or "levels" or "severity" or "severities" => "level",
            "pattern" or "patterns" or "template" or "templates" or "kind" or "kinds" or "type" or "types" or "message" or "messages" or "error" or "errors" or "exception" or "exceptions" or "warning" or "warnings" => "pattern",
            "status" or "statuses" => "status",
            "host" or "hosts" or "node" or "nodes" or "server" or "servers" or "machine" or "machines" or "pod" or "pods" => "host",
            "ip" or "ips" or "address" or "addresses" or "client" or "clients" => "address",
            "user" or "users" when owner.keys.Contains("user") || owner.keys.Count == 0 => "user",
            var other => owner.keys.Contains(other) ? other : other.EndsWith('s') && owner.keys.Contains(other[..^1]) ? other[..^1] : "",
        };

        private int Level(int at)
        {
            var word = Text(at);
            Severity? level = word switch
            {
                "error" or "errors" or "err" => Severity.Error,
                "warning" or "warnings" or "warn" or "warns" => Severity.Warning,
                "critical" or "criticals" or "fatal" or "fatals" => Severity.Fatal,
                "info" or "informational" => Severity.Info,
                "debug" => Severity.Debug,
                "trace" when Is(at + 1, "level", "logs", "messages", "lines") => Severity.Trace,
                _ => null,
            };
            if (level is not { } found) return 0;
            var used = 1;
            while (Is(at + used, "level", "logs", "messages", "lines", "severity", "entries", "events") || (found == Severity.Fatal && Is(at + used, "error", "errors"))) used++;
            var above = Is(at + used, "or", "and") && Is(at + used + 1, "above", "worse", "higher", "up");
            if (above) used += 2;
            if (not)
            {
                not = false;
                question = question with { LevelMax = found - 1 };
                return used;
            }
            if (question.LevelMin == Severity.None)
                question = question with { LevelMin = found, LevelMax = above || found >= Severity.Error ? Severity.Fatal : found };
            else
                // "warnings and errors": from the one to the other.
                question = question with { LevelMin = found < question.LevelMin ? found : question.LevelMin, LevelMax = found >= Severity.Error || question.LevelMax == Severity.Fatal ? Severity.Fatal : found > question.LevelMax ? found : question.LevelMax };
            return used;
        }

        private int Service(int at)
        {
            for (var count = 3; count >= 1; count--)
            {
                if (Join(at, count) is not { } name || !owner.services.TryGetValue(name, out var service)) continue;
                // A name that is also a concept, as in "payment errors": the service when it is called one, or exists by that very name.
                if (not)
                {
                    not = false;
                    said.Add(new WordCondition([Lower(service)], Not: true));
                }
                else if (!from.Contains(service)) from.Add(service);
                return count + (Is(at + count, "service", "services", "pod", "pods", "app", "application", "container", "component", "server") ? 1 : 0);
            }
            if (Is(at, "service", "component", "logger") && Text(at + 1) is { Length: > 0 } unknown && !Fillers.Contains(unknown) && !Is(at + 1, "=") && Concepts.Said(unknown) is null)
            {
                from.Add(unknown);
                return 2;
            }
            if (Text(at + 1) == "service" && Text(at) is { Length: > 1 } before && !Fillers.Contains(before))
            {
                from.Add(before);
                return 2;
            }
            return 0;
        }

        // "on host web-3", "from 10.0.0.7": by the word before it, or by being known. A service of the same name is meant by the bare name,
        // and an address may as well be one that lines speak of.
        private int Host(int at)
        {
            var named = HostWords.Contains(Text(at)) && !Is(at - 1, "by", "per", "each", "every", "which", "what", "top") ? 1 : 0;
            var word = Text(at + named);
            var known = owner.hosts.TryGetValue(word, out var host);
            if (!known && (named == 0 || !LooksLikeHost(word))) return 0;
            if (named == 0 && (owner.services.ContainsKey(word) || IsAddress(word) && !Is(at - 1, "from", "on", "of", "at"))) return 0;
            if (not)
            {
                not = false;
                said.Add(new WordCondition([word], Not: true));
            }
            else if (!hosts.Contains(host ?? word)) hosts.Add(host ?? word);
            return named + 1;
        }

        private static bool IsAddress(string word) => char.IsAsciiDigit(word[0]) && word.All(sign => char.IsAsciiHexDigit(sign) || sign is '.' or ':');

        internal static bool LooksLikeHost(string word) =>
            word.Length > 2 && word.Any(char.IsLetterOrDigit) && word.IndexOfAny(['-', '.']) > 0 && word.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '.' or '_' or ':')
            || word.Length > 1 && char.IsLetter(word[0]) && char.IsDigit(word[^1]) && word.All(letter => char.IsLetterOrDigit(letter) || letter == '_');

        private int Concept(int at)
        {
            for (var count = Concepts.WordsMax; count >= 1; count--)
                if (Join(at, count) is { } name && Concepts.Said(name) is { } words) return Say(words, count);
            return 0;
        }

        private int Word(int at)
        {
            var word = Text(at);
            if (Fillers.Contains(word) || word.Length < 2) return 1;
            if (word.All(char.IsLetter) && word.Length > 4 && word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i')) word = word[..^1];
            if (!word.Any(char.IsLetterOrDigit)) { ignored.Add(word); return 1; }
            unknown.Add(word);
            return Say([word], 1);
        }

        private int Say(IReadOnlyList<string> any, int used)
        {
            var condition = new WordCondition(any, not);
            not = false;
            if (!said.Contains(condition)) said.Add(condition);
            return used;
        }

        // What a spike is made of shows against the time before it.
        private LogQuestion Spike(LogQuestion result)
        {
            if (result is { Since: { } since, Until: { } until } && until - since == TimeSpan.FromMinutes(10)) result = result with { Since = since.AddMinutes(-10), Until = until.AddMinutes(10) };
            else if (result.Since is null) result = result with { Since = now.AddHours(-1) };
            return result with { Result = QuestionResult.Groups, By = result.By.Length > 0 ? result.By : "pattern", AgainstBefore = true };
        }

        private string? Join(int at, int count)
        {
            if (at + count > words.Count) return null;
            for (var index = at; index < at + count; index++) if (words[index].Quoted) return null;
            return count == 1 ? Text(at) : string.Join(' ', Enumerable.Range(at, count).Select(Text));
        }

        private bool Is(int at, params ReadOnlySpan<string> any)
        {
            var text = Text(at);
            foreach (var word in any) if (text == word) return true;
            return false;
        }

        private string Text(int at) => at >= 0 && at < words.Count && !words[at].Quoted ? words[at].Text : "";
    }
}
