using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>
/// Answers questions from an Elasticsearch or OpenSearch: its own fields are asked for first, counts and groups are its aggregations,
/// patterns are made from the newest lines. Reads only.
/// </summary>
public sealed class ElasticsearchLogs : ILogSearch
{
    private const int AnswerBytesMax = 256 << 20;
    private const int PageDocuments = 1_000;
    private readonly ElasticsearchLogOptions options;
    private readonly ElasticsearchConnection connection;
    private SearchFields? fields;

    /// <summary>Asks nothing yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public ElasticsearchLogs(ElasticsearchLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems("elasticsearch"));
        this.options = options;
        connection = new ElasticsearchConnection(options, AnswerBytesMax);
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    /// <inheritdoc/>
    public async Task<QuestionAnswer> AskAsync(LogQuestion question, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        return await AnswerShape.ReadAsync(options.Url, async () =>
        {
            var known = await FieldsAsync(cancellation).ConfigureAwait(false);
            return await SearchedAnswer.AskAsync(new Searched(this, new SearchRequest(known, question), question.By), question, now, cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<string>> ServicesAsync(CancellationToken cancellation) => NamesAsync("service", known => known.HasServices, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<string>> HostsAsync(CancellationToken cancellation) => NamesAsync("host", known => known.HasHosts, cancellation);

    private Task<IReadOnlyCollection<string>> NamesAsync(string by, Func<SearchFields, bool> has, CancellationToken cancellation) => AnswerShape.ReadAsync<IReadOnlyCollection<string>>(options.Url, async () =>
    {
        const int NamesMax = 500;
        var known = await FieldsAsync(cancellation).ConfigureAwait(false);
        if (!has(known)) return [];
        var question = new LogQuestion { Result = QuestionResult.Groups, By = by, Top = NamesMax };
        return [.. (await new Searched(this, new SearchRequest(known, question), question.By).CountAsync(default, withCourse: false, cancellation).ConfigureAwait(false)).Groups.Keys];
    });

    private async Task<SearchFields> FieldsAsync(CancellationToken cancellation) =>
        fields ??= new SearchFields(await RequestAsync(HttpMethod.Get, $"{options.Index}/_field_caps?fields=*&ignore_unavailable=true", null, cancellation).ConfigureAwait(false), options.Index);

    // One page is one search; more are read from a point in time, each from where the one before ended.
    private async Task<IReadOnlyList<SearchedLine>> LinesAsync(SearchRequest request, SearchedSpan span, int count, bool oldestFirst, CancellationToken cancellation)
    {
        var lines = new List<SearchedLine>();
        if (count <= PageDocuments)
        {
            Read(await SearchAsync(request.Documents(span, count, oldestFirst), cancellation).ConfigureAwait(false), lines);
            return lines;
        }
        await using var point = await PointInTime.OpenAsync(this, cancellation).ConfigureAwait(false);
        JsonNode? after = null;
        while (lines.Count < count)
        {
            var body = request.Documents(span, Math.Min(PageDocuments, count - lines.Count), oldestFirst);
            if (after is not null) body["search_after"] = after.DeepClone();
            point.Apply(body);
            var answer = await RequestAsync(HttpMethod.Post, "_search", body, cancellation).ConfigureAwait(false);
            Refuse(answer);
            after = Read(answer, lines);
            if (after is null) break;
        }
        return lines;
    }

    private JsonNode? Read(JsonElement answer, List<SearchedLine> lines)
    {
        JsonNode? last = null;
        foreach (var hit in Property(Property(answer, "hits"), "hits").EnumerateArray())
        {
            var source = hit.TryGetProperty("_source", out var held) ? held : default;
            var text = fields!.Message is { } message && source.ValueKind == JsonValueKind.Object ? Held(source, message.Name) : null;
            lines.Add(new SearchedLine(Time(hit), text ?? (source.ValueKind == JsonValueKind.Undefined ? "" : source.GetRawText())));
            last = hit.TryGetProperty("sort", out var sort) ? JsonNode.Parse(sort.GetRawText()) : null;
        }
        return last;
    }

    // A path is either nested objects or a name with dots, as whoever sent the document wrote it.
    private static string? Held(JsonElement source, string path)
    {
        if (source.TryGetProperty(path, out var whole)) return whole.ValueKind == JsonValueKind.String ? whole.GetString() : whole.GetRawText();
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
            if (source.TryGetProperty(path[..dot], out var part) && part.ValueKind == JsonValueKind.Object && Held(part, path[(dot + 1)..]) is { } found) return found;
        return null;
    }

    private DateTimeOffset? Time(JsonElement hit)
    {
        if (!hit.TryGetProperty("fields", out var values) || !values.TryGetProperty(fields!.Time.Name, out var times) || times.ValueKind != JsonValueKind.Array || times.GetArrayLength() == 0) return null;
        var time = times[0];
        if (time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var epoch)) return SearchCounts.Epoch(epoch);
        return time.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
    }

    private async Task<JsonElement> SearchAsync(JsonObject body, CancellationToken cancellation)
    {
        var answer = await RequestAsync(HttpMethod.Post, $"{options.Index}/_search?ignore_unavailable=true", body, cancellation).ConfigureAwait(false);
        Refuse(answer);
        return answer;
    }

    // Half an answer is no answer: numbers of the shards that did not fail would be taken for all.
    private void Refuse(JsonElement answer)
    {
        if (answer.TryGetProperty("timed_out", out var late) && late.ValueKind == JsonValueKind.True) throw new LogSearchException($"The search of {options.Index} did not end within 30 s; ask for a shorter time.");
        if (answer.TryGetProperty("_shards", out var shards) && shards.TryGetProperty("failed", out var failed) && failed.TryGetInt32(out var count) && count > 0)
            throw new LogSearchException($"{count} shards of {options.Index} failed: {Reason(shards)}");
    }

    internal async Task<(HttpStatusCode Status, JsonElement Answer)> TryAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        var answer = await connection.SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json", cancellation).ConfigureAwait(false);
        if (!answer.Complete) throw new LogSearchException($"{options.Url}: {answer.Failure}");
        try
        {
            return (answer.Status, JsonSerializer.Deserialize<JsonElement>(answer.Body));
        }
        catch (JsonException)
        {
            throw new LogSearchException($"{options.Url} answered {(int)answer.Status}{(answer.LooksLikeHtml ? " with a web page, which Elasticsearch never does; is the address right?" : $": {answer.Line()}")}");
        }
    }

    internal string Index => options.Index;

    internal Uri? Url => options.Url;

    private async Task<JsonElement> RequestAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        var (status, answer) = await TryAsync(method, path, body, cancellation).ConfigureAwait(false);
        return (int)status is >= 200 and < 300 ? answer : throw Refused(status, answer);
    }

    internal LogSearchException Refused(HttpStatusCode status, JsonElement answer) => new(status switch
    {
        HttpStatusCode.Unauthorized => $"{options.Url} does not know who asks (401); give an API key or a user.",
        HttpStatusCode.Forbidden => $"{options.Url} forbids it (403): {Reason(answer)}",
        HttpStatusCode.NotFound => $"{options.Url} has no index that fits {options.Index} (404).",
        _ => $"{options.Url} refused the search ({(int)status}): {Reason(answer)}",
    });

    // "error" is an object with a reason, the root cause of which says most; or a text.
    private static string Reason(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) return "no reason given";
        if (answer.TryGetProperty("failures", out var failures) && failures.ValueKind == JsonValueKind.Array && failures.GetArrayLength() > 0 && failures[0].TryGetProperty("reason", out var why)) return Said(why);
        if (!answer.TryGetProperty("error", out var error)) return "no reason given";
        return error.ValueKind == JsonValueKind.Object && error.TryGetProperty("root_cause", out var causes) && causes.ValueKind == JsonValueKind.Array && causes.GetArrayLength() > 0 ? Said(causes[0]) : Said(error);
    }

    private static string Said(JsonElement error)
    {
        var text = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("reason", out var reason) ? reason.ToString() : error.ToString();
        text = InertText.Line(text);
        return text.Length <= 300 ? text : text[..300] + "…";
    }

    private static JsonElement Property(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) ? value : throw new LogSearchException($"The answer to _search has no {name}.");

    private sealed class Searched(ElasticsearchLogs server, SearchRequest request, string by) : ISearchedLogs
    {
        public async Task<SearchedCounts> CountAsync(SearchedSpan span, bool withCourse, CancellationToken cancellation) =>
            SearchCounts.Read(await server.SearchAsync(request.Counts(span, withCourse), cancellation).ConfigureAwait(false), by);

        public Task<IReadOnlyList<SearchedLine>> LinesAsync(SearchedSpan span, int count, bool oldestFirst, CancellationToken cancellation) => server.LinesAsync(request, span, count, oldestFirst, cancellation);
    }
}
