using System.Diagnostics;
using Prunella.Traces.Analysis;
using Prunella.Traces.Scenarios;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Dependencies;

public sealed class ServiceMapTests
{
    [Fact]
    public void Edges_OfCallsDatabasesQueuesAndLoopback_AreThoseThatDepend()
    {
        var map = Map(
        [
            Span("1", null, "web", "server"),
            Span("2", "1", "web", "client", ("peer.service", "api")), Span("3", "2", "api", "server"),
            Span("4", "3", "api", "client", ("db.system", "postgresql"), ("db.name", "shop"), ("db.statement", "SELECT 1")),
            Span("5", "3", "api", "client", ("http.url", "http://localhost/health"), ("server.address", "localhost")),
            Span("6", "3", "api", "producer", ("messaging.system", "kafka"), ("messaging.destination.name", "orders")),
            Span("7", "6", "mail", "consumer", ("messaging.destination.name", "orders")),
            Span("8", "3", "api", "client", ("http.url", "http://pay.example/x"), ("server.address", "pay.example")),
        ]);
        map.Edges.Select(edge => (edge.From, edge.To, edge.Messaging)).ShouldBe(
        [
            ("api", "orders", true), ("api", "pay.example", false), ("api", "shop", false), ("orders", "mail", true), ("web", "api", false),
        ]);
        map.Nodes.Single(node => node.Name == "shop").Kind.ShouldBe(NodeKind.Database);
        map.Nodes.Single(node => node.Name == "orders").Kind.ShouldBe(NodeKind.Queue);
        MapWriter.Dot(map).ShouldContain("\"orders\" -> \"mail\"");
        MapWriter.Mermaid(map).ShouldContain("flowchart LR");
        MapWriter.Svg(map).ShouldStartWith("<svg");
    }

    [Fact]
    public void Issues_OfAShape_AreNamed()
    {
        var map = new ServiceMap();
        foreach (var (from, to) in ((string, string)[])[("a", "b"), ("b", "c"), ("c", "a"), ("c", "hub"), ("hub", "d"), ("d", "e"), ("e", "f"), ("f", "g")])
            map.AddCalls(from, to, 1, 0);
        for (var callee = 0; callee < 12; callee++)
            map.AddCalls("fan", "t" + callee, 1, 0);
        var issues = MapIssues.Of(map);
        issues.Single(issue => issue.Kind == MapIssueKind.Cycle).Nodes.ShouldBe(["a", "b", "c"]);
        issues.Where(issue => issue.Kind == MapIssueKind.SinglePointOfFailure).Select(issue => issue.Nodes[0]).ShouldContain("hub");
        issues.Single(issue => issue.Kind == MapIssueKind.SinglePointOfFailure && issue.Nodes[0] == "hub").Weight.ShouldBe(3);
        issues.Single(issue => issue.Kind == MapIssueKind.ExcessiveFanOut).Nodes.ShouldBe(["fan"]);
        issues.Single(issue => issue.Kind == MapIssueKind.Depth).Weight.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public void FiveThousandEdges_AreLookedThroughQuickly()
    {
        var map = new ServiceMap();
        var random = new Random(1);
        while (map.Edges.Count < 5_000)
        {
            for (var edge = 0; edge < 500; edge++)
                map.AddCalls("s" + random.Next(1_500), "s" + random.Next(1_500), 1, 0);
        }

        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        MapIssues.Of(map).ShouldNotBeEmpty();
        (Process.GetCurrentProcess().TotalProcessorTime - cpu).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static SpanSpec Span(string id, string? parent, string service, string kind, params (string, object)[] tags) =>
        new() { TraceId = "aa", SpanId = id, ParentId = parent, Service = service, Operation = "op" + id, Kind = kind, StartUs = 1_000_000, DurationUs = 100, Tags = [.. tags] };

    private static ServiceMap Map(SpanSpec[] spans)
    {
        var analyzer = new TraceAnalyzer();
        new TraceReader().Read(new MemoryStream(WireFormats.Jaeger(spans)), "test", batch =>
        {
            foreach (var trace in batch.Traces)
                analyzer.Add(trace);
        }, TestContext.Current.CancellationToken);
        return analyzer.Finish().Map;
    }
}
