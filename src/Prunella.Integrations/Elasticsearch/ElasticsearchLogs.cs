using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prunella.Integrations.Http;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>
/// Answers questions from an Elasticsearch or OpenSearch: its own fields are asked for first, counts and groups are its aggregations,
/// patterns are made from the newest lines. Reads only.
/// </summary>
public sealed class ElasticsearchLogs : ILogSearch, IDisposable
{
    private const int AnswerBytesMax = 256 << 20;
    private const int PageDocuments = 1_000;
    private readonly ElasticsearchLogOptions options;
    private readonly HttpLane lane;
    private SearchFields? fields;

    /// <summary>Asks nothing yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public ElasticsearchLogs(ElasticsearchLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems("elasticsearch"));
        this.options = options;
        lane = new HttpLane(options.Timeout, AnswerBytesMax, options.AuthorityFile);
    }

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    /// <inheritdoc/>
    public async Task<QuestionAnswer> AskAsync(LogQuestion question, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var request = new SearchRequest(await FieldsAsync(cancellation).ConfigureAwait(false), question);
        var compared = question is { AgainstBefore: true, Since: not null };
        var (before, since) = SearchedLines.Before(question, now);
        var counts = new SearchCounts(await SearchAsync(request.Counts(question.Since, question.Until), cancellation).ConfigureAwait(false), question.By);
        var countsBefore = compared ? new SearchCounts(await SearchAsync(request.Counts(before, since), cancellation).ConfigureAwait(false), question.By) : null;
        var answer = new QuestionAnswer
        {
            Query = question.ToString(), LinesRead = counts.Total, Total = counts.Total, TotalBefore = countsBefore?.Total, FirstAt = counts.First, LastAt = counts.Last, Course = counts.Course, Every = counts.Every, Summary = "",
            Groups = question.Result == QuestionResult.Groups && question.By != "pattern" ? SearchedLines.Ranked(counts.Groups, countsBefore?.Groups, counts.Total, SearchedLines.GroupsShown(question)) : [],
        };
        if (counts.Total > 0 && SearchedLines.WantsPatterns(question))
        {
            var lines = await LinesAsync(request, question.Since, question.Until, SearchedLines.PatternLinesMax, oldestFirst: false, cancellation).ConfigureAwait(false);
            var linesBefore = compared ? await LinesAsync(request, before, since, SearchedLines.PatternLinesMax, oldestFirst: false, cancellation).ConfigureAwait(false) : null;
            var patterns = SearchedLines.Patterns(lines, linesBefore, question.By == "pattern" ? SearchedLines.GroupsShown(question) : 5);
            answer = answer with { Patterns = patterns, Groups = question.By == "pattern" ? patterns : answer.Groups, PatternsFrom = lines.Count < counts.Total ? lines.Count : null };
        }
        if (counts.Total > 0 && SearchedLines.Shown(question) is > 0 and var shown)
        {
            var oldestFirst = question.Result == QuestionResult.First;
            var lines = await LinesAsync(request, question.Since, question.Until, shown, oldestFirst, cancellation).ConfigureAwait(false);
            answer = answer with { Lines = SearchedLines.Show(oldestFirst ? lines : lines.Reverse()) };
        }
        return answer.InWords(question);
    }

    /// <summary>The most frequent services; none where the index has no field for them.</summary>
    /// <exception cref="LogSearchException">It cannot be asked, or refuses.</exception>
    public async Task<IReadOnlyCollection<string>> ServicesAsync(CancellationToken cancellation)
    {
        const int ServicesMax = 500;
        var known = await FieldsAsync(cancellation).ConfigureAwait(false);
        if (!known.HasServices) return [];
        var question = new LogQuestion { Result = QuestionResult.Groups, By = "service", Top = ServicesMax };
        return [.. new SearchCounts(await SearchAsync(new SearchRequest(known, question).Counts(null, null), cancellation).ConfigureAwait(false), question.By).Groups.Keys];
    }

    private async Task<SearchFields> FieldsAsync(CancellationToken cancellation) =>
        fields ??= new SearchFields(await RequestAsync(HttpMethod.Get, $"{options.Index}/_field_caps?fields=*&ignore_unavailable=true", null, cancellation).ConfigureAwait(false), options.Index);

    // One page is one search; more are read from a point in time, each from where the one before ended.
    private async Task<IReadOnlyList<SearchedLine>> LinesAsync(SearchRequest request, DateTimeOffset? since, DateTimeOffset? until, int count, bool oldestFirst, CancellationToken cancellation)
    {
        var lines = new List<SearchedLine>();
        if (count <= PageDocuments)
        {
            Read(await SearchAsync(request.Documents(since, until, count, oldestFirst), cancellation).ConfigureAwait(false), lines);
            return lines;
        }
        await using var point = await PointInTime.OpenAsync(this, cancellation).ConfigureAwait(false);
        JsonNode? after = null;
        while (lines.Count < count)
        {
            var body = request.Documents(since, until, Math.Min(PageDocuments, count - lines.Count), oldestFirst);
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
        var root = options.Url!.AbsoluteUri;
        using var request = new HttpRequestMessage(method, new Uri((root.EndsWith('/') ? root : root + "/") + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.ApiKey.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", options.ApiKey);
        try
        {
            options.Credentials.Apply(request);
        }
        catch (IOException failure)
        {
            throw new LogSearchException($"The token file cannot be read: {failure.Message}");
        }
        var answer = await lane.SendAsync(request, cancellation).ConfigureAwait(false);
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
}
