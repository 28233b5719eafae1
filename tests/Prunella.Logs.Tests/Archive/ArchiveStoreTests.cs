using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;

namespace Prunella.Logs.Tests.Archive;

public sealed class ArchiveStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-").FullName;
    private readonly FakeTimeProvider time = new(Start);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Retain_DeletesByClassAndAge()
    {
        Fill();
        At(100).Retain().Select(static s => (Path.GetFileName(s.Path)[..7], s.Action)).ShouldBe([("routine", "deleted")], ignoreOrder: true);
        At(200).Retain().Select(static s => (Path.GetFileName(s.Path)[..7], s.Action)).ShouldBe([("interes", "deleted")]);
        At(200).Segments.ShouldHaveSingleItem();
        At(401).Retain().ShouldHaveSingleItem().Action.ShouldBe("deleted");
    }

    [Fact]
    public void ClosedSegments_AreThoseThatNobodyWritesTo_AlsoUnderARelativeName()
    {
        Fill();
        using var store = new ArchiveStore(Path.GetRelativePath(Directory.GetCurrentDirectory(), folder), new ArchiveOptions { Durable = false }, new RetentionOptions(), time);
        store.ClosedSegments.Count.ShouldBe(3);
        store.Append(LineClass.Critical, "now"u8);
        store.Segments.Count.ShouldBe(4);
        store.ClosedSegments.Count.ShouldBe(3);
        time.Advance(TimeSpan.FromHours(25));
        store.Append(LineClass.Critical, "later"u8);
        store.ClosedSegments.Count.ShouldBe(4);
    }

    [Fact]
    public void Retain_OfADryRun_DeletesNothing()
    {
        Fill();
        At(1000).Retain(dryRun: true).Count.ShouldBe(3);
        At(1000).Segments.Count.ShouldBe(3);
    }

    [Fact]
    public void Retain_WhileHeld_KeepsWhatTheHoldCovers()
    {
        Fill();
        var store = At(1000);
        store.Hold(new LegalHold("case-17", "request", Start.UtcDateTime.AddDays(-1), Start.UtcDateTime.AddDays(1)));
        store.Hold(new LegalHold("elsewhere", "request", Start.UtcDateTime.AddDays(30), Start.UtcDateTime.AddDays(31)));
        At(1000).Retain().ShouldAllBe(static s => s.Action == "held" && s.Why.StartsWith("case-17"));
        At(1000).Segments.Count.ShouldBe(3);
        At(1000).Release("case-17").ShouldBeTrue();
        At(1000).Retain().ShouldAllBe(static s => s.Action == "deleted");
    }

    [Fact]
    public void Retain_WithHoldsThatCannotBeRead_DeletesNothing()
    {
        Fill();
        File.WriteAllText(Path.Combine(folder, "holds.json"), "{ broken");
        Should.Throw<InvalidDataException>(() => At(1000).Retain());
        At(1000).Segments.Count.ShouldBe(3);
    }

    [Fact]
    public void Retain_OfOldSegments_MakesThemColdAndKeepsEveryByte()
    {
        Fill();
        var before = At(0).Segments.ToDictionary(static p => p, static p => ArchiveIdentity.Read(p));
        At(10, coldAfter: 7).Retain().ShouldAllBe(static s => s.Action == "made cold");
        foreach (var (path, bytes) in before)
        {
            ArchiveIdentity.Read(path).ShouldBe(bytes);
            using var reader = ArchiveReader.Open(path);
            reader.IsCold.ShouldBeTrue();
        }

        At(11, coldAfter: 7).Retain().ShouldBeEmpty();
    }

    [Fact]
    public void Retain_OfTimesWithoutAYear_KeepsTheYearTheyWereWrittenIn()
    {
        var path = Path.Combine(folder, "routine-2019.parc");
        using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { Durable = false, Clock = new FakeTimeProvider(new DateTimeOffset(2019, 6, 1, 0, 0, 0, TimeSpan.Zero)) }))
        {
            for (var n = 0; n < 50; n++) writer.Write(Encoding.ASCII.GetBytes($"May 30 10:00:{n:00} web sshd[17]: session opened for user u{n}\n"));
        }

        Times(path).ShouldBe([2019]);
        File.SetLastWriteTimeUtc(path, new DateTime(2019, 6, 1, 0, 0, 0, DateTimeKind.Utc));
        ColdCopy.Replace(path, new ArchiveOptions { Durable = false }, null);
        Times(path).ShouldBe([2019]);

        static List<int> Times(string path)
        {
            using var reader = ArchiveReader.Open(path);
            return [.. reader.Metas.Select(static meta => new DateTime(meta.FirstTicks).Year)];
        }
    }

    [Fact]
    public void Append_ClosesSegmentsBySizeAndAge()
    {
        using var store = At(0, segmentBytes: 64 << 10);
        for (var n = 0; n < 3000; n++)
        {
            store.Append(LineClass.Routine, Encoding.ASCII.GetBytes($"line {n} of a segment that is closed by its size"));
        }

        store.Segments.Count.ShouldBeInRange(2, 4);
        var count = store.Segments.Count;
        time.Advance(TimeSpan.FromHours(25));
        store.Append(LineClass.Routine, "a day later"u8);
        store.Segments.Count.ShouldBe(count + 1);
        store.Flush();
        string.Concat(store.Segments.Select(static p => Encoding.ASCII.GetString(ArchiveIdentity.Read(p)))).ShouldEndWith("a day later\n");
    }

    [Fact]
    public void Summaries_GiveCountsQuantilesAndTopValues()
    {
        var path = Path.Combine(folder, "app.parc");
        var text = new StringBuilder();
        for (var n = 0; n < 1000; n++)
        {
            text.Append(CultureInfo.InvariantCulture, $"2026-03-17 08:{n / 60:00}:{n % 60:00} INFO web: request {n} of user={(n % 10 < 7 ? "u17x" : "u18x")} took {n % 100} ms\n");
        }

        ArchiveIdentity.Write(path, Encoding.ASCII.GetBytes(text.ToString()), new ArchiveOptions { Summaries = true, Durable = false });
        var line = File.ReadAllLines(BlockSummary.PathOf(path)).ShouldHaveSingleItem();
        line.ShouldContain("\"lines\":1000");
        line.ShouldContain("\"least\":0,\"p50\":50,\"p90\":90,\"p99\":99,\"most\":99");
        line.ShouldContain("{\"name\":\"user\",\"value\":\"u17x\",\"lines\":700}");
        Should.Throw<ArgumentException>(() => ArchiveWriter.Create(path + "2", new ArchiveOptions { Summaries = true, Key = new byte[32] }));
    }

    [Fact]
    public void Summaries_OfTimesYearsApart_GiveTheRateWhileTheLinesCame()
    {
        var path = Path.Combine(folder, "apart.parc");
        var text = new StringBuilder();
        for (var n = 0; n < 600; n++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(n < 300 ? 2009 : 2026)}-03-17 08:{n % 300 / 60:00}:{n % 60:00} INFO web: request {n} took {n % 100} ms\n");
        }

        ArchiveIdentity.Write(path, Encoding.ASCII.GetBytes(text.ToString()), new ArchiveOptions { Summaries = true, Durable = false });
        File.ReadAllLines(BlockSummary.PathOf(path)).ShouldHaveSingleItem().ShouldContain("\"lines\":600,\"perMinute\":60,");
    }

    [Theory]
    [InlineData(true, "before again")]
    [InlineData(false, "before again again")]
    public void Recover_AfterABatchThatWasNotCompleted_TakesItOutWhereItComesAgain(bool comesAgain, string expected)
    {
        using (var store = At(0))
        {
            Batch(store, "first", "before", complete: true);
            Batch(store, "second", "again", complete: false);
        }

        using (var store = At(1))
        {
            store.Recover(_ => comesAgain).ShouldBe(comesAgain ? "second" : null);
            Batch(store, "second", "again", complete: true);
            store.Recover(static _ => true).ShouldBeNull();
        }

        Lines().ShouldBe(expected.Split(' '), ignoreOrder: true);
        Directory.GetFiles(folder).ShouldAllBe(static path => path.EndsWith(".parc", StringComparison.Ordinal));
    }

    [Fact]
    public void Begin_AfterABatchThatFailedHalfWay_LeavesNothingOfIt()
    {
        using (var store = At(0))
        {
            Batch(store, "first", "before", complete: true);
            Batch(store, "second", "half", complete: false);
            store.Append(LineClass.Critical, "in memory only"u8);
            Batch(store, "second", "whole", complete: true);
        }

        Lines().ShouldBe(["before", "whole"], ignoreOrder: true);
    }

    // To a segment that is there from before, or to a new one.
    private static void Batch(ArchiveStore store, string name, string line, bool complete)
    {
        store.Begin(name);
        store.Append(line is "before" or "half" ? LineClass.Routine : LineClass.Critical, Encoding.ASCII.GetBytes(line));
        store.Flush();
        if (complete)
        {
            store.Complete();
        }
    }

    private List<string> Lines() =>
        [.. At(0).Segments.SelectMany(static path => Encoding.ASCII.GetString(ArchiveIdentity.Read(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private ArchiveStore At(int days, int coldAfter = 0, long segmentBytes = 1 << 20)
    {
        time.SetUtcNow(Start.AddDays(days) < time.GetUtcNow() ? time.GetUtcNow() : Start.AddDays(days));
        return new ArchiveStore(folder, new ArchiveOptions { Durable = false }, new RetentionOptions { ColdAfterDays = coldAfter, SegmentBytes = segmentBytes }, time);
    }

    private void Fill()
    {
        using (var store = At(0))
        {
            foreach (var lineClass in Enum.GetValues<LineClass>())
            {
                for (var n = 0; n < 200; n++)
                {
                    store.Append(lineClass, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"2026-02-28 23:{n / 60:00}:{n % 60:00} INFO web: request {n}")));
                }
            }
        }

        foreach (var path in At(0).Segments)
        {
            File.SetLastWriteTimeUtc(path, Start.UtcDateTime);
        }
    }
}
