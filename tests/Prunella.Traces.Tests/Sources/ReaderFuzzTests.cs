using System.Diagnostics;
using System.IO.Compression;
using Prunella.Traces.CriticalPath;
using Prunella.Traces.Model;
using Prunella.Traces.Scenarios;

namespace Prunella.Traces.Sources;

/// <summary>
/// A fuzz target a reader: whatever comes in, the answer is traces or <see cref="TraceFormatException"/> with the input's
/// name, in bounded time. The oracles: what is read is repaired to paths that partition their roots, and reading the same
/// bytes in small portions gives the same report.
/// </summary>
public sealed class ReaderFuzzTests
{
    private const int Rounds = 20_000;
    private static readonly byte[][] Interesting = [[0], [0xFF], "\""u8.ToArray(), "{"u8.ToArray(), "]"u8.ToArray(), "null"u8.ToArray(), "-1"u8.ToArray(), "1e308"u8.ToArray(), "NaN"u8.ToArray(), "9223372036854775808"u8.ToArray(), "\\ud800"u8.ToArray(), [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x0A, 0x0A], [0x1F, 0x8B]];

    [Theory]
    [InlineData(TraceFormat.Jaeger)]
    [InlineData(TraceFormat.Zipkin)]
    [InlineData(TraceFormat.OtlpJson)]
    [InlineData(TraceFormat.OtlpProtobuf)]
    public void MutatedInputs_AreReadOrRefusedInTime(TraceFormat format)
    {
        var random = new Random((int)format * 7_919 + 42);
        var seeds = Seeds(format);
        var (read, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], random);
            var begun = Stopwatch.GetTimestamp();
            _ = Target(bytes, format, round) ? read++ : refused++;
            // A kilobyte takes microseconds; the bound is for a loaded machine and still catches what is quadratic or endless.
            Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(10), $"round {round}");
        }

        read.ShouldBeGreaterThan(Rounds / 20, "mutations that are never read test nothing but the refusal");
        refused.ShouldBeGreaterThan(Rounds / 20);
    }

    [Fact]
    public void MutatedGzip_IsReadOrRefused()
    {
        var random = new Random(99);
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(Seeds(TraceFormat.OtlpProtobuf)[0]);
        for (var round = 0; round < Rounds; round++)
            Target(Mutate(packed.ToArray(), packed.ToArray(), random), TraceFormat.Detect, round);
    }

    [Fact]
    public void MutatedRequests_AreTranscodedOrRefused()
    {
        var random = new Random(7);
        var (json, protobuf) = (Seeds(TraceFormat.OtlpJson), Seeds(TraceFormat.OtlpProtobuf));
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                var request = round % 2 == 0 ? OtlpTranscoder.FromJson(Mutate(json[0], json[1], random)) : OtlpTranscoder.Check(Mutate(protobuf[0], protobuf[1], random));
                // What is accepted must be readable in the store, whole.
                if (request.Protobuf.Length > 0)
                    Reading.All(request.Protobuf.ToArray(), new TraceReadOptions { Format = TraceFormat.OtlpProtobuf }).Sum(trace => trace.Count).ShouldBe(request.Spans, $"round {round}");
            }
            catch (InvalidDataException)
            {
                // The documented refusal.
            }
        }
    }

    private static bool Target(byte[] bytes, TraceFormat format, int round)
    {
        var options = new TraceReadOptions { Format = format };
        try
        {
            var finder = new CriticalPathFinder((CriticalPathMode)(round % 3));
            foreach (var trace in Reading.All(bytes, options))
            {
                var tree = new TraceTreeBuilder(new RepairOptions { SkewMax = TimeSpan.FromMilliseconds(round % 2 * 100) }).Build(trace);
                foreach (var root in tree.Roots)
                    finder.Find(tree, root).Sections.Sum(section => section.DurationUs).ShouldBe(tree.Duration(root), $"round {round}");
            }

            var whole = Reading.Report(bytes, options);
            if (round % 16 == 0)
                Reading.Report(new Trickle(bytes), options).ShouldBe(whole, $"round {round}");
            return true;
        }
        catch (TraceFormatException refused)
        {
            refused.InputName.ShouldBe("test");
            refused.Offset.ShouldBeInRange(-1, Math.Max(bytes.Length, 1) * 2_000L);
            return false;
        }
    }

    private static byte[][] Seeds(TraceFormat format)
    {
        var spans = new[] { new ShopTraffic(2).Trace(6), RandomTraces.Tree(new Random(3), 5, wild: true) };
        return [.. spans.Select(trace => format switch
        {
            TraceFormat.Jaeger => WireFormats.Jaeger(trace),
            TraceFormat.Zipkin => WireFormats.Zipkin(trace),
            TraceFormat.OtlpJson => WireFormats.OtlpJson(trace),
            _ => WireFormats.OtlpProtobuf(trace),
        })];
    }

    private static byte[] Mutate(byte[] seed, byte[] other, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = bytes[random.Next(bytes.Count)]; break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, Interesting[random.Next(Interesting.Length)]); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 200), bytes.Count - at))); break;
                default:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 120), other.Length - from)).ToArray());
                    break;
            }
        }

        return random.Next(5) == 0 && bytes.Count > 0 ? [.. bytes.Take(random.Next(bytes.Count))] : [.. bytes];
    }

    /// <summary>Gives a few bytes at a time, as a slow connection does.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
