using System.Globalization;
using System.Text.Json.Nodes;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>
/// Bodies of <c>_search</c> for a question, made from its data alone: filters, ranges and aggregations, never a script and never a
/// query string, so that no word of a question is read as anything but a value.
/// </summary>
internal sealed class SearchRequest(SearchFields fields, LogQuestion question)
{
    private const int GroupsCompared = 1_000;
    private const int CourseIntervals = 60;
    private const int IntervalsMax = 5_000;
    private const string DateForm = "strict_date_optional_time";

    /// <summary>Counts: the total, the first and the last time, groups, and the course where it is wanted.</summary>
    internal JsonObject Counts(SearchedSpan span, bool withCourse)
    {
        var body = Body(span, 0);
        body["track_total_hits"] = true;
        var aggregations = new JsonObject { ["first"] = new JsonObject { ["min"] = OfField(fields.Time) }, ["last"] = new JsonObject { ["max"] = OfField(fields.Time) } };
        if (SearchedAnswer.GroupsByField(question))
        {
            var field = fields.Group(question.By);
            var terms = OfField(field);
            terms["size"] = question.AgainstBefore ? GroupsCompared : question.GroupsWanted;
            aggregations["groups"] = Nested(field, "in", new JsonObject { ["terms"] = terms });
        }
        if (withCourse && Course() is { } course) aggregations["course"] = course;
        body["aggregations"] = aggregations;
        return body;
    }

    /// <summary>Documents themselves, by their time.</summary>
    internal JsonObject Documents(SearchedSpan span, int size, bool oldestFirst)
    {
        var body = Body(span, size);
        body["track_total_hits"] = false;
        body["sort"] = new JsonArray(new JsonObject { [fields.Time.Name] = new JsonObject { ["order"] = oldestFirst ? "asc" : "desc", ["unmapped_type"] = fields.Time.IsTime ? "date" : "long" } });
        body["_source"] = fields.Message is { } message ? new JsonObject { ["includes"] = new JsonArray(message.Name) } : JsonValue.Create(true);
        body["fields"] = new JsonArray(fields.Time.IsTime ? new JsonObject { ["field"] = fields.Time.Name, ["format"] = "strict_date_optional_time_nanos" } : JsonValue.Create(fields.Time.Name));
        return body;
    }

    private JsonObject Body(SearchedSpan span, int size)
    {
        var (must, mustNot) = (new JsonArray(), new JsonArray());
        if (span.Since is not null || span.Until is not null) must.Add(Time(span));
        if (LevelNames.Asks(question)) must.Add(Level());
        if (question.Services.Count > 0) must.Add(OneOf(fields.Service, question.Services));
        if (question.Hosts.Count > 0) must.Add(OneOf(fields.Host, question.Hosts));
        foreach (var words in question.Words) (words.Not ? mustNot : must).Add(Any(words.Any.Select(Word)));
        foreach (var number in question.Numbers) must.Add(Number(number));
        var all = new JsonObject { ["filter"] = must };
        if (mustNot.Count > 0) all["must_not"] = mustNot;
        return new JsonObject { ["size"] = size, ["query"] = new JsonObject { ["bool"] = all }, ["timeout"] = "30s" };
    }

    private JsonObject Time(SearchedSpan span)
    {
        var range = new JsonObject();
        if (span.Since is { } from) range["gte"] = At(from);
        if (span.Until is { } to) range["lt"] = At(to);
        if (fields.Time.IsTime) range["format"] = DateForm;
        return Within(fields.Time, new JsonObject { ["range"] = new JsonObject { [fields.Time.Name] = range } });
    }

    private JsonNode At(DateTimeOffset time) => fields.Time.IsTime ? SearchedLines.Iso(time) : time.ToUnixTimeMilliseconds();

    private JsonObject Level()
    {
        var field = fields.Exact(fields.Level);
        if (field.IsNumber)
        {
            var (least, greatest) = LevelNames.Numbers(question, syslog: field.Name.Contains("syslog", StringComparison.OrdinalIgnoreCase) || field.Name is "severity" or "level");
            return Within(field, new JsonObject { ["range"] = new JsonObject { [field.Name] = new JsonObject { ["gte"] = least, ["lte"] = greatest } } });
        }
        // A keyword is compared to the letter; a text was put into lower case when it was indexed.
        var names = LevelNames.Of(question);
        return Terms(field, field.IsText ? names : names.SelectMany(name => (string[])[name, name.ToUpperInvariant(), char.ToUpperInvariant(name[0]) + name[1..]]));
    }

    private JsonObject OneOf(SearchField named, IReadOnlyList<string> names)
    {
        var field = fields.Exact(named);
        return field.IsText ? Any(names.Select(name => Within(field, Phrase(field, name, prefix: false)))) : Terms(field, names);
    }

    private JsonObject Word(string word)
    {
        if (fields.Message is not { } message)
            return new JsonObject { ["multi_match"] = new JsonObject { ["query"] = word, ["type"] = SearchedLines.MayBePart(word) ? "phrase_prefix" : "phrase", ["fields"] = new JsonArray([.. fields.Texts.Select(name => JsonValue.Create(name))]), ["lenient"] = true } };
        if (message.IsText) return Within(message, Phrase(message, word, SearchedLines.MayBePart(word)));
        var anything = "*" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal) + "*";
        return Within(message, new JsonObject { ["wildcard"] = new JsonObject { [message.Name] = new JsonObject { ["value"] = anything, ["case_insensitive"] = true } } });
    }

    private JsonObject Number(NumberCondition number)
    {
        var field = fields.Number(number.Field);
        var value = number.Field == NumberCondition.Duration ? number.Value * PerMillisecond(field.Name) : number.Value;
        // HTTP codes have three figures, so that they compare as words too.
        JsonNode compared = field.IsNumber ? value : value.ToString("0", CultureInfo.InvariantCulture);
        if (number.Test == NumberTest.Is) return Within(field, new JsonObject { ["term"] = new JsonObject { [field.Name] = new JsonObject { ["value"] = compared } } });
        var sign = number.Test switch { NumberTest.Above => "gt", NumberTest.AtLeast => "gte", NumberTest.Below => "lt", _ => "lte" };
        return Within(field, new JsonObject { ["range"] = new JsonObject { [field.Name] = new JsonObject { [sign] = compared } } });
    }

    // The Elastic Common Schema counts nanoseconds, nginx seconds; others say it at the end of the name, or mean milliseconds.
    private static double PerMillisecond(string name) => name switch
    {
        "event.duration" => 1e6,
        "request_time" => 1e-3,
        _ when name.EndsWith("_ns", StringComparison.Ordinal) => 1e6,
        _ when name.EndsWith("_us", StringComparison.Ordinal) || name.EndsWith("_micros", StringComparison.Ordinal) => 1e3,
        _ when name.EndsWith("_s", StringComparison.Ordinal) || name.EndsWith("_seconds", StringComparison.Ordinal) => 1e-3,
        _ => 1,
    };

    private JsonObject? Course()
    {
        if (!fields.Time.IsTime) return null;
        if (question.Every == TimeSpan.Zero) return new JsonObject { ["auto_date_histogram"] = new JsonObject { ["field"] = fields.Time.Name, ["buckets"] = CourseIntervals } };
        var every = question.Every;
        if (question is { Since: { } since, Until: { } until }) while ((until - since) / every > IntervalsMax) every *= 10;
        return new JsonObject { ["date_histogram"] = new JsonObject { ["field"] = fields.Time.Name, ["fixed_interval"] = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)every.TotalMilliseconds)}ms"), ["min_doc_count"] = 1 } };
    }

    private static JsonObject Phrase(SearchField field, string text, bool prefix) => new() { [prefix ? "match_phrase_prefix" : "match_phrase"] = new JsonObject { [field.Name] = new JsonObject { ["query"] = text } } };

    private static JsonObject Terms(SearchField field, IEnumerable<string> values) => Within(field, new JsonObject { ["terms"] = new JsonObject { [field.Name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) } });

    private static JsonObject Any(IEnumerable<JsonObject> queries)
    {
        var all = queries.ToArray();
        return all.Length == 1 ? all[0] : new JsonObject { ["bool"] = new JsonObject { ["should"] = new JsonArray(all), ["minimum_should_match"] = 1 } };
    }

    private static JsonObject Within(SearchField field, JsonObject query) => field.Nested is null ? query : new JsonObject { ["nested"] = new JsonObject { ["path"] = field.Nested, ["query"] = query } };

    private static JsonObject Nested(SearchField field, string name, JsonObject aggregation) =>
        field.Nested is null ? aggregation : new JsonObject { ["nested"] = new JsonObject { ["path"] = field.Nested }, ["aggregations"] = new JsonObject { [name] = aggregation } };

    private static JsonObject OfField(SearchField field) => new() { ["field"] = field.Name };
}
