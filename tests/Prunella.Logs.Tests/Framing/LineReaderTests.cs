using System.IO.Compression;
using System.Text;
using CsCheck;
using Prunella.Logs.Framing;

namespace Prunella.Logs.Tests.Framing;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 1)]
    [InlineData("a", 1)]
    [InlineData("a\nb", 2)]
    [InlineData("a\r\nb\r\n", 2)]
    [InlineData("\0\n\ufffd\n", 2)]
    public void TryRead_CountsLines(string text, int lines) => Read(Encoding.UTF8.GetBytes(text)).Count.ShouldBe(lines);

    [Fact]
    public void TryRead_AnyBytes_AgreesWithTheNaiveSplit() => Gen.Byte.Array[0, 3000].Select(static bytes => Array.ConvertAll(bytes, static b => b % 5 == 0 ? (byte)'\n' : b % 7 == 0 ? (byte)'\r' : b)).Sample(static bytes =>
    {
        var expected = new List<string>();
        var text = Encoding.Latin1.GetString(bytes);
        if (text.Length > 0)
        {
            expected.AddRange((text.EndsWith('\n') ? text[..^1] : text).Split('\n'));
            for (var n = 0; n < expected.Count; n++)
            {
                var terminated = n < expected.Count - 1 || text.EndsWith('\n');
                expected[n] = terminated && expected[n].EndsWith('\r') ? expected[n][..^1] : expected[n];
            }
        }

        Read(bytes).ConvertAll(static l => Encoding.Latin1.GetString(l)).ShouldBe(expected);
    });

    [Fact]
    public void TryRead_TenMegabyteLine_ComesInOnePiece()
    {
        var line = new byte[10 << 20];
        Array.Fill(line, (byte)'x');
        Read([.. line, (byte)'\n', (byte)'y']).Select(static l => l.Length).ShouldBe([10 << 20, 1]);
    }

    [Fact]
    public void TryRead_LineOverTheLimit_ComesInPiecesAndIsCounted()
    {
        using var reader = new LineReader(new MemoryStream(Encoding.ASCII.GetBytes(new string('x', 700_000) + "\nshort\n")), 1000);
        var total = 0;
        while (reader.TryRead(out var line))
        {
            line.Length.ShouldBeLessThanOrEqualTo(700_000);
            total += line.Length;
        }

        total.ShouldBe(700_005);
        reader.LinesSplit.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("plain")]
    public void Decompress_TellsByTheFirstBytes(string how)
    {
        var packed = new MemoryStream();
        using (Stream writer = how switch { "gzip" => new GZipStream(packed, CompressionMode.Compress, true), "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true), _ => new BufferedStream(packed) })
        {
            writer.Write("one\ntwo\n"u8);
            writer.Flush();
            packed = how == "plain" ? new MemoryStream(packed.ToArray()) : packed;
        }

        using var reader = new LineReader(LogFile.Decompress(new MemoryStream(packed.ToArray())));
        reader.TryRead(out var line).ShouldBeTrue();
        Encoding.ASCII.GetString(line).ShouldBe("one");
    }

    [Fact]
    public void TornGzip_GivesTheLinesBeforeTheTear_AndThenSaysSo()
    {
        var packed = new MemoryStream();
        using (var writer = new GZipStream(packed, CompressionMode.Compress, true))
        {
            for (var n = 0; n < 50_000; n++)
            {
                writer.Write(Encoding.ASCII.GetBytes($"line {n} {n * 7919}\n"));
            }
        }

        var torn = packed.ToArray()[..(int)(packed.Length / 2)];
        using var reader = new LineReader(LogFile.Decompress(new MemoryStream(torn)));
        var lines = 0;
        Should.Throw<InvalidDataException>(() =>
        {
            while (reader.TryRead(out _))
            {
                lines++;
            }
        });
        lines.ShouldBeInRange(10_000, 49_999);
    }

    private static List<byte[]> Read(byte[] bytes)
    {
        using var reader = new LineReader(new MemoryStream(bytes));
        var lines = new List<byte[]>();
        while (reader.TryRead(out var line))
        {
            lines.Add(line.ToArray());
        }

        return lines;
    }
}
