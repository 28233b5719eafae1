using System.Text;
using CsCheck;
using Prunella.Logs.Archive;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Query;
using Prunella.Logs.Tests.Archive;

namespace Prunella.Logs.Tests.Query;

/// <summary>Every search finds what a search of the lines themselves finds.</summary>
public sealed class ArchiveSearchAgreesWithGrep
{
    [Fact]
    public void Find_AnySubstringOfLogLikeText_AgreesWithTheLines() =>
        Gen.Select(HostileBytes.LogLike, Gen.Int[0, 1 << 20].List[6], Gen.Int[1, 40].List[6]).Sample(
            static (bytes, starts, lengths) =>
            {
                if (bytes.Length == 0)
                {
                    return;
                }

                using var file = new TemporaryFile();
                ArchiveIdentity.Write(file.Path, bytes, new ArchiveOptions { BlockBytes = 4096, Durable = false });
                using var reader = ArchiveReader.Open(file.Path);
                for (var n = 0; n < starts.Count; n++)
                {
                    var start = starts[n] % bytes.Length;
                    var text = bytes.AsSpan(start, Math.Min(lengths[n], bytes.Length - start));
                    Check(reader, bytes, text.ToArray());
                }
            },
            iter: 60);

    [Fact]
    public void Find_SubstringsOfManyStyles_AgreesWithTheLines()
    {
        var bytes = ArchiveIdentity.Styles(120);
        foreach (var adaptive in new[] { 0, 1 << 20 })
        {
            using var file = new TemporaryFile();
            ArchiveIdentity.Write(file.Path, bytes, new ArchiveOptions { BlockBytes = 128 << 10, Durable = false, AdaptiveBytesMax = adaptive });
            using var reader = ArchiveReader.Open(file.Path);
            var random = new Random(17);
            for (var n = 0; n < 150; n++)
            {
                var start = random.Next(bytes.Length - 40);
                Check(reader, bytes, bytes.AsSpan(start, random.Next(1, 30)).ToArray());
            }

            Check(reader, bytes, "no line has this"u8.ToArray());
        }
    }

    [Fact]
    public void Find_ByTimeLevelServiceTemplateAndField_AgreesWithTheLines()
    {
        var text = new StringBuilder();
        for (var n = 0; n < 3000; n++)
        {
            var level = n % 50 == 0 ? "ERROR" : "INFO";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"2026-03-17 08:{n / 60:00}:{n % 60:00} {level} {(n % 3 == 0 ? "web" : "db")}: request uid={n % 40} from 10.0.0.{n % 200}:{1024 + n} took {n % 7} ms\n");
        }

        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        using var file = new TemporaryFile();
        ArchiveIdentity.Write(file.Path, bytes, new ArchiveOptions { BlockBytes = 32 << 10, Durable = false });
        using var reader = ArchiveReader.Open(file.Path);
        var search = new ArchiveSearch(reader);
        search.Count(new ArchiveQuery { LevelMin = Severity.Error }).ShouldBe(60);
        Found(search, new ArchiveQuery { LevelMin = Severity.Error }).Count.ShouldBe(60);
        Found(search, new ArchiveQuery { Service = "web" }).Count.ShouldBe(1000);
        Found(search, new ArchiveQuery { SinceTicks = new DateTime(2026, 3, 17, 8, 10, 0).Ticks, UntilTicks = new DateTime(2026, 3, 17, 8, 11, 0).Ticks }).ShouldBe([.. Enumerable.Range(601, 60).Select(static n => (long)n)]);
        search.BlocksRead.ShouldBeLessThan(reader.Blocks.Count);
        Found(search, Field("uid", "7")).ShouldBe([.. Enumerable.Range(0, 3000).Where(static n => n % 40 == 7).Select(static n => n + 1L)]);
        Found(search, Field("address", "10.0.0.5:1029")).ShouldBe([6L]);
        Found(search, Field("*", "10.0.0.5:1029")).ShouldBe([6L]);
        Found(search, Field("uid", "77")).ShouldBeEmpty();
        Found(search, Field("uid", "7") with { Text = "took 0 ms"u8.ToArray() }).ShouldBe([.. Enumerable.Range(0, 3000).Where(static n => n % 40 == 7 && n % 7 == 0).Select(static n => n + 1L)]);
        var template = search.CountByTemplate()[0];
        template.Lines.ShouldBe(3000);
        search.Count(new ArchiveQuery { Template = template.Id }).ShouldBe(3000);
        Found(search, new ArchiveQuery { Template = template.Id, LevelMin = Severity.Error }).Count.ShouldBe(60);
        search.Histogram(TimeSpan.FromMinutes(10)).Sum(static b => b.Lines).ShouldBe(3000);
    }

    [Fact]
    public void Find_EndsWhenToldTo()
    {
        using var file = new TemporaryFile();
        ArchiveIdentity.Write(file.Path, ArchiveIdentity.Styles(50), new ArchiveOptions { BlockBytes = 16 << 10, Durable = false });
        using var reader = ArchiveReader.Open(file.Path);
        var calls = 0;
        new ArchiveSearch(reader).Find(new ArchiveQuery(), (_, _) => ++calls < 5).ShouldBe(5);
        calls.ShouldBe(5);
    }

    private static ArchiveQuery Field(string name, string value) => new() { Fields = [new FieldCondition(name, Encoding.UTF8.GetBytes(value))] };

    private static List<long> Found(ArchiveSearch search, ArchiveQuery query)
    {
        var found = new List<long>();
        search.Find(query, (number, _) =>
        {
            found.Add(number);
            return true;
        });
        search.Count(query).ShouldBe(found.Count);
        return found;
    }

    private static void Check(ArchiveReader reader, byte[] bytes, byte[] text)
    {
        if (text.AsSpan().Contains((byte)'\n') || text.AsSpan().Contains((byte)'\r') || text.Length == 0)
        {
            return;
        }

        var expected = new List<(long, string)>();
        using var lines = new LineReader(new MemoryStream(bytes));
        for (long number = 1; lines.TryRead(out var line); number++)
        {
            if (line.IndexOf(text) >= 0)
            {
                expected.Add((number, Convert.ToHexString(line)));
            }
        }

        var found = new List<(long, string)>();
        new ArchiveSearch(reader).Find(new ArchiveQuery { Text = text }, (number, line) =>
        {
            found.Add((number, Convert.ToHexString(line)));
            return true;
        });
        found.ShouldBe(expected, Encoding.Latin1.GetString(text));
    }
}
