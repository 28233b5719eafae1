using System.Globalization;
using System.Text.Json;
using Prunella.Integrations.Splunk;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Splunk;

/// <summary>A Splunk with events in memory: sessions and tokens, jobs that take a while, pages of results, cancelling.</summary>
internal sealed class ScriptedSplunk : IAsyncDisposable
{
    private readonly IReadOnlyList<Dictionary<string, string>> events;
    private readonly ScriptedHttpServer server;
    private readonly Dictionary<string, List<Dictionary<string, string>>> jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> looks = new(StringComparer.Ordinal);

    internal ScriptedSplunk(IReadOnlyList<Dictionary<string, string>> events)
    {
        this.events = events;
        server = new ScriptedHttpServer(Answer);
    }

    internal Uri Url => server.Url;

    internal Func<ScriptedRequest, ScriptedReply?>? Before { get; set; }

    internal List<string> Searches { get; } = [];

    internal int JobsOpen => jobs.Count;

    internal SplunkLogs Client(string token = "tkn", string user = "", string password = "") =>
        new(new SplunkLogOptions { Url = server.Url, Index = "main,web", Token = token, User = user, Password = password, PollDelay = TimeSpan.FromMilliseconds(1), SearchTimeout = TimeSpan.FromSeconds(60) }, TimeProvider.System);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private ScriptedReply Answer(ScriptedRequest request)
    {
        if (Before?.Invoke(request) is { } scripted) return scripted;
        if (request.Path == "/services/auth/login")
            return request.Method == "POST" && request.Form.GetValueOrDefault("username") == "ann" && request.Form.GetValueOrDefault("password") == "s3cret & more" ? Ok(new { sessionKey = "192fd3e^" }) : Error(401, "Login failed");
        if (request.Headers.GetValueOrDefault("authorization") is not ("Bearer tkn" or "Splunk 192fd3e^")) return Error(401, "call not properly authenticated");
        var parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (request.Path == "/services/search/jobs" && request.Method == "POST") return Begin(request.Form);
        if (parts is not ["services", "search", "jobs", var sid, ..] || !jobs.TryGetValue(sid, out var rows)) return Error(404, "Unknown sid.");
        if (parts.Length == 4 && request.Method == "GET" && request.Query.GetValueOrDefault("output_mode") == "json")
        {
            var done = ++looks[sid] > 2;
            return Ok(new { entry = new[] { new { content = new { isDone = done, isFailed = false, dispatchState = done ? "DONE" : "RUNNING", resultCount = rows.Count } } } });
        }
        if (parts[^1] == "results" && request.Method == "GET" && looks[sid] > 2)
        {
            var (offset, count) = (int.Parse(request.Query["offset"], CultureInfo.InvariantCulture), int.Parse(request.Query["count"], CultureInfo.InvariantCulture));
            return Ok(new { preview = false, init_offset = offset, results = rows.Skip(offset).Take(count) });
        }
        if (parts[^1] == "control" && request.Method == "POST" && request.Form.GetValueOrDefault("action") == "cancel")
        {
            jobs.Remove(sid);
            return Ok(new { messages = new[] { new { type = "INFO", text = "Search job cancelled." } } });
        }
        return Error(400, "Unknown request");
    }

    private ScriptedReply Begin(IReadOnlyDictionary<string, string> form)
    {
        if (form.GetValueOrDefault("output_mode") != "json" || form.GetValueOrDefault("exec_mode") != "normal") return Error(400, "Invalid exec_mode");
        Searches.Add(form["search"]);
        var (earliest, latest) = (double.Parse(form["earliest_time"], CultureInfo.InvariantCulture), form.TryGetValue("latest_time", out var until) ? double.Parse(until, CultureInfo.InvariantCulture) : double.MaxValue);
        try
        {
            var sid = $"1772704800.{Searches.Count}";
            jobs[sid] = SearchText.Run(form["search"], events.Where(row => double.Parse(row["_time"], CultureInfo.InvariantCulture) is var at && at >= earliest && at < latest).Select(row => new Dictionary<string, string>(row, StringComparer.Ordinal)));
            looks[sid] = 0;
            return new ScriptedReply(201, JsonSerializer.Serialize(new { sid }));
        }
        catch (FormatException wrong)
        {
            return Error(400, "Error in search: " + wrong.Message);
        }
    }

    private static ScriptedReply Ok<T>(T body) => new(200, JsonSerializer.Serialize(body));

    internal static ScriptedReply Error(int status, string text) => new(status, JsonSerializer.Serialize(new { messages = new[] { new { type = "ERROR", text } } }));
}
