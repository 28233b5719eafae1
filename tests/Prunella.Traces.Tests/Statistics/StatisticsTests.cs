using Prunella.Traces.Analysis;
using Prunella.Traces.Scenarios;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Statistics;

public sealed class StatisticsTests
{
    [Fact]
    public void Samples_InAnyParts_GiveTheSamePercentiles()
    {
        var random = new Random(4);
        var values = Enumerable.Range(0, 5_000).Select(_ => random.NextInt64(1, 10_000_000)).ToArray();
        var whole = new DurationSamples();
        foreach (var value in values)
            whole.Add(value);
        var merged = new DurationSamples();
        foreach (var part in values.Chunk(700).Reverse())
        {
            var samples = new DurationSamples();
            foreach (var value in part)
                samples.Add(value);
            merged.Add(samples);
        }

        Array.Sort(values);
        foreach (var share in (double[])[0.5, 0.95, 0.99])
        {
            merged.PercentileUs(share).ShouldBe(whole.PercentileUs(share));
            ((double)whole.PercentileUs(share) / values[(int)Math.Ceiling(share * values.Length) - 1]).ShouldBeInRange(0.992, 1.008);
        }

        (merged.Count, merged.SumUs, merged.MaxUs).ShouldBe((5_000, values.Sum(), values[^1]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    [InlineData(1, 1_023)]
    [InlineData(1_024, 1)]
    [InlineData(1, 3_000)]
    [InlineData(3_000, 1)]
    public void Samples_OfFewAndManyValues_MergeAsIfAddedInOne(int first, int second)
    {
        var (whole, left, right) = (new DurationSamples(), new DurationSamples(), new DurationSamples());
        for (var index = 0; index < first + second; index++)
        {
            whole.Add(1_000 + index * 7);
            (index < first ? left : right).Add(1_000 + index * 7);
        }

        left.Add(right);
        (left.Count, left.SumUs, left.MaxUs).ShouldBe((whole.Count, whole.SumUs, whole.MaxUs));
        foreach (var share in (double[])[0, 0.3, 0.5, 0.95, 1])
            left.PercentileUs(share).ShouldBe(whole.PercentileUs(share));
        ((double)left.PercentileUs(0.5)).ShouldBeInRange((1_000 + ((first + second + 1) / 2 - 1) * 7) * 0.992, (1_000 + ((first + second + 1) / 2 - 1) * 7) * 1.008);
    }

    [Fact]
    public void Rank_OfASlowDatabaseBehindServices_NamesIt()
    {
        var (normal, fault) = (new RankWindow(), new RankWindow());
        Read(Traces(1, 1), normal);
        Read(Traces(2, 12), fault);
        var suspects = RootCauseRanking.Rank(normal, fault);
        suspects[0].Service.ShouldBe("shop-db");
        suspects[0].Score.ShouldBeGreaterThan(0.8);
        suspects[0].Reasons.ShouldNotBeEmpty();
    }

    [Fact]
    public void FoldedStacks_AddUpToSelfTime()
    {
        var analyzer = new TraceAnalyzer();
        Read(Traces(3, 1), null, analyzer);
        var report = analyzer.Finish();
        var text = new StringWriter();
        FlameGraph.WriteFolded(report.CallPaths, FlameValue.Self, text);
        text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => long.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(report.Operations.Sum(entry => entry.SelfUs));
    }

    private static byte[] Traces(int seed, int slower)
    {
        var random = new Random(seed);
        var spans = new List<SpanSpec>();
        for (var trace = 0; trace < 80; trace++)
        {
            var id = (seed * 1_000 + trace + 1).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
            long database = random.Next(800, 1_200) * slower;
            long around = random.Next(4_000, 6_000);
            spans.Add(new SpanSpec { TraceId = id, SpanId = "1", Service = "web", Operation = "GET", Kind = "server", StartUs = 1_000_000, DurationUs = database + around + 1_000 });
            spans.Add(new SpanSpec { TraceId = id, SpanId = "2", ParentId = "1", Service = "web", Operation = "call", Kind = "client", StartUs = 1_000_100, DurationUs = database + around });
            spans.Add(new SpanSpec { TraceId = id, SpanId = "3", ParentId = "2", Service = "api", Operation = "serve", Kind = "server", StartUs = 1_000_200, DurationUs = database + around - 200 });
            spans.Add(new SpanSpec { TraceId = id, SpanId = "4", ParentId = "3", Service = "api", Operation = "SELECT", Kind = "client", StartUs = 1_000_300, DurationUs = database, Tags = [("db.system", "postgresql"), ("db.name", "shop-db")] });
        }

        return WireFormats.Jaeger(spans);
    }

    private static void Read(byte[] json, RankWindow? window, TraceAnalyzer? analyzer = null) => new TraceReader().Read(new MemoryStream(json), "test", batch =>
    {
        foreach (var trace in batch.Traces)
        {
            window?.Add(trace);
            analyzer?.Add(trace);
        }
    }, TestContext.Current.CancellationToken);
}
