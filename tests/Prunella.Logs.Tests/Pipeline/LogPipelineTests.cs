using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Prunella.Logs.Archive;
using Prunella.Logs.Pipeline;
using Prunella.Logs.Tests.Archive;

namespace Prunella.Logs.Tests.Pipeline;

public sealed class LogPipelineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 17, 8, 0, 0, TimeSpan.Zero));
    private readonly LogPipelineOptions options = new() { SpoolBytesMax = 1 << 20, SpoolFileBytes = 64 << 10 };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Drain_ArchivesEveryAcceptedLine_ByClass()
    {
        Run(pipeline =>
        {
            for (var n = 0; n < 300; n++)
            {
                pipeline.TryAccept(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"2026-03-17 08:00:00 INFO web: request {n}\n2026-03-17 08:00:00 ERROR web: request {n} failed\n"))).ShouldBeTrue();
            }

            pipeline.Drain(all: true).ShouldBe(600);
        });
        var all = Archived();
        all.Count.ShouldBe(600);
        for (var n = 0; n < 300; n++)
        {
            all.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"2026-03-17 08:00:00 INFO web: request {n}"));
        }

        Directory.GetFiles(Path.Combine(folder, "spool")).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(folder, "archive"), "interesting-*").ShouldHaveSingleItem();
        Directory.GetFiles(Path.Combine(folder, "archive"), "routine-*").ShouldHaveSingleItem();
    }

    [Fact]
    public void TryAccept_WhenTheSpoolIsFull_RefusesUntilItIsDrained() => Run(pipeline =>
    {
        var batch = new byte[200_000];
        batch.AsSpan().Fill((byte)'x');
        batch[^1] = (byte)'\n';
        var accepted = 0;
        while (pipeline.TryAccept(batch))
        {
            accepted++;
        }

        accepted.ShouldBe(5);
        pipeline.Drain(all: true).ShouldBe(5);
        pipeline.TryAccept(batch).ShouldBeTrue();
    });

    [Fact]
    public void Drain_LeavesWhatIsYoungAndSmall_UntilItIsOldEnough() => Run(pipeline =>
    {
        pipeline.TryAccept("a line\n"u8).ShouldBeTrue();
        pipeline.Drain().ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(61));
        pipeline.Drain().ShouldBe(1);
    });

    [Fact]
    public void AfterAKill_WhatWasAcceptedIsArchived_AndATornBatchIsNot()
    {
        // A kill leaves the files as they are: nothing is disposed.
        var spool = new LogSpool(Path.Combine(folder, "spool"), options, time);
        spool.TryAccept("first\nsecond\n"u8).ShouldBeTrue();
        spool.TryAccept("third\n"u8).ShouldBeTrue();
        var path = Directory.GetFiles(Path.Combine(folder, "spool")).ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(path);
        spool.Dispose();
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            LogSpool.Read(path).Sum(static b => b.Lines.Span.Count((byte)'\n')).ShouldBe(length == whole.Length ? 3 : length >= whole.Length - 18 ? 2 : 0);
        }

        Run(pipeline => pipeline.Drain().ShouldBe(3));
        Archived().ShouldBe(["first", "second", "third"], ignoreOrder: true);
    }

    [Fact]
    public void Read_OfABulkBody_TakesDocumentsAndToldFaults()
    {
        using var lines = new MemoryStream();
        var items = BulkRequest.Read("""
            {"index":{"_index":"app"}}
            {"message":"one","level":"info"}
            {"create":{}}
            {"message":"two"
            {"delete":{"_id":"7"}}
            {"update":{"_id":"7"}}
            {"doc":{}}
            {"create":{"_index":"b","_id":"3"}}
            {"message":"three"}
            """u8, lines);
        items.Select(static i => (i.Action, i.Index, i.Fault is null)).ShouldBe([("index", "app", true), ("create", "", false), ("delete", "", false), ("update", "", false), ("create", "b", true)]);
        Encoding.UTF8.GetString(lines.ToArray()).ShouldBe("{\"message\":\"one\",\"level\":\"info\"}\n{\"message\":\"three\"}\n");
    }

    [Theory]
    [InlineData("nonsense\n{}\n")]
    [InlineData("{\"index\":{}}\n")]
    [InlineData("{\"index\":7}\n{}\n")]
    [InlineData("[]\n")]
    public void Read_OfABodyThatCannotBeTold_Throws(string body) => Should.Throw<FormatException>(() => BulkRequest.Read(Encoding.UTF8.GetBytes(body), Stream.Null));

    [Fact]
    public void Read_OfAnyBytes_TakesWholeLinesOrThrows() => Gen.Byte.Array[0, 200].Sample(static bytes =>
    {
        try
        {
            BulkRequest.Read(bytes, Stream.Null);
        }
        catch (FormatException)
        {
            // Said to the sender.
        }
    });

    private void Run(Action<LogPipeline> act)
    {
        using var spool = new LogSpool(Path.Combine(folder, "spool"), options, time);
        using var store = new ArchiveStore(Path.Combine(folder, "archive"), new ArchiveOptions { Durable = false }, new RetentionOptions(), time);
        using var pipeline = new LogPipeline(spool, store, time);
        act(pipeline);
    }

    private List<string> Archived() =>
        [.. Directory.GetFiles(Path.Combine(folder, "archive"), "*.parc").SelectMany(static p => Encoding.UTF8.GetString(ArchiveIdentity.Read(p)).Split('\n', StringSplitOptions.RemoveEmptyEntries))];
}
