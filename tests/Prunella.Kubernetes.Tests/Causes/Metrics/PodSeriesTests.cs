using System.Text;
using Prunella.Incidents.Metrics;
using Prunella.Kubernetes.Causes;
using Prunella.Kubernetes.Causes.Metrics;
using Prunella.Kubernetes.Snapshot;

namespace Prunella.Kubernetes.Tests.Causes.Metrics;

/// <summary>What a server with a Prometheus knows of an incident's pods.</summary>
public sealed class PodSeriesTests
{
    private static readonly ObjectRef Api = new("Deployment", "shop", "api");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("app", 30, true)]
    [InlineData("", 30, true)]
    [InlineData("app", 2, false)]
    [InlineData("sidecar", 30, false)]
    public async Task CountsOfTheKubelet_TellAThrottledContainer(string container, int throttledOfHundred, bool told)
    {
        var snapshot = await WithAsync(Limited(), new Store(name => name.Contains("throttled", StringComparison.Ordinal) ? throttledOfHundred : name.Contains("periods", StringComparison.Ordinal) ? 100 : null, container));

        Diagnoser.Diagnose(snapshot).Count(ranked => ranked.Finding is { Cause: "cpu-throttled", Confidence: > 0.9 }).ShouldBe(told ? 1 : 0);
    }

    [Fact]
    public async Task MemoryThatGrows_IsALeak_WhoseLimitIsNotRaised()
    {
        var snapshot = await WithAsync(Limited(), new Store(name => name.Contains("memory", StringComparison.Ordinal) ? 100e6 : null, "app"));

        Diagnoser.Diagnose(snapshot).Only("memory-leak").Remedies.ShouldHaveSingleItem().Action.ShouldBe("restart-workload");
    }

    [Fact]
    public async Task QuestionsAreAboutThePodsOfTheTarget_AndNamesThatAreNone_AreNotAsked()
    {
        var store = new Store(_ => null, "app");
        await WithAsync(Limited() + Written.Pod(name: "api-7d9f-x2|.*"), store);

        store.Asked.Count.ShouldBe(4);
        store.Asked.ShouldAllBe(query => query.Contains("namespace=\"shop\",pod=~\"api-7d9f-x1\",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutAPrometheus_OrAnAnswer_NothingIsAdded()
    {
        var snapshot = Diagnosed.Snapshot(Limited());
        (await PodSeries.ReadAsync(new Dictionary<string, IMetricSource>(), snapshot, Api, Now, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await WithAsync(Limited(), new Store(_ => null, "app"))).Metrics.ShouldBeEmpty();
    }

    private static string Limited() => Written.Pod("resources: { limits: { cpu: 200m, memory: 1Gi } }");

    private static async Task<ClusterSnapshot> WithAsync(string yaml, Store store)
    {
        var snapshot = new SnapshotBuilder().AddText("test", Encoding.UTF8.GetBytes(yaml)).Build();
        return snapshot.WithMetrics(await PodSeries.ReadAsync(new Dictionary<string, IMetricSource> { [store.Name] = store }, snapshot, Api, Now, TimeProvider.System, TestContext.Current.CancellationToken));
    }

    /// <summary>Answers every range with a line that grows from a value to three times as much; null for no series.</summary>
    private sealed class Store(Func<string, double?> growth, string container) : IMetricSource
    {
        internal List<string> Asked { get; } = [];

        public string Name => "prometheus";

        public Task<MetricAnswer> QueryAsync(string query, DateTimeOffset at, CancellationToken cancellation) => throw new InvalidOperationException("Only ranges are asked for.");

        public Task<MetricAnswer> QueryRangeAsync(string query, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation)
        {
            Asked.Add(query);
            if (growth(query) is not { } by) return Task.FromResult(new MetricAnswer(MetricStatus.Empty, []));
            var labels = new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-7d9f-x1" };
            if (container.Length > 0) labels["container"] = container;
            return Task.FromResult(new MetricAnswer(MetricStatus.Ok, [new(labels, [.. Enumerable.Range(0, 41).Select(point => new MetricPoint(from + (to - from) * (point / 40.0), by + by * point / 20))])]));
        }
    }
}
