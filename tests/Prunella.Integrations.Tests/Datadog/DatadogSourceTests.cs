using Microsoft.Extensions.Time.Testing;
using Prunella.Incidents.Metrics;
using Prunella.Integrations.Datadog;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Datadog;

public sealed class DatadogSourceTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_SendsKeysAndRange_AndReadsTheNewestOfEachSeries()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            (request.Method, request.Path).ShouldBe(("GET", "/api/v1/query"));
            request.Headers["dd-api-key"].ShouldBe("aa");
            request.Headers["dd-application-key"].ShouldBe("bb");
            request.Query["query"].ShouldBe("avg:system.cpu.user{host:web-1,env:prod} by {host}");
            (request.Query["from"], request.Query["to"]).ShouldBe(("1773456600", "1773457200"));
            return new ScriptedReply(200, """{"status":"ok","series":[{"metric":"system.cpu.user","tag_set":["host:web-1","plain"],"pointlist":[[1773457100000.0,null],[1773457140000.0,97.5],[1773457080000.0,3]]},{"metric":"old","tag_set":[],"pointlist":[[1773450000000,1000]]}]}""");
        });
        using var source = Source(server);
        var answer = await source.QueryAsync("avg:system.cpu.user{host:web-1,env:prod} by {host}", At, Cancellation);
        answer.Status.ShouldBe(MetricStatus.Ok, answer.Text);
        answer.Value.ShouldBe(97.5);
        var series = answer.Series.ShouldHaveSingleItem();
        series.Labels["host"].ShouldBe("web-1");
        series.Points.Select(point => point.Value).ShouldBe([3, 97.5]);
    }

    [Theory]
    [InlineData(200, """{"status":"ok","series":[]}""", MetricStatus.Empty, "no series")]
    [InlineData(200, """{"status":"ok","series":[{"pointlist":[[1773457100000,null]]}]}""", MetricStatus.Empty, "only empty samples (1)")]
    [InlineData(200, """{"status":"ok","series":[{"pointlist":[[1773450000000,1]]}]}""", MetricStatus.Stale, "7200 s old")]
    [InlineData(200, """{"status":"error","error":"Error parsing query"}""", MetricStatus.Failed, "Error parsing query")]
    [InlineData(200, """{"status":"ok","series":[{"pointlist":[[1773450000000]]}]}""", MetricStatus.Failed, "no query result")]
    [InlineData(200, """{"status":"ok","series":[{"pointl""", MetricStatus.Failed, "no query result")]
    [InlineData(200, "<html>", MetricStatus.Failed, "in place of JSON")]
    [InlineData(400, """{"errors":["bad"]}""", MetricStatus.Failed, "refused the query (400): bad")]
    [InlineData(403, """{"errors":["Forbidden"]}""", MetricStatus.Failed, "refused the keys (403): Forbidden")]
    [InlineData(500, "oops", MetricStatus.Failed, "in trouble (500): oops")]
    [InlineData(302, "", MetricStatus.Failed, "redirects")]
    public async Task Query_EveryKindOfAnswer_HasItsStatus(int status, string body, MetricStatus expected, string text)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, body));
        using var source = Source(server);
        var answer = await source.QueryAsync("x", At, Cancellation);
        answer.Status.ShouldBe(expected);
        answer.Text.ShouldContain(text);
        answer.Value.ShouldBeNull();
    }

    [Theory]
    [InlineData(429, "")]
    [InlineData(200, """{"status":"ok","series":[]}""")]
    public async Task Query_ALimitedRate_IsRespectedUntilItResets(int status, string body)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, body) { Headers = new Dictionary<string, string> { ["X-RateLimit-Remaining"] = "0", ["X-RateLimit-Reset"] = "30", ["X-RateLimit-Limit"] = "100", ["X-RateLimit-Period"] = "60" } });
        var time = new FakeTimeProvider(At);
        using var source = new DatadogSource(Options(server), time);
        await source.QueryAsync("x", At, Cancellation);
        var second = await source.QueryAsync("x", At, Cancellation);
        second.Status.ShouldBe(MetricStatus.Failed);
        second.Text.ShouldContain("for another 30 s");
        server.Requests.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(31));
        await source.QueryAsync("x", At, Cancellation);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void Options_ReportEveryProblemAtOnce() =>
        new DatadogOptions { Name = "dd", Url = new Uri("http://api.datadoghq.eu"), ApiKey = "a\r\nb", Timeout = TimeSpan.Zero }.Problems().Count.ShouldBe(5);

    private static DatadogOptions Options(ScriptedHttpServer server) => new() { Url = server.Url, ApiKey = "aa", ApplicationKey = "bb", Timeout = TimeSpan.FromSeconds(30) };

    private static DatadogSource Source(ScriptedHttpServer server) => new(Options(server), new FakeTimeProvider(At));
}
