using Prunella.Demo;
using Prunella.Demo.Metrics;
using Prunella.Demo.Queries;
using Prunella.Demo.Stories;
using Prunella.Incidents.Metrics;
using Prunella.Remediation.Playbooks;

namespace Prunella.Tests.Demo;

public sealed class QueryTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("up", 3.0)]
    [InlineData("sum(up)", 6.0)]
    [InlineData("max by (job) (up)", 3.0)]
    [InlineData("up{job=\"a\"}", 1.0)]
    [InlineData("up{job=~\"a|b\",x!=\"1\"}", 2.0)]
    [InlineData("up{job!~\"b|c\"} * 10 + 1", 11.0)]
    [InlineData("(1 + 2) * 3 - 4 / 2", 7.0)]
    [InlineData("-up{job=\"b\"}", -2.0)]
    [InlineData("up{job=\"c\"} / on (job) cap", 0.3)]
    [InlineData("up > 2", 3.0)]
    [InlineData("count(up >= bool 2)", 3.0)]
    [InlineData("quantile(0.5, up)", 2.0)]
    [InlineData("sum(rate(hits[20s]))", 5.0)]
    [InlineData("avg without (job) (up)", 2.5)]
    [InlineData("time() - 1772366400", 20.0)]
    public async Task Query_OfTheSubset_GivesWhatPrometheusGives(string query, double expected)
    {
        var answer = await Source().QueryAsync(query, Start.AddSeconds(20), TestContext.Current.CancellationToken);

        answer.Status.ShouldBe(MetricStatus.Ok, answer.Text);
        answer.Value!.Value.ShouldBe(expected, 1e-9);
    }

    [Theory]
    [InlineData("nothing", MetricStatus.Empty)]
    [InlineData("up == 99", MetricStatus.Empty)]
    [InlineData("up{job=\"c\"} / 0", MetricStatus.Empty)]
    [InlineData("histogram_quantile(0.9, up)", MetricStatus.Failed)]
    [InlineData("up[5m]", MetricStatus.Failed)]
    [InlineData("sum(up", MetricStatus.Failed)]
    [InlineData("up offset 5m", MetricStatus.Failed)]
    [InlineData("up * ignoring (x) up", MetricStatus.Failed)]
    public async Task Query_WithoutAnswerOrNotUnderstood_NeverPasses(string query, MetricStatus expected) =>
        (await Source().QueryAsync(query, Start.AddSeconds(20), TestContext.Current.CancellationToken)).Status.ShouldBe(expected);

    [Fact]
    public async Task Query_OfSeriesThatEnded_IsEmpty() =>
        (await Source().QueryAsync("up", Start.AddSeconds(40), TestContext.Current.CancellationToken)).Status.ShouldBe(MetricStatus.Empty);

    [Fact]
    public async Task Rate_OfACounterThatWasStartedAnew_CountsWhatCameAfter()
    {
        var history = new SeriesHistory();
        double[] values = [100, 110, 5, 15];
        for (var index = 0; index < values.Length; index++) history.Record(Start.AddSeconds(index), "hits", values[index]);

        (await new DemoMetricSource(history).QueryAsync("increase(hits[10s])", Start.AddSeconds(3), TestContext.Current.CancellationToken)).Value.ShouldBe(25);
    }

    [Fact]
    public void AlertRules_AreUnderstood() => AlertRule.All.ShouldAllBe(rule => QueryParser.Parse(rule.Expression) != null);

    [Fact]
    public void ShortenedPlaybooks_AreRightAndAsManyAsTheShippedOnes()
    {
        var folder = Directory.CreateTempSubdirectory("prunella-test-").FullName;
        try
        {
            ShortenedPlaybooks.Write(folder);
            var actions = PlaybookExtensions.Load(new PlaybookOptions(), [], []).All.SelectMany(playbook => playbook.UnavailableActions).Distinct()
                .Select(name => new Incidents.Actions.ActionDescriptor { Name = name, Summary = "x", Class = Incidents.Actions.ActionClass.Safe, Radius = Incidents.Actions.BlastRadius.Pod }).ToList();
            foreach (var text in Directory.GetFiles(folder).Select(File.ReadAllText)) text.ShouldNotMatch(@"\[\d+m\]|over: \d+[mh]");
            Directory.GetFiles(folder).Length.ShouldBe(PlaybookFile.ShippedFiles().Count);
            actions.ShouldNotBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stories_HoldARefusalAnApprovalARejectionAnEscalationAndAnUndo()
    {
        Story[] all = [.. AllStories.Shop, .. AllStories.Beside, .. AllStories.People, .. AllStories.Finale];

        all.Length.ShouldBeGreaterThanOrEqualTo(8);
        all.ShouldContain(story => story.Expected.Because == "Helm" && story.Expected.Validation == null);
        all.ShouldContain(story => story.Expected.Verdicts.Contains("Refuse") && story.Expected.Validation == null);
        all.ShouldContain(story => story.Expected.Approved == true);
        all.ShouldContain(story => story.Expected.Approved == false);
        all.ShouldContain(story => story.Expected.Undone);
        all.ShouldContain(story => story.Expected.End == Incidents.IncidentState.Escalated && story.Expected.Verdicts.Count == 0);
    }

    private static DemoMetricSource Source()
    {
        var history = new SeriesHistory();
        for (var second = 0; second <= 20; second++)
        {
            var at = Start.AddSeconds(second);
            history.Record(at, "up", 1, "job", "a", "x", "1");
            history.Record(at, "up", 2, "job", "b");
            history.Record(at, "up", 3, "job", "c");
            history.Record(at, "cap", 10, "job", "c");
            history.Record(at, "hits", second * 5, "job", "a");
        }
        return new DemoMetricSource(history);
    }
}
