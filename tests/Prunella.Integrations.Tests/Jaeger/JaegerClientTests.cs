using Prunella.Integrations.Tracing;

namespace Prunella.Integrations.Jaeger;

public sealed class JaegerClientTests
{
    private static readonly DateTimeOffset From = new(2026, 8, 1, 10, 0, 0, TimeSpan.Zero);

    private static TraceQuery Query => new("checkout", From, From.AddHours(1)) { MinDuration = TimeSpan.FromSeconds(1), Limit = 50 };

    private const string V3 = "GET /api/v3/traces?query.serviceName=checkout&query.startTimeMin=2026-08-01T10:00:00.000000Z&query.startTimeMax=2026-08-01T11:00:00.000000Z&query.durationMin=1000000us&query.searchDepth=50";
    private const string V3Snake = "GET /api/v3/traces?query.service_name=checkout&query.start_time_min=2026-08-01T10:00:00.000000Z&query.start_time_max=2026-08-01T11:00:00.000000Z&query.duration_min=1000000us&query.num_traces=50";
    private const string V1 = "GET /api/traces?service=checkout&start=1785578400000000&end=1785582000000000&minDuration=1000000us&limit=50&lookback=custom";

    [Fact]
    public async Task FindTraces_OfANewJaeger_AsksV3Only()
    {
        await using var server = new ScriptedServer().On(V3, 200, "{\"result\":{\"resourceSpans\":[]}}");
        (await Text(Client(server).FindTracesAsync(Query, TestContext.Current.CancellationToken))).ShouldStartWith("{\"result\"");
        server.Verify();
    }

    [Fact]
    public async Task FindTraces_OfAnOlderV3_TriesItsSpelling()
    {
        await using var server = new ScriptedServer().On(V3, 400, "service_name is required").On(V3Snake, 200, "{\"result\":{}}");
        (await Text(Client(server).FindTracesAsync(Query, TestContext.Current.CancellationToken))).ShouldBe("{\"result\":{}}");
        server.Verify();
    }

    [Fact]
    public async Task FindTraces_WithoutV3_FallsBackToV1()
    {
        await using var server = new ScriptedServer().On(V3, 404, "").On(V1, 200, "{\"data\":[]}");
        (await Text(Client(server).FindTracesAsync(Query, TestContext.Current.CancellationToken))).ShouldBe("{\"data\":[]}");
        server.Verify();
    }

    [Fact]
    public async Task FindTraces_OfAFailingJaeger_IsTriedAgainAndThenReported()
    {
        await using var server = new ScriptedServer().On(V3, 503, "").On(V3, 500, "").On(V3, 500, "storage is down");
        var failure = await Should.ThrowAsync<TraceBackendException>(Client(server).FindTracesAsync(Query, TestContext.Current.CancellationToken));
        failure.Message.ShouldContain("500");
        failure.Message.ShouldContain("storage is down");
        server.Verify();
    }

    [Fact]
    public async Task FindTraces_WithATooLargeAnswer_IsRefused()
    {
        await using var server = new ScriptedServer().On(V3, 200, new string(' ', 5_000));
        var client = new JaegerClient(new HttpClient(), new JaegerOptions { Url = server.Url, ResponseBytesMax = 2_000, AttemptsMax = 1 });
        (await Should.ThrowAsync<TraceBackendException>(client.FindTracesAsync(Query, TestContext.Current.CancellationToken))).Message.ShouldContain("larger than 2000");
    }

    [Fact]
    public async Task ServicesSummariesAndDependencies_AreRead()
    {
        await using var server = new ScriptedServer()
            .On("GET /api/v3/services", 404, "").On("GET /api/services", 200, "{\"data\":[\"b\",\"a\"]}")
            .On(V3.Replace("/traces?", "/trace-summaries?", StringComparison.Ordinal), 200, "{\"summaries\":[{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"rootServiceName\":\"checkout\",\"rootOperationName\":\"POST /\",\"minStartTimeUnixNano\":\"1700000000000000000\",\"maxEndTimeUnixNano\":\"1700000001000000000\",\"spanCount\":7,\"errorSpanCount\":1}]}")
            .On("GET /api/dependencies?endTs=1785578400000&lookback=3600000", 200, "{\"data\":[{\"parent\":\"a\",\"child\":\"b\",\"callCount\":9}]}");
        var client = Client(server);
        var cancel = TestContext.Current.CancellationToken;
        (await client.ServicesAsync(cancel)).ShouldBe(["a", "b"]);
        (await client.SummariesAsync(Query, cancel)).ShouldBe([new JaegerTraceSummary("0af7651916cd43dd8448eb211c80319c", "checkout", "POST /", 1_700_000_000_000_000, 1_000_000, 7, 1)]);
        (await client.DependenciesAsync(From, TimeSpan.FromHours(1), cancel)).ShouldBe([new JaegerDependency("a", "b", 9)]);
        server.Verify();
    }

    [Fact]
    public async Task SlowestTraces_AreChosenByTheirSummariesAndOnlyTheyAreSent()
    {
        static string Summary(string id, int seconds) => $$"""{"traceId":"{{id}}","rootServiceName":"checkout","minStartTimeUnixNano":"1700000000000000000","maxEndTimeUnixNano":"17000000{{seconds:00}}000000000"}""";
        await using var server = new ScriptedServer()
            .On(V3.Replace("/traces?", "/trace-summaries?", StringComparison.Ordinal), 200, $$"""{"summaries":[{{Summary("a1", 2)}},{{Summary("c3", 9)}},{{Summary("b2", 9)}},{{Summary("d4", 5)}}]}""")
            .On("GET /api/v3/traces/b2", 200, "{\"result\":{\"b\":2}}").On("GET /api/v3/traces/c3", 404, "").On("GET /api/traces/c3", 404, "").On("GET /api/v3/traces/d4", 200, "{\"result\":{\"d\":4}}");
        var found = await Client(server).SlowestTracesAsync(Query, 3, TestContext.Current.CancellationToken);
        found.ShouldNotBeNull().Count.ShouldBe(2, "one was deleted meanwhile");
        (await Text(Task.FromResult(found[0]))).ShouldBe("{\"result\":{\"b\":2}}");
        (await Text(Task.FromResult(found[1]))).ShouldBe("{\"result\":{\"d\":4}}");
        server.Verify();
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "{\"summaries\":[{\"traceId\":\"a1\",\"rootServiceName\":\"gateway\"}]}")]
    public async Task SlowestTraces_WithoutSummariesOfThisService_AreNotChosenThere(int status, string body)
    {
        await using var server = new ScriptedServer().On(V3.Replace("/traces?", "/trace-summaries?", StringComparison.Ordinal), status, body);
        (await Client(server).SlowestTracesAsync(Query, 3, TestContext.Current.CancellationToken)).ShouldBeNull();
        server.Verify();
    }

    private static JaegerClient Client(ScriptedServer server) => new(new HttpClient(), new JaegerOptions { Url = server.Url, RetryDelay = TimeSpan.FromMilliseconds(1) });

    private static async Task<string> Text(Task<Stream> body)
    {
        using var reader = new StreamReader(await body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
