using Microsoft.Extensions.Time.Testing;
using Prunella.Traces.Model;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Sources;

public sealed class TraceStoreTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void WhatWasAppended_IsReadAgainAcrossBlocksAndRestarts()
    {
        var traffic = new ShopTraffic(8);
        var options = new TraceStoreOptions { Directory = _directory, BlockBytesMax = 1 << 16 };
        using (var store = new TraceStore(options, _time))
        {
            for (var request = 0; request < 40; request++)
                store.Append(WireFormats.OtlpProtobuf(traffic.Trace(20)));
        }

        using var again = new TraceStore(options, _time);
        again.Append(OtlpTranscoder.FromJson(WireFormats.OtlpJson(traffic.Trace(5))).Protobuf.Span);
        Directory.GetFiles(_directory).Length.ShouldBeGreaterThan(2);
        Read().ShouldBe(40 * 20 + 5);
    }

    [Fact]
    public void Store_BeyondItsBytesOrAge_ForgetsTheOldest()
    {
        var traffic = new ShopTraffic(8);
        using var store = new TraceStore(new TraceStoreOptions { Directory = _directory, BlockBytesMax = 1 << 16, BytesMax = 1 << 18, Retention = TimeSpan.FromHours(1) }, _time);
        for (var request = 0; request < 400; request++)
            store.Append(WireFormats.OtlpProtobuf(traffic.Trace(20)));
        store.Bytes.ShouldBeLessThanOrEqualTo(1 << 18);
        _time.Advance(TimeSpan.FromHours(2));
        store.Append(WireFormats.OtlpProtobuf(traffic.Trace(3)));
        Directory.GetFiles(_directory).ShouldHaveSingleItem();
        _time.Advance(TimeSpan.FromHours(2));
        store.Upkeep();
        Directory.GetFiles(_directory).ShouldBeEmpty("nothing more needs to come for the old to go");
    }

    [Fact]
    public void OpenAll_ATraceAcrossBlocks_IsOneTrace()
    {
        var spans = new ShopTraffic(3).Trace(30);
        using var store = new TraceStore(new TraceStoreOptions { Directory = _directory, BlockAge = TimeSpan.FromSeconds(10) }, _time);
        store.Append(WireFormats.OtlpProtobuf(spans.Take(12)));
        _time.Advance(TimeSpan.FromSeconds(11));
        store.Append(WireFormats.OtlpProtobuf(spans.Skip(12)));
        Directory.GetFiles(_directory).Length.ShouldBe(2);
        using var stream = TraceStore.OpenAll(_directory);
        new TraceReader().ReadAll(stream, "store").ShouldHaveSingleItem().Count.ShouldBe(30);
    }

    [Fact]
    public void OpenAll_SinceATime_LeavesOutBlocksClosedBefore()
    {
        var traffic = new ShopTraffic(3);
        using var store = new TraceStore(new TraceStoreOptions { Directory = _directory, BlockAge = TimeSpan.FromSeconds(10) }, _time);
        for (var block = 0; block < 5; block++)
        {
            store.Append(WireFormats.OtlpProtobuf(traffic.Trace(10)));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Read(_time.GetUtcNow() - TimeSpan.FromSeconds(90)).ShouldBe(20);
        Read(_time.GetUtcNow() - TimeSpan.FromHours(1)).ShouldBe(50);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public void OpenAll_ABlockTornByACrash_GivesItsWholeRequestsAndTheLaterBlocks(int cut)
    {
        var traffic = new ShopTraffic(3);
        var options = new TraceStoreOptions { Directory = _directory };
        // A killed process closes nothing: the block is as it was written.
        Directory.CreateDirectory(_directory);
        var (whole, torn) = (WireFormats.OtlpProtobuf(traffic.Trace(10)), WireFormats.OtlpProtobuf(traffic.Trace(1)));
        File.WriteAllBytes(Path.Combine(_directory, "20260430T235900000-0000.pb"), [.. whole, .. torn[..^Math.Min(cut, torn.Length - 1)]]);
        using var store = new TraceStore(options, _time);
        store.Append(WireFormats.OtlpProtobuf(traffic.Trace(7)));
        Read().ShouldBe(17);
    }

    [Fact]
    public void Check_OfForeignFieldsAtTheTop_KeepsResourceSpansOnly()
    {
        var request = WireFormats.OtlpProtobuf(new ShopTraffic(3).Trace(5));
        byte[] mixed = [0x20, 0x05, .. request, 0x2A, 0x03, 1, 2, 3, 0x08, 0x01];
        var check = OtlpTranscoder.Check(mixed);
        (check.Spans, check.Rejected).ShouldBe((5, 0));
        check.Protobuf.ToArray().ShouldBe(request);
    }

    [Fact]
    public void FromJson_IsReadAsTheJsonIs()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var spans = RandomTraces.Tree(new Random(seed), 20, wild: true);
            var json = WireFormats.OtlpJson(spans);
            var transcoded = OtlpTranscoder.FromJson(json);
            (transcoded.Spans, transcoded.Rejected).ShouldBe((spans.Count, 0));
            Reading.Report(transcoded.Protobuf.ToArray()).ShouldBe(Reading.Report(json), $"seed {seed}");
        }
    }

    [Fact]
    public void FromJson_LinksEventsAndFalseErrors_KeepTheirMeaning()
    {
        var json = System.Text.Encoding.UTF8.GetBytes("""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"scopeSpans":[{"spans":[
              {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000001","name":"r","kind":2,"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000500000000","attributes":[{"key":"error","value":{"boolValue":false}}]},
              {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"e","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000100000000","events":[{"name":"error"}],"links":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000001"}]},
              {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000003","parentSpanId":"0000000000000001","name":"n","startTimeUnixNano":"1700000000200000000","endTimeUnixNano":"1700000000100000000"},
              {"traceId":"0102030405060708090a0b0c0d0e0f10","name":"no id"},
              {"traceId":"zz","spanId":"0000000000000009","name":"no id"}]}]}]}
            """);
        var transcoded = OtlpTranscoder.FromJson(json);
        (transcoded.Spans, transcoded.Rejected).ShouldBe((3, 2));
        var trace = new TraceReader().ReadAll(new MemoryStream(transcoded.Protobuf.ToArray()), "x").ShouldHaveSingleItem();
        (trace.Row(0).Marks & SpanMarks.CrispError).ShouldBe(SpanMarks.None);
        (trace.Row(1).Marks & (SpanMarks.CrispError | SpanMarks.Error)).ShouldBe(SpanMarks.CrispError);
        (trace.Row(2).Marks & SpanMarks.BadDuration).ShouldBe(SpanMarks.BadDuration);
        trace.Table.Links.ShouldHaveSingleItem().Row.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("17")]
    [InlineData("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{")]
    [InlineData("{}{}")]
    [InlineData("\u001f\u008b")]
    public void FromJson_OfWhatIsNone_Throws(string text) => Should.Throw<InvalidDataException>(() => OtlpTranscoder.FromJson(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Detect_AFirstMessageAsLongAsABracket_IsStillProtobuf()
    {
        foreach (var length in (int[])[91, 123, 9, 13, 32])
        {
            // A resource padded so that the first message has just this length.
            byte[] inner = [0x0A, (byte)(length - 2), .. Padding(length - 2)];
            byte[] bytes = [0x0A, (byte)length, .. inner, .. WireFormats.OtlpProtobuf(new ShopTraffic(3).Trace(5))];
            FormatDetector.Detect(bytes, complete: true).ShouldBe(TraceFormat.OtlpProtobuf, $"length {length}");
        }

        FormatDetector.Detect("\n{\n  \"data\": [] }"u8, complete: true).ShouldBe(TraceFormat.Jaeger);

        static byte[] Padding(int count) => [0x12, (byte)(count - 2), .. new byte[count - 2]];
    }

    [Fact]
    public void Check_OfBrokenProtobuf_Throws() => Should.Throw<InvalidDataException>(() => OtlpTranscoder.Check(new byte[] { 0x0A, 0x7F, 1, 2 }));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private int Read(DateTimeOffset? since = null)
    {
        using var stream = TraceStore.OpenAll(_directory, since);
        return new TraceReader().ReadAll(stream, _directory).Sum(trace => trace.Count);
    }
}
