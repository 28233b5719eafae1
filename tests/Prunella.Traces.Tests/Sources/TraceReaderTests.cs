using System.IO.Compression;
using System.Text;
using Prunella.Traces.Analysis;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Model;
using Prunella.Traces.Reports;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Sources;

public sealed class TraceReaderTests
{
    [Fact]
    public void TheSameTraces_InEveryFormat_GiveTheSameAnalysis()
    {
        var traffic = new ShopTraffic(3);
        var spans = Enumerable.Range(0, 12).SelectMany(_ => traffic.Trace(30)).ToList();
        foreach (var span in spans.Where((_, index) => index % 17 == 5))
            span.Error = true;
        var jaeger = Reading.Report(WireFormats.Jaeger(spans));
        Reading.Report(WireFormats.OtlpJson(spans)).ShouldBe(jaeger);
        Reading.Report(WireFormats.OtlpJson(spans, wrap: true)).ShouldBe(jaeger);
        Reading.Report(WireFormats.OtlpProtobuf(spans)).ShouldBe(jaeger);
        Reading.Report(WireFormats.Zipkin(spans)).ShouldBe(jaeger);
        Reading.Report(Gzip(WireFormats.Zipkin(spans))).ShouldBe(jaeger);
        Reading.Report(Encoding.Unicode.GetPreamble().Concat(Encoding.Convert(Encoding.UTF8, Encoding.Unicode, WireFormats.Jaeger(spans))).ToArray()).ShouldBe(jaeger);
        jaeger.ShouldContain("\"traces\": 12");
    }

    [Fact]
    public void Otlp_NamesNumbersBase64AndUnknownFields_AreRead()
    {
        var trace = Reading.All("""
            {"unknown":[1,{"a":2}],"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"extra":1,
             "scopeSpans":[{"spans":[
              {"traceId":"AAAAAAAAAAAAAAAAAAAAAQ==","spanId":"AAAAAAAAAAI=","name":"x","kind":"SPAN_KIND_SERVER","startTimeUnixNano":1700000000000000000,"endTimeUnixNano":"1700000000000005999","status":{"code":"STATUS_CODE_ERROR"},"new":{}},
              {"trace_id":"00000000000000000000000000000001","span_id":"0000000000000003","parent_span_id":"0000000000000002","name":"y","kind":3,"start_time_unix_nano":"1700000000000001000","end_time_unix_nano":"1700000000000002000"}]}]}]}
            {"batches":[]}
            """).ShouldHaveSingleItem();
        trace.Count.ShouldBe(2);
        trace.TraceId.ShouldBe("0000000000000001");
        var tree = new TraceTreeBuilder().Build(trace);
        tree.Duration(0).ShouldBe(5);
        tree.Failed(0).ShouldBeTrue();
        tree.Kind(0).ShouldBe(SpanKind.Server);
        tree.Parent(1).ShouldBe(0);
    }

    [Fact]
    public void Zipkin_SharedHalvesFragmentsAndMissingTimes_BecomeOneTree()
    {
        var tree = new TraceTreeBuilder().Build(Reading.All("""
            [[{"traceId":"5af7183fb1d4cf5f","id":"5af7183fb1d4cf5f","kind":"CLIENT","name":"get","timestamp":1700000000000000,"duration":1000,"localEndpoint":{"serviceName":"web"}},
              {"traceId":"5af7183fb1d4cf5f","id":"5af7183fb1d4cf5f","kind":"SERVER","shared":true,"name":"get /x","timestamp":1700000000000100,"localEndpoint":{"serviceName":"api"}},
              {"traceId":"5af7183fb1d4cf5f","id":"5af7183fb1d4cf5f","kind":"SERVER","shared":true,"duration":700,"localEndpoint":{"serviceName":"api"}},
              {"traceId":"5af7183fb1d4cf5f","id":"2","parentId":"5af7183fb1d4cf5f","name":"work","timestamp":1700000000000200,"duration":300,"localEndpoint":{"serviceName":"api"}},
              {"traceId":"5af7183fb1d4cf5f","id":"3","parentId":"0000000000000002","name":"untimed","localEndpoint":{"serviceName":"api"}}]]
            """).ShouldHaveSingleItem());
        tree.Included.ShouldBe(4);
        var (client, server, work, untimed) = (Reading.Find(tree, "5af7183fb1d4cf5f"), Reading.Find(tree, "5af7183fb1d4cf5f_server"), Reading.Find(tree, "0000000000000002"), Reading.Find(tree, "0000000000000003"));
        tree.Parent(server).ShouldBe(client);
        tree.Parent(work).ShouldBe(server);
        tree.Duration(server).ShouldBe(700);
        tree.Start(untimed).ShouldBe(tree.Start(work));
    }

    [Theory]
    [InlineData("""{"data":[{"traceID":"ab12","spans":[{"traceID":"ab12","spanID":"1","startTime":1""", "ab12")]
    [InlineData("""{"data":[{"traceID":"ab12","spans":[{"spanID":"1","startTime":NaN}]}]}""", "ab12")]
    [InlineData("""[{"traceId":"00000000000000cd","id":"1","timestamp":1},{"traceId":""", "00000000000000cd")]
    public void BrokenJson_NamesInputOffsetAndTrace(string json, string trace)
    {
        var fault = Should.Throw<TraceFormatException>(() => Reading.All(json));
        fault.InputName.ShouldBe("test");
        fault.Offset.ShouldBeGreaterThan(20);
        fault.TraceId.ShouldBe(trace);
    }

    [Fact]
    public void WrongTypesAndImpossibleTimes_CostTheSpanItsFieldNotTheTraceItsSpans()
    {
        var tree = Reading.Tree("""
            {"data":[{"traceID":"1","spans":[
              {"traceID":"1","spanID":"a","operationName":"r","startTime":1700000000000000,"duration":1000,"processID":"p1","references":[]},
              {"traceID":"1","spanID":"b","operationName":7,"startTime":"1700000000000100","duration":-5,"processID":"nope","references":{},"tags":"x","logs":5},
              {"traceID":"1","spanID":"c","operationName":"c","startTime":1e300,"duration":9223372036854775807,"references":[{"refType":"CHILD_OF","spanID":"a"}]},
              {"traceID":"1","spanID":"d","startTime":1700000000000200.5,"duration":100,"tags":[{"key":"k","value":{"x":[1]}},{"key":"error","type":"bool","value":true},{"value":"v","key":"late"}],"references":[{"refType":"CHILD_OF","traceID":"1","spanID":"a"}]},
              17, null, {"spanID":""}],"processes":{"p1":{"serviceName":"s"},"p2":3}}]}
            """);
        tree.Service(0).ShouldBe("s");
        tree.Service(1).ShouldBe("unknown-service");
        tree.Start(Reading.Find(tree, "d")).ShouldBe(1700000000000200);
        tree.Failed(Reading.Find(tree, "d")).ShouldBeTrue();
        tree.Trace.Attribute(Reading.Find(tree, "d"), "late").ShouldBe("v");
        tree.Warnings.Count.ShouldBeGreaterThanOrEqualTo(3);
        new CriticalPathFinder(CriticalPathMode.Default).Find(tree, 0).DurationUs.ShouldBe(1_000);
    }

    [Fact]
    public void AHugeTextAndDeepNesting_AreRefusedWithAPlace()
    {
        var huge = "{\"data\":[{\"traceID\":\"ab\",\"spans\":[{\"spanID\":\"" + new string('x', 200_000) + "\"}]}]}";
        Should.Throw<TraceFormatException>(() => Reading.All(huge, new TraceReadOptions { JsonTokenBytesMax = 100_000 })).Message.ShouldContain("JsonTokenBytesMax");
        var deep = "{\"data\":[{\"traceID\":\"ab\",\"x\":" + new string('[', 5_000) + new string(']', 5_000) + "}]}";
        Should.Throw<TraceFormatException>(() => Reading.All(deep)).TraceId.ShouldBe("ab");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"a\":1}")]
    public void WhatIsNoTrace_IsSaidToBeNone(string text) => Should.Throw<TraceFormatException>(() => Reading.All(text));

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"data\":[{\"traceID\":\"1\",\"spans\":[],\"processes\":{}}]}")]
    [InlineData("{\"resourceSpans\":[]}")]
    public void EmptyInputs_HoldNoTraces(string text) => Reading.All(text).ShouldBeEmpty();

    [Fact]
    public void DuplicatesCyclesAndOrphans_AreRepairedAndSaid()
    {
        var tree = Reading.Tree("""
            {"data":[{"traceID":"1","processes":{"p":{"serviceName":"s"}},"spans":[
              {"spanID":"a","operationName":"r","startTime":1700000000000000,"duration":1000,"processID":"p"},
              {"spanID":"a","operationName":"r","startTime":1700000000000000,"duration":1000,"processID":"p"},
              {"spanID":"a","operationName":"other","startTime":1700000000000100,"duration":10,"processID":"p"},
              {"spanID":"x","operationName":"x","startTime":1700000000000200,"duration":10,"processID":"p","references":[{"refType":"CHILD_OF","spanID":"y"}]},
              {"spanID":"y","operationName":"y","startTime":1700000000000100,"duration":10,"processID":"p","references":[{"refType":"CHILD_OF","spanID":"x"}]},
              {"spanID":"o","operationName":"o","startTime":1700000000000300,"duration":10,"processID":"p","references":[{"refType":"CHILD_OF","spanID":"lost"}]},
              {"spanID":"z","operationName":"z","startTime":0,"duration":10,"processID":"p","references":[{"refType":"CHILD_OF","spanID":"a"}]}]}]}
            """);
        tree.Included.ShouldBe(5);
        tree.SpanId(2).ShouldBe("a_1");
        tree.Parent(Reading.Find(tree, "y")).ShouldBe(-1);
        tree.Parent(Reading.Find(tree, "x")).ShouldBe(Reading.Find(tree, "y"));
        string.Join(' ', tree.Warnings).ShouldSatisfyAllConditions(text => text.ShouldContain("cycle"), text => text.ShouldContain("twice"), text => text.ShouldContain("share an id"), text => text.ShouldContain("without a start"), text => text.ShouldContain("not in the trace"));
    }

    [Fact]
    public void Skew_IsCorrectedOnlyOnRequestAcrossHostsAndWithinTheLimit()
    {
        SpanSpec[] spans =
        [
            new() { TraceId = "a", SpanId = "1", Service = "c", Operation = "call", Kind = "client", StartUs = 1_000_000, DurationUs = 1_000, Host = "h1" },
            new() { TraceId = "a", SpanId = "2", ParentId = "1", Service = "s", Operation = "serve", Kind = "server", StartUs = 1_050_000, DurationUs = 600, Host = "h2" },
            new() { TraceId = "a", SpanId = "3", ParentId = "2", Service = "s", Operation = "inner", StartUs = 1_050_100, DurationUs = 100, Host = "h2" },
        ];
        var raw = Reading.Tree(spans);
        (raw.Start(1), raw.Adjusted(1)).ShouldBe((1_050_000, false));
        var adjusted = Reading.Tree(spans, new RepairOptions { SkewMax = TimeSpan.FromMilliseconds(100) });
        (adjusted.Start(1), adjusted.Start(2), adjusted.Adjusted(2), adjusted.Adjusted(0)).ShouldBe((1_000_200, 1_000_300, true, false));
        var limited = Reading.Tree(spans, new RepairOptions { SkewMax = TimeSpan.FromMilliseconds(10) });
        limited.Start(1).ShouldBe(1_050_000);
        limited.Warnings.ShouldContain(warning => warning.Contains("over the limit"));
    }

    [Fact]
    public void SplitAcrossBatches_ScatteredSpansFindTheirTrace()
    {
        var traffic = new ShopTraffic(5);
        var spans = Enumerable.Range(0, 20).SelectMany(_ => traffic.Trace(20)).OrderBy(span => span.SpanId, StringComparer.Ordinal).ToList();
        Reading.All(WireFormats.OtlpProtobuf(spans)).Count.ShouldBe(20);
        Reading.All(WireFormats.Zipkin(spans), new TraceReadOptions { WaitingSpansMax = 1_000 }).Sum(trace => trace.Count).ShouldBe(400);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Threads_DoNotChangeTheReport(int threads)
    {
        var traffic = new ShopTraffic(9);
        var json = WireFormats.Jaeger(Enumerable.Range(0, 300).SelectMany(_ => traffic.Trace(25)));
        var failures = new List<TraceFormatException>();
        var report = new TracePipeline(threads: threads).Analyze([new TraceOrigin("x", () => new MemoryStream(json))], new AnalysisOptions(), failures);
        failures.ShouldBeEmpty();
        (report.Traces, report.Spans).ShouldBe((300, 7_500));
        TraceJson.Report(report).ShouldBe(Reading.Report(json));
    }

    [Fact]
    public void SplitterOnATruncatedFile_KeepsWhatWasWholeAndNamesTheOffset()
    {
        var traffic = new ShopTraffic(9);
        var json = WireFormats.Jaeger(Enumerable.Range(0, 200).SelectMany(_ => traffic.Trace(25)));
        var cut = json.AsSpan(0, json.Length * 2 / 3).ToArray();
        var failures = new List<TraceFormatException>();
        var report = new TracePipeline(threads: 3).Analyze([new TraceOrigin("x", () => new MemoryStream(cut))], new AnalysisOptions(), failures);
        report.Traces.ShouldBeInRange(100, 140);
        failures.ShouldHaveSingleItem().Offset.ShouldBeInRange(cut.Length - 40_000, cut.Length);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
