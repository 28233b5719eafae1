using System.Text;
using CsCheck;
using Prunella.Logs.Archive;
using Prunella.Logs.Tests.Templates;

namespace Prunella.Logs.Tests.Archive;

/// <summary>What is read from an archive is what was written, byte for byte, whatever it was.</summary>
public sealed class ArchiveIdentity
{
    [Fact]
    public void Cat_OfNoise_IsTheNoise() => HostileBytes.Noise.Sample(static bytes => Check(bytes, 4096), iter: 50);

    [Fact]
    public void Cat_OfLogLikeText_IsTheText() => HostileBytes.LogLike.Sample(static bytes => Check(bytes, 4096), iter: 70);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("no line feed")]
    [InlineData("a\n\0\n\u00ff\n")]
    [InlineData("\r")]
    [InlineData("a\rb\r\r\n")]
    public void Cat_OfEdges_IsTheInput(string text) => Check(Encoding.Latin1.GetBytes(text), 4096);

    [Fact]
    public void Cat_OfALineLongerThanABlock_IsTheLine()
    {
        var bytes = new byte[50_000];
        new Random(3).NextBytes(bytes);
        Check([.. Array.ConvertAll(bytes, static b => b == '\n' ? (byte)'x' : b), (byte)'\n', .. "short\n"u8], 4096);
    }

    [Theory]
    [InlineData(ArchiveTier.Hot)]
    [InlineData(ArchiveTier.Cold)]
    public void Cat_OfManyStyles_IsTheInput_InEachPacking(ArchiveTier tier)
    {
        var bytes = Styles(400);
        foreach (var adaptive in new[] { true, false })
        {
            using var file = new TemporaryFile();
            var options = new ArchiveOptions { BlockBytes = 256 << 10, Tier = tier, AdaptiveBytesMax = adaptive ? 1 << 20 : 0 };
            Write(file.Path, bytes, options);
            Read(file.Path).ShouldBe(bytes);
        }
    }

    [Fact]
    public void Cat_OfARealLog_IsTheLog()
    {
        var root = Path.Combine(Checkout.Root, "../shared/data/logs");
        var files = Directory.Exists(root) ? Directory.GetFiles(root) : [];
        if (files.Length == 0)
        {
            Assert.Skip("The real logs are not beside the repository (../shared/data/logs).");
        }

        foreach (var path in files)
        {
            Check(File.ReadAllBytes(path), 1 << 20);
        }
    }

    [Fact]
    public void Cat_AfterAppending_IsBothInputs()
    {
        using var file = new TemporaryFile();
        var first = Styles(40);
        var second = Styles(60);
        Write(file.Path, first, new ArchiveOptions { BlockBytes = 16 << 10, Durable = false });
        using (var writer = ArchiveWriter.Append(file.Path, new ArchiveOptions { BlockBytes = 16 << 10, Durable = false }, null, out var cut))
        {
            cut.ShouldBe(0);
            writer.Write(second);
        }

        Read(file.Path).ShouldBe([.. first, .. second]);
    }

    [Fact]
    public void Write_OfIncompressibleBytes_IsHardlyLargerThanThem()
    {
        using var file = new TemporaryFile();
        var bytes = new byte[300_000];
        new Random(5).NextBytes(bytes);
        Write(file.Path, bytes, new ArchiveOptions { Durable = false });
        new FileInfo(file.Path).Length.ShouldBeLessThan(bytes.Length + 1500);
        Read(file.Path).ShouldBe(bytes);
    }

    [Fact]
    public void Metas_TellLinesTemplatesAndTimes()
    {
        using var file = new TemporaryFile();
        var text = new StringBuilder();
        for (var n = 0; n < 600; n++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"2026-03-17 08:{n / 60:00}:{n % 60:00} INFO web: request {n} took {n % 7} ms\n");
        }

        Write(file.Path, Encoding.ASCII.GetBytes(text.ToString()), new ArchiveOptions { Durable = false });
        using var reader = ArchiveReader.Open(file.Path);
        var meta = reader.Metas.ShouldHaveSingleItem();
        meta.Lines.ShouldBe(600);
        meta.FirstTicks.ShouldBe(new DateTime(2026, 3, 17, 8, 0, 0).Ticks);
        meta.LastTicks.ShouldBe(new DateTime(2026, 3, 17, 8, 9, 59).Ticks);
        meta.Templates.Where(static t => t.Lines > 0).ShouldHaveSingleItem().Text.ShouldBe("request <*> took <*> ms");
        meta.Levels[(int)Prunella.Logs.Parsing.Severity.Info].ShouldBe(600);
    }

    internal static byte[] Styles(int linesEach)
    {
        var all = new List<byte>();
        foreach (var log in SyntheticLogs.All)
        {
            foreach (var line in log.Generate(linesEach, 11).Lines)
            {
                all.AddRange(line);
                all.Add((byte)'\n');
            }
        }

        return [.. all];
    }

    internal static void Write(string path, byte[] bytes, ArchiveOptions options)
    {
        using var writer = ArchiveWriter.Create(path, options);
        writer.Write(bytes);
    }

    internal static byte[] Read(string path, byte[]? key = null)
    {
        using var reader = ArchiveReader.Open(path, key);
        using var output = new MemoryStream();
        reader.CopyTo(output);
        return output.ToArray();
    }

    private static void Check(byte[] bytes, int blockBytes)
    {
        // Small blocks take the adaptive coder by themselves; without it they take the sections of large ones.
        foreach (var adaptive in new[] { 512 << 10, 0 })
        {
            using var file = new TemporaryFile();
            Write(file.Path, bytes, new ArchiveOptions { BlockBytes = blockBytes, Durable = false, Year = 2026, AdaptiveBytesMax = adaptive });
            Read(file.Path).ShouldBe(bytes);
        }
    }
}
