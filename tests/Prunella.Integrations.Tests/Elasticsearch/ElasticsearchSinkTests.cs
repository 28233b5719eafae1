using System.Text;
using System.Text.Json;
using Prunella.Integrations.Elasticsearch;
using Prunella.Integrations.Tests.Http;
using Prunella.Logs.Pipeline;

namespace Prunella.Integrations.Tests.Elasticsearch;

public sealed class ElasticsearchSinkTests
{
    private readonly Dictionary<string, string> stored = new(StringComparer.Ordinal);
    private Func<string, int>? statusOf;
    private Func<ScriptedRequest, ScriptedReply?>? before;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_PutsTheTemplateOnce_AndCreatesEachDocumentUnderItsId()
    {
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        (await sink.SendAsync(Documents(0, 5), Cancellation)).Again.ShouldBeEmpty();
        (await sink.SendAsync(Documents(5, 5), Cancellation)).Again.ShouldBeEmpty();
        stored.Count.ShouldBe(10);
        stored["doc3"].ShouldBe("{\"message\":\"line 3\"}");
        server.Requests.Count(static r => r.Method == "PUT").ShouldBe(1);
        server.Requests.ShouldAllBe(static r => r.Headers["authorization"] == "ApiKey a2V5");
    }

    [Fact]
    public async Task Send_OfWhatIsThereAlready_IsTaken()
    {
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        await sink.SendAsync(Documents(0, 5), Cancellation);
        (await sink.SendAsync(Documents(0, 7), Cancellation)).Again.ShouldBeEmpty();
        stored.Count.ShouldBe(7);
    }

    [Fact]
    public async Task Send_WhenSomeItemsFail_AsksForTheBusyOnesAgain_AndReportsTheImpossible()
    {
        statusOf = static id => id switch { "doc1" => 429, "doc2" => 400, "doc3" => 503, _ => 201 };
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        var answer = await sink.SendAsync(Documents(0, 5), Cancellation);
        answer.Again.ShouldBe([1, 3]);
        answer.Refused.ShouldHaveSingleItem().ShouldBe(new SinkRefusal(2, "400: no such field"));
        stored.Keys.ShouldBe(["doc0", "doc4"]);
    }

    [Fact]
    public async Task Send_WhenTheAnswerLies_TakesNothingForStoredThatIsNotSaidToBe()
    {
        // 200, no errors, and fewer items than were sent; then 200 and a proxy's page.
        before = static request => request.Path == "/_bulk" ? new ScriptedReply(200, """{"errors":false,"items":[{"create":{"status":201}}]}""") : null;
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        (await sink.SendAsync(Documents(0, 3), Cancellation)).Again.ShouldBe([1, 2]);
        before = static request => request.Path == "/_bulk" ? new ScriptedReply(200, "<html>login</html>", "text/html") : null;
        (await sink.SendAsync(Documents(0, 3), Cancellation)).Again.ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Send_TooLargeForTheServer_GoesInHalves()
    {
        before = static request => request.Path == "/_bulk" && request.Body.Length > 400 ? new ScriptedReply(413, "too large", "text/plain") : null;
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        var large = new SinkDocument("big", Encoding.UTF8.GetBytes("{\"message\":\"" + new string('x', 500) + "\"}"));
        var answer = await sink.SendAsync([.. Documents(0, 9), large, .. Documents(9, 9)], Cancellation);
        answer.Again.ShouldBeEmpty();
        answer.Refused.ShouldHaveSingleItem().Index.ShouldBe(9);
        stored.Count.ShouldBe(18);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(401)]
    public async Task Send_WhenTheServerIsBusyOrAway_AsksForAllAgain(int status)
    {
        before = request => request.Path == "/_bulk" ? new ScriptedReply(status, "later", "text/plain") { Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } } : null;
        await using var server = new ScriptedHttpServer(Answer);
        using var sink = Sink(server);
        var answer = await sink.SendAsync(Documents(0, 3), Cancellation);
        answer.Again.ShouldBe([0, 1, 2]);
        answer.After.ShouldBe(TimeSpan.FromSeconds(7));
        before = static request => request.Path == "/_bulk" ? new ScriptedReply(200, "") { Hangup = true } : null;
        (await sink.SendAsync(Documents(0, 3), Cancellation)).Again.ShouldBe([0, 1, 2]);
        stored.ShouldBeEmpty();
    }

    [Fact]
    public void Options_WithTwoWaysToProveWhoItIs_AreRefused() => Should.Throw<IntegrationOptionsException>(static () =>
        new ElasticsearchSink(new ElasticsearchSinkOptions { Url = new Uri("ftp://search"), ApiKey = "k", Credentials = new() { User = "u" } }).Dispose()).Problems.Count.ShouldBe(2);

    private static ElasticsearchSink Sink(ScriptedHttpServer server) => new(new ElasticsearchSinkOptions { Url = server.Url, ApiKey = "a2V5" });

    private static List<SinkDocument> Documents(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(static n => new SinkDocument($"doc{n}", Encoding.UTF8.GetBytes($"{{\"message\":\"line {n}\"}}")))];

    // As strict as the real one: only create into the data stream, one object a line, a last line feed.
    private ScriptedReply Answer(ScriptedRequest request)
    {
        if (before?.Invoke(request) is { } scripted) return scripted;
        if (request is { Method: "PUT", Path: "/_index_template/prunella-logs-prunella-default" })
        {
            var template = JsonDocument.Parse(request.Body).RootElement;
            template.GetProperty("data_stream").ValueKind.ShouldBe(JsonValueKind.Object);
            template.GetProperty("index_patterns")[0].GetString().ShouldBe("logs-prunella-default");
            template.GetProperty("template").GetProperty("mappings").GetProperty("properties").TryGetProperty("@timestamp", out _).ShouldBeTrue();
            return new ScriptedReply(200, """{"acknowledged":true}""");
        }

        (request.Method, request.Path, request.Headers["content-type"]).ShouldBe(("POST", "/_bulk", "application/x-ndjson"));
        request.Body.ShouldEndWith("\n");
        var lines = request.Body.Split('\n')[..^1];
        (lines.Length % 2).ShouldBe(0);
        var items = new List<string>();
        for (var n = 0; n < lines.Length; n += 2)
        {
            var create = JsonDocument.Parse(lines[n]).RootElement.GetProperty("create");
            create.GetProperty("_index").GetString().ShouldBe("logs-prunella-default");
            var id = create.GetProperty("_id").GetString()!;
            JsonDocument.Parse(lines[n + 1]).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
            var status = statusOf?.Invoke(id) ?? (stored.ContainsKey(id) ? 409 : 201);
            if (status == 201) stored.Add(id, lines[n + 1]);
            items.Add("{\"create\":{\"_id\":\"" + id + "\",\"status\":" + status + (status == 201 ? "" : ",\"error\":{\"type\":\"x\",\"reason\":\"no such field\"}") + "}}");
        }

        // "errors" is never true: only the items tell.
        return new ScriptedReply(200, $$"""{"took":1,"errors":false,"items":[{{string.Join(',', items)}}]}""");
    }
}
