using Prunella.Traces.Analysis;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Scenarios;
using Prunella.Traces.Sources;
using Prunella.Traces.Statistics;

namespace Prunella.Traces.Waterfalls;

public sealed class WaterfallTests
{
    [Fact]
    public void CriticalStretches_CoverTheRootExactly()
    {
        var waterfall = Waterfall.Of(Reading.All(WireFormats.Jaeger([Span("1", null, 0, 100), Span("2", "1", 10, 30), Span("3", "1", 15, 60), Span("4", "3", 20, 10)]))[0]);

        var stretches = Enumerable.Range(0, 4).SelectMany(span => waterfall.Critical(span)).OrderBy(stretch => stretch.StartUs).ToList();
        stretches[0].StartUs.ShouldBe(0);
        stretches.Sum(stretch => stretch.DurationUs).ShouldBe(waterfall.DurationUs);
        foreach (var (one, next) in stretches.Zip(stretches.Skip(1))) next.StartUs.ShouldBe(one.StartUs + one.DurationUs);
        waterfall.CriticalBelowUs(Reading.Find(waterfall.Tree, "1")).ShouldBe(100);
        waterfall.CriticalBelowUs(Reading.Find(waterfall.Tree, "3")).ShouldBe(60);
    }

    [Fact]
    public void Rows_OfManyCalls_FoldThoseThatNobodyWaitedFor()
    {
        var spans = new List<SpanSpec> { Span("1", null, 0, 10_000) };
        for (var call = 0; call < 500; call++) spans.Add(Span($"{16 + call:x}", "1", call, 5));
        spans.Add(Span("f000", "1", 600, 9_000));
        var waterfall = Waterfall.Of(Reading.All(WireFormats.Jaeger(spans))[0]);
        var opened = waterfall.OpenAtFirst();

        var rows = waterfall.Rows(opened, new Dictionary<int, int>(), 400);

        rows.Count.ShouldBe(1 + Waterfall.CallsShown + 1);
        rows.ShouldContain(row => row.Folded == 0 && waterfall.Tree.SpanId(row.Span) == "f000");
        rows[^1].Folded.ShouldBe(501 - Waterfall.CallsShown);
        rows[^1].FoldedUs.ShouldBe(5L * rows[^1].Folded);
        var more = waterfall.Rows(opened, new Dictionary<int, int> { [rows[0].Span] = 120 }, 400);
        more[^1].Folded.ShouldBe(501 - 120);
        waterfall.Rows(opened, new Dictionary<int, int> { [rows[0].Span] = 501 }, 400).Count.ShouldBe(400);
        waterfall.Rows(new HashSet<int>(), new Dictionary<int, int>(), 400).Count.ShouldBe(1);
    }

    [Fact]
    public void Rows_OfEveryDepth_ListEachSpanOnceWhenAllIsOpen()
    {
        var random = new Random(11);
        var spans = new List<SpanSpec> { Span("1", null, 0, 5_000) };
        for (var number = 2; number <= 800; number++)
        {
            var parent = spans[random.Next(spans.Count)];
            spans.Add(Span($"{number:x}", parent.SpanId, parent.StartUs + random.Next(5), Math.Max(1, parent.DurationUs - random.Next(10, 200))));
        }

        var waterfall = Waterfall.Of(Reading.All(WireFormats.Jaeger(spans))[0]);
        var all = Enumerable.Range(0, waterfall.Tree.Count).ToHashSet();
        var rows = waterfall.Rows(all, all.ToDictionary(span => span, _ => int.MaxValue), int.MaxValue);

        rows.Select(row => row.Span).ToHashSet().Count.ShouldBe(800);
        rows.Count.ShouldBe(800);
        foreach (var row in rows) row.Depth.ShouldBe(waterfall.Callers(row.Span).Count());
    }

    [Fact]
    public void Copy_OutlivesItsReader()
    {
        Waterfall? kept = null;
        var reader = new TraceReader();
        for (var round = 0; round < 3; round++)
        {
            var spans = Enumerable.Range(0, 50).Select(index => Span($"{index + 1:x}", index == 0 ? null : "1", index, 1_000 - index, note: $"round {round} span {index}")).ToList();
            reader.Read(new MemoryStream(WireFormats.Jaeger(spans)), "test", batch => kept ??= Waterfall.Of(batch.Traces[0]), TestContext.Current.CancellationToken);
        }

        kept!.Attributes(Reading.Find(kept.Tree, "2"), 10).ShouldContain(("note", "round 0 span 1"));
        kept.Attributes(Reading.Find(kept.Tree, "2"), 0).ShouldBeEmpty();
    }

    [Fact]
    public void FlameLayout_FromOneBox_FillsTheWidthWithIt()
    {
        var analyzer = new TraceAnalyzer();
        foreach (var trace in Reading.All(WireFormats.Jaeger([Span("1", null, 0, 100, "a"), Span("2", "1", 0, 60, "b"), Span("3", "2", 0, 20, "c"), Span("4", "1", 60, 30, "d")]))) analyzer.Add(trace);
        var paths = analyzer.Finish().CallPaths;

        var whole = FlameLayout.Of(paths, FlameValue.Self);
        whole.TotalUs.ShouldBe(100);
        whole.Boxes.Select(box => (box.Operation, Math.Round(box.Left, 3), Math.Round(box.Width, 3))).ShouldBe([("a", 0, 1), ("b", 0, 0.6), ("c", 0, 0.2), ("d", 0.6, 0.3)]);
        var part = FlameLayout.Of(paths, FlameValue.Self, whole.Boxes[1].Node);
        part.TotalUs.ShouldBe(60);
        part.Boxes.Select(box => (box.Operation, Math.Round(box.Left, 3), Math.Round(box.Width, 3))).ShouldBe([("a", 0, 1), ("b", 0, 1), ("c", 0, 0.333)]);
        FlameLayout.Of(paths, FlameValue.Self, widthMin: 0.25).LeftOut.ShouldBe(1);
    }

    [Fact]
    public void SlowTraces_InAnyOrderAndParts_AreTheSame()
    {
        var random = new Random(5);
        var traces = Enumerable.Range(1, 60).SelectMany(number => Reading.All(WireFormats.Jaeger(
            [Span("1", null, 0, 100 + number / 2 * 10, "outer", $"{number:x}"), Span("2", "1", 10, 80, "inner", $"{number:x}")]))).ToList();
        var options = new AnalysisOptions();
        var (whole, left, right) = (new SlowTraces(options, 10), new SlowTraces(options, 10), new SlowTraces(options, 10));
        foreach (var trace in traces) whole.Add(trace);
        foreach (var trace in traces.OrderBy(_ => random.Next())) (random.Next(2) == 0 ? left : right).Add(trace);
        left.Add(right);

        left.Slowest.ShouldBe(whole.Slowest);
        whole.Slowest.Count.ShouldBe(10);
        whole.Slowest[0].DurationUs.ShouldBe(400);
        whole.Slowest.ShouldBe(whole.Slowest.OrderByDescending(trace => trace.DurationUs).ThenBy(trace => trace.TraceId, StringComparer.Ordinal));
    }

    [Fact]
    public void MapLayout_OfTooManyNodes_KeepsTheBusiest()
    {
        var map = new ServiceMap();
        for (var callee = 1; callee <= 20; callee++) map.AddCalls("hub", $"leaf-{callee:00}", callee, 0);

        var layout = MapLayout.Of(map, 6);

        layout.NodesLeftOut.ShouldBe(15);
        layout.Nodes.Select(placed => placed.Node.Name).ShouldBe(["hub", "leaf-16", "leaf-17", "leaf-18", "leaf-19", "leaf-20"]);
        layout.Edges.Count.ShouldBe(5);
    }

    private static SpanSpec Span(string id, string? parent, long start, long duration, string operation = "work", string trace = "ab", string? note = null) => new()
    {
        TraceId = trace, SpanId = id, ParentId = parent, Service = "s", Operation = operation, StartUs = 1_760_000_000_000_000 + start, DurationUs = duration, Tags = note is null ? [] : [("note", note)],
    };
}
