using Prunella.Traces.Model;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.CriticalPath;

public sealed class CriticalPathFinderTests
{
    [Fact]
    public void Sections_OfTenThousandWildTraces_PartitionTheRootInEveryMode()
    {
        var finders = new[] { new CriticalPathFinder(CriticalPathMode.Default), new CriticalPathFinder(CriticalPathMode.Jaeger), new CriticalPathFinder(CriticalPathMode.Crisp) };
        var reader = new Prunella.Traces.Sources.TraceReader();
        var builder = new TraceTreeBuilder();
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var spans = RandomTraces.Tree(random, 1 + random.Next(16), wild: true);
            var tree = builder.Build(reader.ReadAll(new MemoryStream(WireFormats.Jaeger(spans)), "test")[0]);
            foreach (var finder in finders)
            {
                var path = finder.Find(tree, tree.Roots[0]);
                var cursor = tree.Start(path.Root);
                foreach (var section in path.Sections)
                {
                    (section.StartUs == cursor && section.EndUs > section.StartUs).ShouldBeTrue($"{finder.Mode}, seed {seed}");
                    cursor = section.EndUs;
                }

                cursor.ShouldBe(tree.End(path.Root), $"{finder.Mode}, seed {seed}");
                if (finder.Mode != CriticalPathMode.Crisp)
                    path.ExclusiveUs.Values.Sum().ShouldBe(path.DurationUs, $"{finder.Mode}, seed {seed}");
                path.CallPathExclusiveUs.Values.Sum().ShouldBe(path.ExclusiveUs.Values.Sum(), $"{finder.Mode}, seed {seed}");
                path.SavedOnPathUs.ShouldBeInRange(0, path.DurationUs, $"{finder.Mode}, seed {seed}");
            }
        }
    }

    [Fact]
    public void Modes_WhereSiblingsDoNotTouch_Agree()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var tree = Reading.Tree(RandomTraces.Tree(random, 2 + random.Next(30), wild: false));
            var expected = new CriticalPathFinder(CriticalPathMode.Default).Find(tree, 0).Sections;
            new CriticalPathFinder(CriticalPathMode.Jaeger).Find(tree, 0).Sections.ShouldBe(expected, $"seed {seed}");
            new CriticalPathFinder(CriticalPathMode.Crisp).Find(tree, 0).Sections.ShouldBe(expected, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(CriticalPathMode.Jaeger)]
    [InlineData(CriticalPathMode.Default)]
    public void Sections_OfWildTraces_AreThoseOfThePlainRecursion(CriticalPathMode mode)
    {
        var finder = new CriticalPathFinder(mode);
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var spans = RandomTraces.Tree(random, 1 + random.Next(20), wild: true);
            var tree = Reading.Tree(spans);
            var expected = PathOracles.Jaeger(PathOracles.Tree(spans), touching: mode == CriticalPathMode.Default);
            var actual = finder.Find(tree, 0).Sections.Select(section => (tree.SpanId(section.Span), section.StartUs, section.EndUs)).ToList();
            if (mode == CriticalPathMode.Default)
                (expected, actual) = (Joined(expected), Joined(actual));
            actual.ShouldBe(expected, $"seed {seed}");
        }
    }

    [Fact]
    public void Crisp_OfWildTraces_CountsWhatThePlainRecursionCounts()
    {
        var finder = new CriticalPathFinder(CriticalPathMode.Crisp);
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var spans = RandomTraces.Tree(random, 1 + random.Next(30), wild: true);
            var tree = Reading.Tree(spans);
            var root = PathOracles.Tree(spans);
            var expected = PathOracles.Crisp(root);
            var actual = finder.Find(tree, 0);
            actual.ExclusiveUs.ToDictionary().ShouldBe(PathOracles.CrispExclusive(expected), ignoreOrder: true, $"seed {seed}");
            (actual.TotalWorkUs, actual.SavedOnWorkUs).ShouldBe(PathOracles.Work(root), $"seed {seed}");
            actual.DragUs.Keys.Select(tree.SpanId).Order().ShouldBe(expected.Select(node => node.Spec.SpanId).Order(), $"seed {seed}");
            actual.SavedOnPathUs.ShouldBe(Math.Max(0, PathOracles.Saved(root)), $"seed {seed}");
        }
    }

    [Fact]
    public void Crisp_OverlapBelowOnePercent_ChainsSiblings()
    {
        Path(CriticalPathMode.Crisp, ("r", null, 0, 1_000), ("a", "r", 0, 505), ("b", "r", 500, 500)).ShouldBe(["a", "b"]);
        Path(CriticalPathMode.Crisp, ("r", null, 0, 1_000), ("a", "r", 0, 510), ("b", "r", 500, 500)).ShouldBe(["r", "b"]);
        Path(CriticalPathMode.Crisp, ("r", null, 0, 1_000), ("a", "r", 0, 505), ("b", "r", 500, 500), ("c", "r", 502, 8)).ShouldBe(["r", "b"]);
    }

    [Fact]
    public void TouchingSiblings_AreChainedByDefaultAndNotInJaeger()
    {
        Path(CriticalPathMode.Default, ("r", null, 0, 100), ("a", "r", 0, 50), ("b", "r", 50, 50)).ShouldBe(["a", "b"]);
        Path(CriticalPathMode.Jaeger, ("r", null, 0, 100), ("a", "r", 0, 50), ("b", "r", 50, 50)).ShouldBe(["r", "b"]);
    }

    [Fact]
    public void ProducerAndFollowsFrom_DoNotBlock()
    {
        var tree = Reading.Tree([
            Span("01", null, 0, 100, "producer"), Span("02", "01", 10, 80, "consumer"),
            Span("03", "01", 10, 60, "internal", follows: true), Span("04", "01", 10, 20, "internal"),
        ]);
        new CriticalPathFinder(CriticalPathMode.Default).Find(tree, 0).Sections.Select(section => (tree.SpanId(section.Span), section.DurationUs))
            .ShouldBe([("01", 10L), ("04", 20L), ("01", 70L)]);
    }

    [Fact]
    public void SeveralRoots_HaveAPathEach()
    {
        var tree = Reading.Tree([Span("01", null, 0, 100, "server"), Span("02", null, 200, 50, "server"), Span("03", "09", 300, 10, "server")]);
        tree.Roots.Count.ShouldBe(3);
        tree.Warnings.ShouldContain(warning => warning.Contains("parent that is not in the trace"));
    }

    [Fact]
    public void AChainOfAMillionSpans_PassesInEveryMode()
    {
        const int Spans = 1_000_000;
        var names = Keys.NewNames();
        var table = new SpanTable(names, new TextPool());
        var service = names.Intern("s");
        table.Processes.Add(new SpanProcess(service, 0, 0, 0));
        for (var index = 0; index < Spans; index++)
        {
            var row = table.Begin();
            table.Seal(row);
            ref var span = ref table[row];
            (span.StartUs, span.DurationUs, span.Process, span.Operation) = (1_000_000 + index, 2 * (Spans - index), 0, service);
            span.SpanId = table.Values.Intern($"{index + 1:x16}");
            span.ParentId = index == 0 ? 0 : table.Values.Intern($"{index:x16}");
        }

        var tree = new TraceTreeBuilder().Build(new Trace(table, 0, Spans, "t", "test"));
        foreach (var mode in Enum.GetValues<CriticalPathMode>())
            new CriticalPathFinder(mode).Find(tree, 0).Sections.Sum(section => section.DurationUs).ShouldBe(2 * Spans);
    }

    private static string[] Path(CriticalPathMode mode, params (string Id, string? Parent, long Start, long Duration)[] spans)
    {
        var tree = Reading.Tree(spans.Select(span => Span(span.Id, span.Parent, 1_000 + span.Start, span.Duration, null)));
        return [.. new CriticalPathFinder(mode).Find(tree, 0).Sections.Select(section => tree.SpanId(section.Span))];
    }

    private static SpanSpec Span(string id, string? parent, long start, long duration, string? kind, bool follows = false) =>
        new() { TraceId = "aa", SpanId = id, ParentId = parent, Service = "s", Operation = id, StartUs = start, DurationUs = duration, Kind = kind, FollowsFrom = follows };

    // By default a stretch around an empty child is one section.
    private static List<(string Span, long Start, long End)> Joined(List<(string Span, long Start, long End)> sections)
    {
        var joined = new List<(string Span, long Start, long End)>();
        foreach (var section in sections)
        {
            if (joined.Count > 0 && joined[^1].Span == section.Span && joined[^1].End == section.Start)
                joined[^1] = (section.Span, joined[^1].Start, section.End);
            else
                joined.Add(section);
        }

        return joined;
    }
}
