using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prunella.Integrations.Tests.Elasticsearch;

/// <summary>
/// Runs the part of the query language that questions are written in over documents in memory, as its documentation says it works.
/// Anything else is refused, as an unknown word of the language is by the server.
/// </summary>
internal sealed class DocumentSearch(IReadOnlyList<JsonObject> documents, IReadOnlyDictionary<string, string> types)
{
    internal JsonObject Run(JsonObject body)
    {
        foreach (var part in body) if (part.Key is not ("size" or "query" or "timeout" or "track_total_hits" or "aggregations" or "sort" or "_source" or "fields" or "search_after" or "pit")) throw new FormatException($"unknown key {part.Key}");
        var found = documents.Where(document => Matches(body["query"]!.AsObject(), document)).ToList();
        var answer = new JsonObject { ["took"] = 1, ["timed_out"] = false, ["_shards"] = new JsonObject { ["total"] = 1, ["successful"] = 1, ["skipped"] = 0, ["failed"] = 0 } };
        var hits = new JsonObject { ["max_score"] = null };
        if (body["track_total_hits"]?.GetValue<bool>() == true) hits["total"] = new JsonObject { ["value"] = found.Count, ["relation"] = "eq" };
        hits["hits"] = new JsonArray([.. Hits(body, found)]);
        answer["hits"] = hits;
        if (body["aggregations"] is JsonObject aggregations) answer["aggregations"] = Aggregate(aggregations, found);
        return answer;
    }

    private IEnumerable<JsonNode> Hits(JsonObject body, List<JsonObject> found)
    {
        if (body["sort"] is not JsonArray sort) return [];
        var (field, order) = sort[0]!.AsObject().Select(by => (by.Key, by.Value!["order"]!.GetValue<string>())).Single();
        var indexed = found.Select(document => (Document: document, At: Number(Values(document, field).First()!), Tie: (long)documents.ToList().IndexOf(document)));
        var sorted = (order == "asc" ? indexed.OrderBy(hit => hit.At).ThenBy(hit => hit.Tie) : indexed.OrderByDescending(hit => hit.At).ThenByDescending(hit => hit.Tie)).ToList();
        if (body["search_after"] is JsonArray after) sorted = [.. sorted.SkipWhile(hit => hit.Tie != after[1]!.GetValue<long>()).Skip(1)];
        return sorted.Take(body["size"]!.GetValue<int>()).Select(hit => (JsonNode)new JsonObject
        {
            ["_index"] = "logs", ["_id"] = hit.Tie.ToString(CultureInfo.InvariantCulture), ["_source"] = hit.Document.DeepClone(), ["sort"] = new JsonArray(hit.At, hit.Tie),
            ["fields"] = new JsonObject { [field] = new JsonArray(Values(hit.Document, field).First()!.DeepClone()) },
        });
    }

    private bool Matches(JsonObject query, JsonObject document)
    {
        var (kind, body) = query.Select(part => (part.Key, part.Value!.AsObject())).Single();
        switch (kind)
        {
            case "bool":
                foreach (var part in body) if (part.Key is not ("filter" or "must_not" or "should" or "minimum_should_match")) throw new FormatException($"unknown key {part.Key}");
                bool All(string name, Func<JsonObject, bool> holds) => body[name] is not JsonArray queries || queries.All(each => holds(each!.AsObject()));
                return All("filter", each => Matches(each, document)) && All("must_not", each => !Matches(each, document)) && (body["should"] is not JsonArray should || should.Any(each => Matches(each!.AsObject(), document)));
            case "nested":
                var path = body["path"]!.GetValue<string>();
                return Nested(document, path).Any(part => Matches(body["query"]!.AsObject(), new JsonObject { [path] = part.DeepClone() }));
            case "multi_match":
                return body["fields"]!.AsArray().Any(name => Phrase(document, name!.GetValue<string>(), body["query"]!.GetValue<string>(), body["type"]!.GetValue<string>() == "phrase_prefix"));
        }
        var (field, condition) = body.Select(part => (part.Key, part.Value!)).Single();
        return kind switch
        {
            "range" => Values(document, field).Any(value => InRange(value!, condition.AsObject())),
            "term" => Values(document, field).Any(value => Same(field, value!, condition["value"]!)),
            "terms" => Values(document, field).Any(value => condition.AsArray().Any(one => Same(field, value!, one!))),
            "match_phrase" => Phrase(document, field, condition["query"]!.GetValue<string>(), prefix: false),
            "match_phrase_prefix" => Phrase(document, field, condition["query"]!.GetValue<string>(), prefix: true),
            "wildcard" => Values(document, field).Any(value => Regex.IsMatch(value!.ToString(), Wildcard(condition["value"]!.GetValue<string>()), RegexOptions.IgnoreCase | RegexOptions.Singleline)),
            _ => throw new FormatException($"unknown query {kind}"),
        };
    }

    private JsonObject Aggregate(JsonObject aggregations, List<JsonObject> found)
    {
        var answer = new JsonObject();
        foreach (var (name, aggregation) in aggregations)
        {
            var (kind, body) = aggregation!.AsObject().Where(part => part.Key != "aggregations").Select(part => (part.Key, part.Value!.AsObject())).Single();
            var field = body["field"]?.GetValue<string>() ?? "";
            if (kind == "nested")
            {
                var path = body["path"]!.GetValue<string>();
                answer[name] = Aggregate(aggregation!["aggregations"]!.AsObject(), [.. found.SelectMany(document => Nested(document, path).Select(part => new JsonObject { [path] = part.DeepClone() }))]);
                continue;
            }
            if (types.GetValueOrDefault(field) == "text") throw new FormatException($"Text fields are not optimised for aggregations: {field}");
            var values = found.SelectMany(document => Values(document, field)).ToList();
            answer[name] = kind switch
            {
                "min" => new JsonObject { ["value"] = values.Count == 0 ? null : JsonValue.Create(values.Min(value => Number(value!))) },
                "max" => new JsonObject { ["value"] = values.Count == 0 ? null : JsonValue.Create(values.Max(value => Number(value!))) },
                "terms" => Buckets(values.GroupBy(value => value!.ToString(), StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(body["size"]!.GetValue<int>()).Select(group => ((JsonNode)group.Key, (long)group.Count()))),
                "date_histogram" => Histogram(values, double.Parse(body["fixed_interval"]!.GetValue<string>().Replace("ms", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)),
                "auto_date_histogram" => Automatic(values),
                _ => throw new FormatException($"unknown aggregation {kind}"),
            };
        }
        return answer;
    }

    private static JsonObject Automatic(List<JsonNode?> values)
    {
        var answer = Histogram(values, 3_600_000);
        answer["interval"] = "1h";
        return answer;
    }

    private static JsonObject Histogram(List<JsonNode?> times, double interval) =>
        Buckets(times.GroupBy(time => Math.Floor(Number(time!) / interval) * interval).OrderBy(group => group.Key).Select(group => ((JsonNode)group.Key, (long)group.Count())));

    private static JsonObject Buckets(IEnumerable<(JsonNode Key, long Count)> groups) => new() { ["buckets"] = new JsonArray([.. groups.Select(group => new JsonObject { ["key"] = group.Key, ["doc_count"] = group.Count })]) };

    private static bool InRange(JsonNode value, JsonObject range)
    {
        foreach (var (sign, bound) in range)
        {
            if (sign == "format") continue;
            // Words compare as words, times and numbers as numbers.
            var compared = bound!.GetValueKind() == System.Text.Json.JsonValueKind.String && !IsTime(bound.ToString()) ? string.CompareOrdinal(value.ToString(), bound.ToString()) : Number(value).CompareTo(Number(bound));
            if (!(sign switch { "gte" => compared >= 0, "gt" => compared > 0, "lt" => compared < 0, "lte" => compared <= 0, _ => throw new FormatException($"unknown key {sign}") })) return false;
        }
        return true;
    }

    private bool Same(string field, JsonNode value, JsonNode wanted) =>
        types.GetValueOrDefault(field) == "text" ? Tokens(value.ToString()).Contains(wanted.ToString(), StringComparer.Ordinal)
        : value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? Number(value) == Number(wanted) : value.ToString() == wanted.ToString();

    private static bool Phrase(JsonObject document, string field, string text, bool prefix)
    {
        var wanted = Tokens(text).ToArray();
        foreach (var value in Values(document, field))
        {
            var tokens = Tokens(value!.ToString()).ToArray();
            for (var at = 0; wanted.Length > 0 && at + wanted.Length <= tokens.Length; at++)
            {
                var last = tokens[at + wanted.Length - 1];
                if (tokens.AsSpan(at, wanted.Length - 1).SequenceEqual(wanted.AsSpan(0, wanted.Length - 1)) && (prefix ? last.StartsWith(wanted[^1], StringComparison.Ordinal) : last == wanted[^1])) return true;
            }
        }
        return false;
    }

    private static IEnumerable<string> Tokens(string text) => Regex.Matches(text.ToLowerInvariant(), @"[\p{L}\p{Nd}_]+").Select(match => match.Value);

    private static string Wildcard(string pattern) => "^" + Regex.Replace(pattern, @"\\(.)|[*?]|[^\\*?]+", match => match.Value switch { "*" => ".*", "?" => ".", _ when match.Groups[1].Success => Regex.Escape(match.Groups[1].Value), _ => Regex.Escape(match.Value) }) + "$";

    // A multi-field has the value of the field that it is part of.
    private static IEnumerable<JsonNode?> Values(JsonObject document, string path)
    {
        if (path.EndsWith(".keyword", StringComparison.Ordinal)) path = path[..^8];
        IEnumerable<JsonNode?> Of(JsonNode? node, string rest)
        {
            if (node is JsonArray many) return many.SelectMany(each => Of(each, rest));
            if (rest.Length == 0) return node is null ? [] : [node];
            if (node is not JsonObject holder) return [];
            if (holder[rest] is { } whole) return Of(whole, "");
            return Enumerable.Range(1, rest.Length).Where(dot => dot < rest.Length && rest[dot] == '.').SelectMany(dot => Of(holder[rest[..dot]], rest[(dot + 1)..]));
        }
        return Of(document, path);
    }

    private static IEnumerable<JsonNode> Nested(JsonObject document, string path) => document[path] switch { JsonArray many => many.Select(each => each!), { } one => [one], _ => [] };

    private static bool IsTime(string text) => text.Length > 10 && text[4] == '-' && text[7] == '-';

    private static double Number(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String && IsTime(value.ToString())
        ? (DateTimeOffset.Parse(value.ToString(), CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).TotalMilliseconds : double.Parse(value.ToString(), CultureInfo.InvariantCulture);
}
