using System.Globalization;
using System.Text;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

/// <summary>Several archives are one log in the order of time, whatever lies where.</summary>
public sealed class ArchiveLogTests(ThreeArchives archives) : IClassFixture<ThreeArchives>
{
    private const int PageLines = 150;
    private static readonly DateTimeOffset Start = ThreeArchives.Start;
    private readonly IReadOnlyList<LogPart> parts = archives.Parts;

    [Theory]
    [InlineData("")]
    [InlineData("level>=error service=auth")]
    [InlineData("\"timed out\" since=2026-03-05T08:05:00Z until=2026-03-05T08:09:00Z")]
    [InlineData("duration>700ms")]
    [InlineData("\"unicorn\"")]
    public void Newest_PageAfterPage_GivesEveryLineThatFitsOnceInOrder(string written)
    {
        var question = QuestionText.Parse(written);
        var log = new ArchiveLog(parts);
        var total = log.Count(question, null, Start.AddHours(1), 10, () => false, CancellationToken.None).Answer.Total;
        var all = new List<PlacedLine>();
        LinePlace? before = null;
        while (log.Newest(question, null, before, PageLines, () => false, CancellationToken.None) is { Count: > 0 } page)
        {
            page.Select(line => line.Place).ShouldBe(page.Select(line => line.Place).Order());
            if (before is { } end) (page[^1].Place < end).ShouldBeTrue();
            before = page[0].Place;
            all.InsertRange(0, page);
            all.Count.ShouldBeLessThan(20_000);
        }

        all.Count.ShouldBe((int)total);
        all.Select(line => line.Place).Distinct().Count().ShouldBe(all.Count);
        if (written.Length == 0) total.ShouldBe(6_000);
        else if (written != "\"unicorn\"") total.ShouldBeInRange(1, 3_000);
    }

    [Fact]
    public void Newest_OfManyLines_ReadsFewBlocks()
    {
        var asked = 0;
        new ArchiveLog(parts).Newest(new LogQuestion(), null, null, PageLines, () => { asked++; return false; }, CancellationToken.None).Count.ShouldBe(PageLines);

        parts.Sum(part => part.Reader.Metas.Count()).ShouldBeGreaterThan(8);
        asked.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public void Count_OfOnePattern_HasItsLinesItsClassAndItsCourse()
    {
        var log = new ArchiveLog(parts);
        var all = log.Count(new LogQuestion(), null, Start.AddHours(1), 50, () => false, CancellationToken.None);
        all.Patterns.Sum(pattern => pattern.Group.Count).ShouldBe(6_000);
        var critical = all.Patterns.First(pattern => pattern.Group.Value.Contains("Critical", StringComparison.Ordinal));
        critical.Class.ShouldBe(LineClass.Critical);
        critical.Course.Sum().ShouldBe(critical.Group.Count);
        critical.Course.Count(part => part > 0).ShouldBeGreaterThan(30);

        var one = log.Count(new LogQuestion(), critical.Key, Start.AddHours(1), 50, () => false, CancellationToken.None);
        one.Answer.Total.ShouldBe(critical.Group.Count);
        one.Patterns.ShouldHaveSingleItem().Group.Value.ShouldBe(critical.Group.Value);
        log.Newest(new LogQuestion(), critical.Key, null, PageLines, () => false, CancellationToken.None).ShouldAllBe(line => line.Template == critical.Group.Value);
    }

    [Fact]
    public void Count_WhenTheTimeIsUp_SaysHowManyLinesItDidNotRead()
    {
        var blocks = 0;
        var some = new ArchiveLog(parts).Count(new LogQuestion(), null, Start.AddHours(1), 50, () => blocks++ == 4, CancellationToken.None);

        some.LinesUnread.ShouldBeInRange(1, 5_999);
        (some.Answer.LinesRead + some.LinesUnread).ShouldBe(6_000);
        some.Answer.LastAt.ShouldBe(Start.AddSeconds(666));
    }

    [Fact]
    public void Count_WhenNobodyWaits_IsGivenUp() =>
        Should.Throw<OperationCanceledException>(() => new ArchiveLog(parts).Count(new LogQuestion(), null, Start, 50, () => false, new CancellationToken(canceled: true)));
}

/// <summary>Three classes, many lines of the same second, some without a time, and blocks of a few hundred lines.</summary>
public sealed class ThreeArchives : IDisposable
{
    internal static readonly DateTimeOffset Start = new(2026, 3, 5, 8, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("archive-log-");

    public ThreeArchives()
    {
        var random = new Random(11);
        var parts = new List<LogPart>();
        foreach (var of in Enum.GetValues<LineClass>())
        {
            var path = Path.Combine(folder.FullName, of + ".parc");
            using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { BlockBytes = 1 << 16, Durable = false }))
            {
                for (var line = 0; line < 2_000; line++)
                {
                    var time = Start.AddSeconds(line / 3);
                    var level = of == LineClass.Routine ? "INFO" : "ERROR";
                    var text = string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ssZ} {level} [{(line % 4 == 0 ? "auth" : "shop")}] order {random.Next(100_000)} of {of} took {random.Next(900)} ms{(line % 9 == 0 ? " and timed out" : "")}");
                    writer.Write(Encoding.UTF8.GetBytes((line % 50 == 7 ? "    at Shop.Order.Place" + random.Next(9) : text) + "\n"));
                }
            }
            parts.Add(new LogPart(of.ToString(), of, ArchiveReader.Open(path)));
        }
        Parts = parts;
    }

    /// <summary>The archives, open.</summary>
    public IReadOnlyList<LogPart> Parts { get; }

    public void Dispose()
    {
        foreach (var part in Parts) part.Reader.Dispose();
        folder.Delete(recursive: true);
    }
}
