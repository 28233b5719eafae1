using System.Text.Json.Nodes;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.Search;
using Prunella.Integrations.Tests.Http;
using Prunella.Logs.Questions;

namespace Prunella.Integrations.Tests.Elasticsearch;

public sealed class ElasticsearchLogsTests
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> Common = new(StringComparer.Ordinal)
    {
        ["@timestamp"] = "date", ["message"] = "text", ["log"] = "object", ["log.level"] = "keyword", ["service.name"] = "keyword", ["host.name"] = "keyword", ["http.response.status_code"] = "long",
        ["event.duration"] = "long", ["http.response.body.bytes"] = "long", ["labels.tenant"] = "keyword", ["retries"] = "integer", ["_id"] = "_id",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static IReadOnlyList<JsonObject> Shop { get; } =
    [
        Document("10:10", "info", "checkout", "order 17 placed", 200, 120, "ana"),
        Document("10:20", "ERROR", "checkout", "database query timed out", 503, 2500, "ben"),
        Document("10:30", "warn", "auth", "login failed for cid", 401, 30, "cid"),
        Document("11:05", "error", "checkout", "database query timed out", 503, 3500, "ana"),
        Document("11:06", "Error", "checkout", "database query timed out", 503, 1500, "dot"),
        Document("11:10", "critical", "payment", "card refused by feedback loop (100%)", 500, 40, "ana"),
        Document("11:50", "info", "checkout", "order 18 placed", 200, 90, "ben"),
    ];

    [Theory]
    [InlineData("", 7)]
    [InlineData("level>=error", 4)]
    [InlineData("level=warning", 1)]
    [InlineData("level<=info", 2)]
    [InlineData("service=checkout", 5)]
    [InlineData("service=auth,payment", 2)]
    [InlineData("host=web-2", 2)]
    [InlineData("host=web-1,web-2 level>=error", 3)]
    [InlineData("\"timed out\"", 3)]
    [InlineData("\"db\"", 0)]
    [InlineData("\"card\"|\"login\"", 2)]
    [InlineData("\"order\" -\"17\"", 1)]
    [InlineData("\"datab\"", 3)]
    [InlineData("status>=500", 4)]
    [InlineData("status=401", 1)]
    [InlineData("duration>2s", 2)]
    [InlineData("duration<=90ms", 3)]
    [InlineData("size>=1KiB", 7)]
    [InlineData("retries=3", 0)]
    [InlineData("since=2026-03-05T11:00:00Z", 4)]
    [InlineData("since=2026-03-05T10:20:00Z until=2026-03-05T11:05:00Z", 2)]
    public async Task Conditions_BecomeFilters(string written, long lines)
    {
        await using var server = new ScriptedElasticsearch(Shop, Common);
        (await AskAsync(server, written)).Total.ShouldBe(lines);
    }

    [Fact]
    public async Task Answer_HasGroupsCoursePatternsAndLines()
    {
        await using var server = new ScriptedElasticsearch(Shop, Common);

        var groups = await AskAsync(server, "level>=error | count by service");
        groups.Groups.Select(group => (group.Value, group.Count, group.Share)).ShouldBe([("checkout", 3, 0.75), ("payment", 1, 0.25)]);
        groups.Summary.ShouldContain("4 errors");
        (await AskAsync(server, "| count by level")).Groups.Select(group => (group.Value, group.Count)).ShouldBe([("Error", 3), ("Info", 2), ("Fatal", 1), ("Warning", 1)]);
        (await AskAsync(server, "| count by tenant top 1")).Groups.Select(group => (group.Value, group.Count)).ShouldBe([("ana", 3)]);

        var lines = await AskAsync(server, "level>=error | last top 2");
        lines.Lines.Select(line => line.Text).ShouldBe(["database query timed out", "card refused by feedback loop (100%)"]);
        lines.Lines[0].Time.ShouldBe(Now.Date + new TimeSpan(11, 6, 0));
        (await AskAsync(server, "level>=error | first")).Lines.Single().Time.ShouldBe(Now.Date + new TimeSpan(10, 20, 0));

        var course = await AskAsync(server, "| over 30m");
        course.Course.Select(interval => (interval.At.ToString("HH:mm", null), interval.Count)).ShouldBe([("10:00", 2), ("10:30", 1), ("11:00", 3), ("11:30", 1)]);
        course.Every.ShouldBe(TimeSpan.FromMinutes(30));
        (await AskAsync(server, "")).Every.ShouldBe(TimeSpan.FromHours(1));

        var patterns = await AskAsync(server, "\"order\" | count by pattern");
        patterns.Groups.Sum(group => group.Count).ShouldBe(2);
        patterns.PatternsFrom.ShouldBeNull();
    }

    [Fact]
    public async Task Compare_AsksForTheSameSpanBefore()
    {
        await using var server = new ScriptedElasticsearch(Shop, Common);
        var answer = await AskAsync(server, "level>=error since=2026-03-05T11:00:00Z | count by service compare");
        (answer.Total, answer.TotalBefore).ShouldBe((3, 1));
        answer.Groups.Single(group => group.Value == "payment").IsNew.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ManyLines_AreReadPageByPage_FromOnePointInTime_WhichIsClosed(bool openSearch)
    {
        var many = Enumerable.Range(0, 2_350).Select(number => Document($"{10 + (number / 60 / 60)}:{number / 60 % 60:00}:{number % 60:00}", "info", "checkout", $"order {number} placed", 200, 1, "ana")).ToList();
        await using var server = new ScriptedElasticsearch(many, Common) { IsOpenSearch = openSearch };
        var answer = await AskAsync(server, "\"order\" | last top 2200");
        answer.Lines.Select(line => line.Text).ShouldBe(Enumerable.Range(150, 2200).Select(number => $"order {number} placed"));
        server.OpenPoints.ShouldBeEmpty();
        server.Searches.Count(search => search["search_after"] is not null).ShouldBe(2);
    }

    [Fact]
    public async Task Fields_AreTheIndexsOwn_WhateverTheirNamesAndTypes()
    {
        // Text with a keyword beside it, a level as syslog's number, a message as a keyword, a time as a number, a status as a word, tags as nested objects.
        var types = new Dictionary<string, string>(StringComparer.Ordinal) { ["ts"] = "long", ["msg"] = "keyword", ["severity"] = "integer", ["app"] = "text", ["app.keyword"] = "keyword", ["status"] = "keyword", ["latency_us"] = "long", ["tags"] = "nested", ["tags.region"] = "keyword" };
        JsonObject Of(int minute, string message, int severity, string app, string status, string region) => new()
        {
            ["ts"] = Now.AddMinutes(minute - 60).ToUnixTimeMilliseconds(), ["msg"] = message, ["severity"] = severity, ["app"] = app, ["status"] = status, ["latency_us"] = 1_500_000, ["tags"] = new JsonArray(new JsonObject { ["region"] = region }),
        };
        await using var server = new ScriptedElasticsearch([Of(1, "Query *timed* out?", 3, "Check Out", "503", "eu"), Of(2, "fine", 6, "Check Out", "200", "us"), Of(30, "worse", 0, "auth", "500", "eu")], types);
        (await AskAsync(server, "level>=error")).Total.ShouldBe(2);
        (await AskAsync(server, "level=info")).Total.ShouldBe(1);
        (await AskAsync(server, "\"*TIMED* out?\"")).Total.ShouldBe(1);
        (await AskAsync(server, "\"timed*\"")).Total.ShouldBe(1);
        (await AskAsync(server, "\"t?med\"")).Total.ShouldBe(0);
        (await AskAsync(server, "status>=500")).Total.ShouldBe(2);
        (await AskAsync(server, "| count by service")).Groups[0].Value.ShouldBe("Check Out");
        (await AskAsync(server, "| count by region")).Groups.Select(group => (group.Value, group.Count)).ShouldBe([("eu", 2), ("us", 1)]);
        (await AskAsync(server, "since=2026-03-05T11:20:00Z")).Lines.Single().Time.ShouldBe(Now.AddMinutes(-30));
    }

    [Theory]
    [InlineData("duration>1s", "no field for a duration as a number (looked for event.duration, duration")]
    [InlineData("tries>1", "no field for the number 'tries'")]
    [InlineData("| count by host", "no field for the host")]
    [InlineData("| count by note", "The field note of logs-* is of type text and cannot be grouped by")]
    public async Task ConditionWithoutAField_IsSaid_WithWhatThereIs(string written, string expected)
    {
        await using var server = new ScriptedElasticsearch([], new Dictionary<string, string>(StringComparer.Ordinal) { ["@timestamp"] = "date", ["message"] = "text", ["note"] = "text" });
        (await Should.ThrowAsync<LogSearchException>(() => AskAsync(server, written))).Message.ShouldContain(expected);
    }

    [Fact]
    public async Task Trouble_IsSaidPlainly_AndNoHalfAnswerIsTaken()
    {
        await using var server = new ScriptedElasticsearch(Shop, Common);
        async Task<string> SaysAsync(Func<ScriptedRequest, ScriptedReply?> before)
        {
            server.Before = before;
            return (await Should.ThrowAsync<LogSearchException>(() => AskAsync(server, "level>=error"))).Message;
        }
        ScriptedReply? Search(ScriptedRequest request, string body) => request.Path.EndsWith("_search", StringComparison.Ordinal) ? new ScriptedReply(200, body) : null;
        (await SaysAsync(_ => ScriptedElasticsearch.Error(401, "security_exception", "no"))).ShouldContain("does not know who asks (401)");
        (await SaysAsync(_ => ScriptedElasticsearch.Error(403, "security_exception", "action is unauthorized"))).ShouldContain("forbids it (403): action is unauthorized");
        (await SaysAsync(_ => ScriptedElasticsearch.Error(404, "index_not_found_exception", "no"))).ShouldContain("no index that fits logs-*");
        (await SaysAsync(_ => new ScriptedReply(200, "<html>login</html>", "text/html"))).ShouldContain("web page");
        (await SaysAsync(_ => new ScriptedReply(200, """{"fields":{}}"""))).ShouldContain("is its name right?");
        (await SaysAsync(request => Search(request, """{"timed_out":true,"hits":{"hits":[]}}"""))).ShouldContain("did not end within 30 s");
        (await SaysAsync(request => Search(request, """{"timed_out":false,"_shards":{"failed":2,"failures":[{"reason":{"reason":"too many\u001b[31m clauses"}}]},"hits":{"hits":[]}}"""))).ShouldContain("2 shards of logs-* failed: too many");
        (await SaysAsync(request => Search(request, """{"hits":{"total":"many","hits":[]}}"""))).ShouldContain("cannot be read");
        (await SaysAsync(_ => new ScriptedReply(200, "", "application/json") { Hangup = true })).ShouldContain("fail");
    }

    [Fact]
    public void Options_ThatWouldMakeAnotherPath_AreRefused()
    {
        foreach (var index in (string[])["", "../secret", "logs/_delete_by_query?", "_all/_close", "a b"])
            Should.Throw<IntegrationOptionsException>(() => new ElasticsearchLogs(new ElasticsearchLogOptions { Url = new Uri("http://127.0.0.1:1"), Index = index })).Message.ShouldContain("elasticsearch:Index");
    }

    [Fact]
    public async Task Requests_FollowThePublishedSchema_WhateverTheQuestionSays()
    {
        var schema = PublishedSchema.Open();
        await using var server = new ScriptedElasticsearch(Shop, Common);
        string[] questions =
        [
            "", "level>=error service=checkout,auth host=web-1,web-2 \"timed out\"|\"x\" -\"health\" status>=500 duration>2s size<10KB retries=3 since=2026-03-05T10:00:00Z until=2026-03-05T12:00:00Z | count by service top 5 compare",
            "| over 5m", "| first", "level=warning | last top 1500", "| count by pattern", "\"\\\"}}],\\\"script\\\":{\\\"source\\\":\\\"x\\\"}\"", "\"a* OR 1=1 | delete\" -\"{{\"",
        ];
        foreach (var written in questions) await AskAsync(server, written);
        server.Searches.Count.ShouldBeGreaterThan(questions.Length);
        foreach (var search in server.Searches)
        {
            schema.Problems(search, "_global.search._types.SearchRequestBody").ShouldBeEmpty(search.ToJsonString());
            Keys(search).ShouldNotContain("script");
            Keys(search).ShouldNotContain("query_string");
        }
    }

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(part => Keys(part.Value).Prepend(part.Key)),
        JsonArray list => list.SelectMany(Keys),
        _ => [],
    };

    private static string HostOf(string tenant) => tenant switch { "ana" => "web-1", "ben" => "web-2", _ => "web-3" };

    private static JsonObject Document(string time, string level, string service, string message, int status, int milliseconds, string tenant) => new()
    {
        ["@timestamp"] = $"2026-03-05T{time}{(time.Length == 5 ? ":00" : "")}.000Z", ["log"] = new JsonObject { ["level"] = level }, ["service.name"] = service, ["message"] = message,
        ["http"] = new JsonObject { ["response"] = new JsonObject { ["status_code"] = status, ["body"] = new JsonObject { ["bytes"] = 2048 } } }, ["event"] = new JsonObject { ["duration"] = milliseconds * 1_000_000L }, ["labels"] = new JsonObject { ["tenant"] = tenant },
        ["host"] = new JsonObject { ["name"] = HostOf(tenant) },
    };

    private static async Task<QuestionAnswer> AskAsync(ScriptedElasticsearch server, string written)
    {
        using var client = server.Client();
        return await client.AskAsync(QuestionText.Parse(written), Now, Cancellation);
    }
}
