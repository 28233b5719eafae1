using Microsoft.Extensions.Time.Testing;
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
        again.Append(OtlpTranscoder.ToProtobuf(WireFormats.OtlpJson(traffic.Trace(5))));
        var blocks = again.Blocks(_time.GetUtcNow());
        blocks.Count.ShouldBeGreaterThan(2);
        blocks.Sum(block => Read(block.Path)).ShouldBe(40 * 20 + 5);
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
        store.Blocks(DateTimeOffset.UnixEpoch).Count.ShouldBe(1);
    }

    [Fact]
    public void Check_OfBrokenProtobuf_Throws() => Should.Throw<InvalidDataException>(() => OtlpTranscoder.Check([0x0A, 0x7F, 1, 2]));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private static int Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new TraceReader().ReadAll(file, path).Sum(trace => trace.Count);
    }
}
