using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>Payloads with every field that the vendors' documentation shows, known here or not.</summary>
public sealed class VendorPayloadTests
{
    [Fact]
    public void Otlp_TheExampleOfTheProtocol_IsRead()
    {
        // opentelemetry-proto, examples/trace.json: upper-case ids, a parent elsewhere, numbers as texts.
        var trace = Reading.All("""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},
              "scopeSpans":[{"scope":{"name":"my.library","version":"1.0.0","attributes":[{"key":"my.scope.attribute","value":{"stringValue":"some scope attribute"}}]},
              "spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"EEE19B7EC3C1B173","name":"I'm a server span",
                "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","kind":2,"attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}}]}]}]}]}
            """).ShouldHaveSingleItem();
        trace.TraceId.ShouldBe("5b8efff798038103d269b633813fc60c");
        var tree = new TraceTreeBuilder().Build(trace);
        (tree.Service(0), tree.Operation(0), tree.Kind(0), tree.Duration(0)).ShouldBe(("my.service", "I'm a server span", SpanKind.Server, 1_000_000));
        tree.Roots.ShouldBe([0], "its parent is not in the file");
    }

    [Fact]
    public void JaegerV1_WithPagingWarningsLogsAndTypedTags_IsRead()
    {
        var tree = Reading.Tree("""
            {"data":[{"traceID":"2ba4a8b2a1a2c9a0","spans":[
              {"traceID":"2ba4a8b2a1a2c9a0","spanID":"2ba4a8b2a1a2c9a0","flags":1,"operationName":"HTTP GET /dispatch","references":[],"startTime":1700000000000000,"duration":700000,
               "tags":[{"key":"sampler.param","type":"bool","value":true},{"key":"http.status_code","type":"int64","value":200},{"key":"ratio","type":"float64","value":0.5},{"key":"blob","type":"binary","value":"AAEC"}],
               "logs":[{"timestamp":1700000000000100,"fields":[{"key":"event","type":"string","value":"HTTP request received"}]}],"processID":"p1","warnings":null},
              {"traceID":"2ba4a8b2a1a2c9a0","spanID":"1b","operationName":"HTTP GET /customer","references":[{"refType":"CHILD_OF","traceID":"2ba4a8b2a1a2c9a0","spanID":"2ba4a8b2a1a2c9a0"}],
               "startTime":1700000000001000,"duration":300000,"tags":[{"key":"span.kind","type":"string","value":"client"}],"logs":[],"processID":"p2","warnings":["clock skew"]}],
              "processes":{"p1":{"serviceName":"frontend","tags":[{"key":"hostname","type":"string","value":"h"},{"key":"jaeger.version","type":"string","value":"Go-2.30.0"}]},"p2":{"serviceName":"customer","tags":[]}},"warnings":null}],
             "total":0,"limit":0,"offset":0,"errors":null}
            """);
        (tree.Count, tree.Service(0), tree.Service(1), tree.Kind(1), tree.Parent(1)).ShouldBe((2, "frontend", "customer", SpanKind.Client, 0));
        tree.Trace.Attribute(0, "http.status_code").ShouldBe("200");
    }

    [Theory]
    [InlineData("{\"result\":{\"resourceSpans\":[%]}}")]
    [InlineData("{\"result\":{\"resourceSpans\":[%]}}\n{\"result\":{\"resourceSpans\":[]}}")]
    [InlineData("[{\"result\":{\"resourceSpans\":[%]}}]")]
    [InlineData("{\"batches\":[%]}")]
    [InlineData("{\"trace\":{\"resourceSpans\":[%]}}")]
    [InlineData("{\"resource_spans\":[%]}")]
    public void JaegerV3AndItsLikes_InTheirWrappers_AreRead(string wrapper) => Reading.All(wrapper.Replace("%", """
        {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"frontend"}},{"key":"process.pid","value":{"intValue":"17"}}],"droppedAttributesCount":0},"schemaUrl":"https://opentelemetry.io/schemas/1.26.0",
         "scopeSpans":[{"scope":{"name":"otelhttp"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","parentSpanId":"","flags":257,"traceState":"","name":"GET /","kind":"SPAN_KIND_SERVER",
          "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":1700000000500000000,"attributes":[{"key":"tags","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}},{"key":"n","value":{"doubleValue":1.5}},{"key":"b","value":{"bytesValue":"AAE="}}],
          "events":[{"timeUnixNano":"1700000000000000001","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"X"}}],"droppedAttributesCount":0}],"links":[],"status":{"code":"STATUS_CODE_ERROR","message":"no"}}]}]}
        """, StringComparison.Ordinal)).ShouldHaveSingleItem().Row(0).Marks.ShouldSatisfyAllConditions(marks => (marks & SpanMarks.Error).ShouldBe(SpanMarks.Error));

    [Fact]
    public void ZipkinV2_WithEndpointsAnnotationsAndDebug_IsRead()
    {
        var tree = new TraceTreeBuilder().Build(Reading.All("""
            [{"id":"352bff9a74ca9ad2","traceId":"5af7183fb1d4cf5f","parentId":"6b221d5bc9e6496c","name":"get /api","timestamp":1700000000000000,"duration":1431,"kind":"SERVER","debug":true,"shared":true,
              "localEndpoint":{"serviceName":"backend","ipv4":"192.168.99.1","ipv6":"::1","port":3306},"remoteEndpoint":{"ipv4":"172.19.0.2","port":58648},
              "annotations":[{"timestamp":1700000000000010,"value":"Brave.flush"}],"tags":{"http.method":"GET","http.path":"/api"}},
             {"id":"6b221d5bc9e6496c","traceId":"5af7183fb1d4cf5f","name":"get","timestamp":1699999999999000,"duration":4000,"kind":"CLIENT","localEndpoint":{"serviceName":"frontend"},"remoteEndpoint":{"serviceName":"backend"},"tags":{}}]
            """).ShouldHaveSingleItem());
        tree.Count.ShouldBe(2);
        (tree.Service(0), tree.Kind(0), tree.Parent(0)).ShouldBe(("backend", SpanKind.Server, 1));
    }
}
