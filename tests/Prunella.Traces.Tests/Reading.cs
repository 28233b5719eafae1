using System.Text;
using Prunella.Traces.Analysis;
using Prunella.Traces.Model;
using Prunella.Traces.Reports;
using Prunella.Traces.Scenarios;
using Prunella.Traces.Sources;

namespace Prunella.Traces;

/// <summary>Short ways to read traces in tests.</summary>
internal static class Reading
{
    public static IReadOnlyList<Trace> All(byte[] bytes, TraceReadOptions? options = null) => new TraceReader(options).ReadAll(new MemoryStream(bytes), "test");

    public static IReadOnlyList<Trace> All(string text, TraceReadOptions? options = null) => All(Encoding.UTF8.GetBytes(text), options);

    public static TraceTree Tree(string json) => new TraceTreeBuilder().Build(All(json)[0]);

    public static TraceTree Tree(IEnumerable<SpanSpec> spans, RepairOptions? repair = null) => new TraceTreeBuilder(repair).Build(All(WireFormats.Jaeger(spans))[0]);

    /// <summary>The full analysis of an input, as its JSON.</summary>
    public static string Report(byte[] bytes, TraceReadOptions? options = null) => Report(new MemoryStream(bytes), options);

    /// <summary>The full analysis of an input, as its JSON.</summary>
    public static string Report(Stream stream, TraceReadOptions? options = null)
    {
        var analyzer = new TraceAnalyzer();
        new TraceReader(options).Read(stream, "test", batch =>
        {
            foreach (var trace in batch.Traces)
                analyzer.Add(trace);
        }, TestContext.Current.CancellationToken);
        var report = new TraceReport();
        report.Add(analyzer.Finish());
        return TraceJson.Report(report);
    }

    public static int Find(TraceTree tree, string spanId)
    {
        for (var span = 0; span < tree.Count; span++)
        {
            if (tree.SpanId(span) == spanId)
                return span;
        }

        throw new KeyNotFoundException(spanId);
    }
}
