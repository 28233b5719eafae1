using System.Globalization;
using Prunella.Incidents.Metrics;
using Prunella.Integrations.Http;
using Prunella.Integrations.Prometheus;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.Prometheus;

public sealed class PrometheusSourceTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_IsPostedWithTimeLookBackAndToken()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            request.Method.ShouldBe("POST");
            request.Path.ShouldBe("/prefix/api/v1/query");
            request.Headers["content-type"].ShouldBe("application/x-www-form-urlencoded");
            request.Headers["authorization"].ShouldBe("Bearer s3cret");
            request.Form["query"].ShouldBe("up{a=\"b&c=d+\"} > 0");
            request.Form["time"].ShouldBe("1773457200.000");
            request.Form["timeout"].ShouldBe("10000ms");
            request.Form["lookback_delta"].ShouldBe("300s");
            return Vector("1", "2");
        });
        using var source = new PrometheusSource(new PrometheusOptions { Url = new Uri(server.Url, "prefix/"), Credentials = new HttpCredentials { BearerToken = "s3cret" } });
        var answer = await source.QueryAsync("up{a=\"b&c=d+\"} > 0", At, Cancellation);
        answer.Status.ShouldBe(MetricStatus.Ok, answer.Text);
        answer.Value.ShouldBe(2);
        answer.Series[0].Points[0].Time.ShouldBe(At);
        answer.Series[0].Labels["n"].ShouldBe("0");
    }

    [Fact]
    public async Task QueryRange_SendsStartEndAndStep_AndSortsPoints()
    {
        await using var server = new ScriptedHttpServer(request =>
        {
            request.Path.ShouldBe("/api/v1/query_range");
            (request.Form["start"], request.Form["end"], request.Form["step"]).ShouldBe(("1773456600.000", "1773457200.000", "15"));
            request.Headers["authorization"].ShouldBe("Basic " + Convert.ToBase64String("ana:pä"u8));
            return Success("""{"resultType":"matrix","result":[{"metric":{},"values":[[1773457200,"3"],[1773457185,"NaN"],[1773457170.5,"1e3"]]}]}""");
        });
        using var source = new PrometheusSource(new PrometheusOptions { Url = server.Url, Credentials = new HttpCredentials { User = "ana", Password = "pä" } });
        var answer = await source.QueryRangeAsync("x", At.AddMinutes(-10), At, TimeSpan.FromSeconds(15), Cancellation);
        answer.Series.ShouldHaveSingleItem().Points.Select(point => point.Value).ShouldBe([1000, 3]);
        answer.Value.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"resultType":"vector","result":[]}""", MetricStatus.Empty, "no series")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1773457200,"NaN"]},{"metric":{},"value":[1773457200,"+Inf"]}]}""", MetricStatus.Empty, "only NaN, infinite or histogram samples (2)")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1773456000,"1"]}]}""", MetricStatus.Stale, "1200 s old")]
    [InlineData("""{"resultType":"scalar","result":[1773457200,"4"]}""", MetricStatus.Ok, "")]
    [InlineData("""{"resultType":"string","result":[1773457200,"4"]}""", MetricStatus.Failed, "no number")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1773457200,4]}]}""", MetricStatus.Failed, "no query result")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":["x","4"]}]}""", MetricStatus.Failed, "no query result")]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1e300,"4"]}]}""", MetricStatus.Failed, "no query result")]
    [InlineData("""{"resultType":"vector","result":{}}""", MetricStatus.Failed, "no query result")]
    [InlineData("""{"resultType":"vector"}""", MetricStatus.Failed, "no query result")]
    [InlineData("""[]""", MetricStatus.Failed, "no query result")]
    public async Task Query_EveryKindOfResult_HasItsStatus(string data, MetricStatus status, string text)
    {
        await using var server = new ScriptedHttpServer(_ => Success(data));
        using var source = new PrometheusSource(new PrometheusOptions { Url = server.Url });
        var answer = await source.QueryAsync("x", At, Cancellation);
        answer.Status.ShouldBe(status, answer.Text);
        answer.Text.ShouldContain(text);
        if (status != MetricStatus.Ok) answer.Value.ShouldBeNull();
    }

    [Fact]
    public async Task Query_WarningsOfAPartialAnswer_AreKept()
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(200, """{"status":"success","warnings":["store eu\nis away"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1773457200,"1"]}]}}"""));
        using var source = new PrometheusSource(new PrometheusOptions { Url = server.Url });
        var answer = await source.QueryAsync("x", At, Cancellation);
        answer.Status.ShouldBe(MetricStatus.Ok);
        answer.Text.ShouldBe("warned: store eu is away");
    }

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", "refused the query (400): bad_data: 1:5: parse error")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"many-to-many"}""", "refused the query (422): execution: many-to-many")]
    [InlineData(401, "", "check Credentials")]
    [InlineData(404, "<html>", "check the path of the URL")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out"}""", "in trouble (503): timeout: query timed out")]
    [InlineData(502, "<html>bad gateway</html>", "in trouble (502): a page")]
    [InlineData(302, "", "redirects are not followed")]
    [InlineData(200, "<!doctype html><title>Login</title>", "in place of JSON")]
    [InlineData(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vec", "no query result")]
    [InlineData(200, """{"status":"error","error":"no"}""", "refused the query: no")]
    public async Task Query_WhatIsNoAnswer_FailsWithItsReason(int status, string body, string text)
    {
        await using var server = new ScriptedHttpServer(_ => new ScriptedReply(status, body) { Headers = new Dictionary<string, string> { ["Location"] = "http://elsewhere/" } });
        using var source = new PrometheusSource(new PrometheusOptions { Url = server.Url });
        var answer = await source.QueryAsync("x", At, Cancellation);
        answer.Status.ShouldBe(MetricStatus.Failed);
        answer.Text.ShouldContain(text);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Query_ABodyThatBreaksOff_Fails() => (await OnceAsync(Vector("1") with { BytesMissing = 10 })).Text.ShouldContain("broke off");

    [Fact]
    public async Task Query_AConnectionThatIsClosed_Fails() => (await OnceAsync(new ScriptedReply(200, "") { Hangup = true })).Status.ShouldBe(MetricStatus.Failed);

    [Fact]
    public async Task Query_AServerThatIsSilent_FailsInTime() => (await OnceAsync(new ScriptedReply(200, "") { Silent = true })).Text.ShouldContain("no answer within 0.5 s");

    [Fact]
    public async Task Query_AnAnswerOverTheBound_FailsWithoutReadingIt() =>
        (await OnceAsync(Success("\"" + new string('x', 100_000) + "\""), answerBytesMax: 4_096)).Text.ShouldContain("more than 4096 bytes");

    [Fact]
    public async Task Query_ADeeplyNestedAnswer_Fails() => (await OnceAsync(Success(new string('[', 5_000)))).Status.ShouldBe(MetricStatus.Failed);

    [Fact]
    public async Task Query_NobodyListening_Fails()
    {
        using var source = new PrometheusSource(new PrometheusOptions { Url = new Uri("http://127.0.0.1:1/") });
        (await source.QueryAsync("x", At, Cancellation)).Text.ShouldStartWith("prometheus at 127.0.0.1 did not answer");
    }

    [Fact]
    public void Options_ReportEveryProblemAtOnce()
    {
        var options = new PrometheusOptions { Name = "mimir", Url = new Uri("ftp://x/"), Timeout = TimeSpan.Zero, AuthorityFile = "/none", Credentials = new HttpCredentials { BearerToken = "a b", User = "a:b" } };
        var problems = Should.Throw<IntegrationOptionsException>(() => new PrometheusSource(options)).Problems;
        problems.Count.ShouldBe(7);
        problems.ShouldContain(problem => problem.StartsWith("prometheus:Url is 'ftp://x/' and must be an absolute http or https URL"));
    }

    private static async Task<MetricAnswer> OnceAsync(ScriptedReply reply, int answerBytesMax = 1 << 20)
    {
        await using var server = new ScriptedHttpServer(_ => reply);
        using var source = new PrometheusSource(new PrometheusOptions { Url = server.Url, Timeout = TimeSpan.FromSeconds(reply.Silent ? 0.5 : 30), AnswerBytesMax = answerBytesMax });
        return await source.QueryAsync("x", At, Cancellation);
    }

    private static ScriptedReply Success(string data) => new(200, $$"""{"status":"success","data":{{data}}}""");

    private static ScriptedReply Vector(params string[] values) => Success(
        $$"""{"resultType":"vector","result":[{{string.Join(',', values.Select((value, index) => string.Create(CultureInfo.InvariantCulture, $$"""{"metric":{"n":"{{index}}"},"value":[1773457200,"{{value}}"]}""")))}}]}""");
}
