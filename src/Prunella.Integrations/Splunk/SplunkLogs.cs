using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Prunella.Integrations.Http;
using Prunella.Integrations.Search;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Splunk;

/// <summary>
/// Answers questions from a Splunk by search jobs: made, looked at until they are done, read page by page, and always cancelled.
/// Reads only.
/// </summary>
public sealed class SplunkLogs : ILogSearch
{
    private const int AnswerBytesMax = 256 << 20;
    private const int PageEvents = 1_000;
    private readonly SplunkLogOptions options;
    private readonly TimeProvider time;
    private readonly HttpLane lane;
    private string session = "";

    /// <summary>Asks nothing yet.</summary>
    /// <exception cref="IntegrationOptionsException">The options are wrong; all problems at once.</exception>
    public SplunkLogs(SplunkLogOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionProblems.ThrowIfAny(options.Problems("splunk"));
        (this.options, this.time) = (options, time);
        lane = new HttpLane(options.Timeout, AnswerBytesMax, options.AuthorityFile);
    }

    /// <inheritdoc/>
    public void Dispose() => lane.Dispose();

    /// <inheritdoc/>
    public Task<QuestionAnswer> AskAsync(LogQuestion question, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        return AnswerShape.ReadAsync(options.Url, () => SearchedAnswer.AskAsync(new Searched(this, question), question, now, cancellation));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<string>> ServicesAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyCollection<string>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyCollection<string>> HostsAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyCollection<string>>([]);

    private static Dictionary<string, long> Groups(List<Dictionary<string, string>> rows, string by) =>
        rows.GroupBy(row => by == "level" ? LevelNames.Display(row.GetValueOrDefault("grouped", "")) : row.GetValueOrDefault("grouped", ""), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(Count), StringComparer.Ordinal);

    private static IReadOnlyList<SearchedLine> Lines(List<Dictionary<string, string>> rows) => [.. rows.Select(row => new SearchedLine(Time(row, "_time"), row.GetValueOrDefault("_raw", "")))];

    private static long Count(Dictionary<string, string>? row) => row is not null && long.TryParse(row.GetValueOrDefault("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static DateTimeOffset? Time(Dictionary<string, string>? row, string name)
    {
        var text = row?.GetValueOrDefault(name) ?? "";
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 253_402_300_799) return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }

    private async Task<List<Dictionary<string, string>>> RunAsync(string spl, SearchedSpan span, CancellationToken cancellation)
    {
        await LogInAsync(cancellation).ConfigureAwait(false);
        var form = new Dictionary<string, string> { ["search"] = spl, ["exec_mode"] = "normal", ["output_mode"] = "json", ["max_count"] = SearchedAnswer.PatternLinesMax.ToString(CultureInfo.InvariantCulture), ["earliest_time"] = span.Since is { } from ? Epoch(from) : "0" };
        if (span.Until is { } to) form["latest_time"] = Epoch(to);
        var made = await SendAsync(HttpMethod.Post, "services/search/jobs", form, cancellation).ConfigureAwait(false);
        if (!made.TryGetProperty("sid", out var id) || id.GetString() is not { Length: > 0 } sid) throw new LogSearchException($"{options.Url} made a search and gave no sid.");
        try
        {
            await DoneAsync(sid, cancellation).ConfigureAwait(false);
            return await ResultsAsync(sid, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await CancelAsync(sid).ConfigureAwait(false);
        }
    }

    private static string Epoch(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    private async Task DoneAsync(string sid, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var job = await SendAsync(HttpMethod.Get, $"services/search/jobs/{Uri.EscapeDataString(sid)}?output_mode=json", null, cancellation).ConfigureAwait(false);
            if (!job.TryGetProperty("entry", out var entries) || entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() == 0 || !entries[0].TryGetProperty("content", out var state)) throw new LogSearchException($"{options.Url} says nothing of the search {sid}.");
            if (state.TryGetProperty("isFailed", out var failed) && IsTrue(failed)) throw new LogSearchException($"The search failed: {Messages(state)}");
            if (state.TryGetProperty("isDone", out var done) && IsTrue(done)) return;
            if (time.GetElapsedTime(began) > options.SearchTimeout) throw new LogSearchException($"The search did not end within {options.SearchTimeout.TotalSeconds:0} s and was cancelled; ask for a shorter time.");
            await Task.Delay(options.PollDelay, time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<List<Dictionary<string, string>>> ResultsAsync(string sid, CancellationToken cancellation)
    {
        var rows = new List<Dictionary<string, string>>();
        while (true)
        {
            var page = await SendAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"services/search/jobs/{Uri.EscapeDataString(sid)}/results?output_mode=json&count={PageEvents}&offset={rows.Count}"), null, cancellation).ConfigureAwait(false);
            if (page.ValueKind == JsonValueKind.Undefined) return rows;
            if (!page.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array) throw new LogSearchException($"The results of {options.Url} have no rows: {Messages(page)}");
            rows.AddRange(results.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object).Select(Row));
            if (results.GetArrayLength() < PageEvents) return rows;
        }
    }

    private static Dictionary<string, string> Row(JsonElement row) => row.EnumerateObject().GroupBy(field => field.Name, StringComparer.Ordinal).ToDictionary(field => field.Key, field => field.First().Value.ToString(), StringComparer.Ordinal);

    // Also when nobody waits any longer: a job that is left behind runs on and counts against the user's quota.
    private async Task CancelAsync(string sid)
    {
        try
        {
            await SendAsync(HttpMethod.Post, $"services/search/jobs/{Uri.EscapeDataString(sid)}/control", new Dictionary<string, string> { ["action"] = "cancel", ["output_mode"] = "json" }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogSearchException)
        {
            // It ends by itself when its time to live is over.
        }
    }

    private async Task LogInAsync(CancellationToken cancellation)
    {
        if (options.Token.Length > 0 || session.Length > 0) return;
        var answer = await SendAsync(HttpMethod.Post, "services/auth/login", new Dictionary<string, string> { ["username"] = options.User, ["password"] = options.Password, ["output_mode"] = "json" }, cancellation).ConfigureAwait(false);
        session = answer.TryGetProperty("sessionKey", out var key) && key.GetString() is { Length: > 0 } known ? known : throw new LogSearchException($"{options.Url} let {options.User} in and gave no session.");
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, Dictionary<string, string>? form, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, HttpAddress.Below(options.Url!, path));
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        if (options.Token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        else if (session.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Splunk", session);
        var answer = await lane.SendAsync(request, cancellation).ConfigureAwait(false);
        if (!answer.Complete) throw new LogSearchException($"{options.Url}: {answer.Failure}");
        // 204: a search has no results, or none yet.
        if (answer.Status == HttpStatusCode.NoContent) return default;
        JsonElement body;
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(answer.Body);
        }
        catch (JsonException)
        {
            throw new LogSearchException($"{options.Url} answered {(int)answer.Status}{(answer.LooksLikeHtml ? " with a web page; is the address that of the management port?" : $": {answer.Line()}")}");
        }
        if (answer.Success && body.ValueKind == JsonValueKind.Object) return body;
        throw new LogSearchException(answer.Status switch
        {
            HttpStatusCode.Unauthorized => $"{options.Url} does not let {(options.User.Length > 0 ? options.User : "the token")} in (401): {Messages(body)}",
            HttpStatusCode.Forbidden => $"{options.Url} forbids it (403): {Messages(body)}",
            _ => $"{options.Url} refused the search ({(int)answer.Status}): {Messages(body)}",
        });
    }

    private static bool IsTrue(JsonElement value) => value.ValueKind == JsonValueKind.True || value is { ValueKind: JsonValueKind.Number } && value.TryGetInt32(out var number) && number == 1 || value is { ValueKind: JsonValueKind.String } && value.GetString() is "1" or "true";

    private static string Messages(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0) return "no reason given";
        var text = InertText.Line(string.Join("; ", messages.EnumerateArray().Where(message => message.ValueKind == JsonValueKind.Object && message.TryGetProperty("text", out _)).Select(message => message.GetProperty("text").ToString())));
        return text.Length <= 300 ? text : text[..300] + "…";
    }

    private sealed class Searched(SplunkLogs server, LogQuestion question) : ISearchedLogs
    {
        private readonly SplunkSearch search = new(question, server.options.Index);

        public async Task<SearchedCounts> CountAsync(SearchedSpan span, bool withCourse, CancellationToken cancellation)
        {
            var totals = (await server.RunAsync(search.Totals(), span, cancellation).ConfigureAwait(false)).FirstOrDefault();
            var counts = new SearchedCounts(Count(totals)) { First = Time(totals, "first"), Last = Time(totals, "last") };
            if (counts.Total == 0) return counts;
            if (withCourse)
            {
                var rows = (await server.RunAsync(search.Course(), span, cancellation).ConfigureAwait(false)).Select(row => (At: Time(row, "_time"), Count: Count(row)));
                var course = rows.Where(row => row.At is not null).Select(row => new AnswerInterval(row.At!.Value, row.Count)).ToList();
                counts = counts with { Course = course, Every = course.Count > 1 ? course[1].At - course[0].At : TimeSpan.Zero };
            }
            return SearchedAnswer.GroupsByField(question) ? counts with { Groups = Groups(await server.RunAsync(search.Groups(), span, cancellation).ConfigureAwait(false), question.By) } : counts;
        }

        public async Task<IReadOnlyList<SearchedLine>> LinesAsync(SearchedSpan span, int count, bool oldestFirst, CancellationToken cancellation) =>
            [.. (await server.RunAsync(search.Lines(count, oldestFirst), span, cancellation).ConfigureAwait(false)).Select(row => new SearchedLine(Time(row, "_time"), row.GetValueOrDefault("_raw", "")))];
    }
}
