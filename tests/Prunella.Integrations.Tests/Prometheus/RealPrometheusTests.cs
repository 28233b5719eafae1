using Prunella.Incidents.Metrics;
using Prunella.Integrations.Prometheus;
using Prunella.Integrations.Tests.Http;
using Prunella.Integrations.Tests.Processes;

namespace Prunella.Integrations.Tests.Prometheus;

/// <summary>The source against a Prometheus that scrapes a target made here.</summary>
public sealed class RealPrometheusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_ARealPrometheus_AnswersAsTheSourceSays()
    {
        var program = ServerProcess.Find("prometheus");
        Assert.SkipWhen(program is null, "prometheus is not installed");
        var scrapes = 0;
        await using var target = new ScriptedHttpServer(_ => new ScriptedReply(200,
            $"pool_active{{pod=\"a\\\"b\"}} 97\npool_active{{pod=\"c\"}} 3\nbroken NaN\ngrowing {1000 * Interlocked.Increment(ref scrapes)}\n", "text/plain; version=0.0.4"));
        var directory = ServerProcess.NewDirectory();
        var port = ServerProcess.FreePort();
        await File.WriteAllTextAsync(Path.Combine(directory, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs: [{ job_name: shop, static_configs: [{ targets: ['{{target.Url.Authority}}'] }] }]
            """, Cancellation);
        using var prometheus = ServerProcess.Start(program!, directory, "--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{port}");
        using var source = new PrometheusSource(new PrometheusOptions { Url = new Uri($"http://127.0.0.1:{port}/"), Staleness = TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(30) });

        await prometheus.UntilAsync(async cancellation => (await source.QueryAsync("count_over_time(growing[1m]) >= 5", Now, cancellation)).Status == MetricStatus.Ok, Cancellation);

        var active = await source.QueryAsync("pool_active", Now, Cancellation);
        active.Status.ShouldBe(MetricStatus.Ok, active.Text);
        active.Value.ShouldBe(97);
        active.Series.Select(series => series.Labels["pod"]).Order(StringComparer.Ordinal).ShouldBe(["a\"b", "c"]);
        (await source.QueryAsync("""pool_active{pod="a\"b"}""", Now, Cancellation)).Value.ShouldBe(97);
        (await source.QueryAsync("scalar(pool_active{pod=\"c\"})", Now, Cancellation)).Value.ShouldBe(3);
        (await source.QueryAsync("broken", Now, Cancellation)).Status.ShouldBe(MetricStatus.Empty);
        (await source.QueryAsync("absent_metric", Now, Cancellation)).Status.ShouldBe(MetricStatus.Empty);
        (await source.QueryAsync("pool_active", Now.AddHours(-2), Cancellation)).Status.ShouldBe(MetricStatus.Empty);
        var refused = await source.QueryAsync("sum(", Now, Cancellation);
        refused.Status.ShouldBe(MetricStatus.Failed);
        refused.Text.ShouldContain("refused the query (400): bad_data");
        (await source.QueryAsync("\"text\"", Now, Cancellation)).Text.ShouldContain("no number");

        var growing = await source.QueryRangeAsync("growing", Now.AddSeconds(-20), Now, TimeSpan.FromSeconds(1), Cancellation);
        growing.Status.ShouldBe(MetricStatus.Ok, growing.Text);
        var points = growing.Series.ShouldHaveSingleItem().Points;
        points.Count.ShouldBeGreaterThanOrEqualTo(4);
        points.Select(point => point.Value).ShouldBeInOrder();
        var tooMany = await source.QueryRangeAsync("growing", Now.AddDays(-30), Now, TimeSpan.FromSeconds(1), Cancellation);
        tooMany.Status.ShouldBe(MetricStatus.Failed);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
