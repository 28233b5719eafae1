using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Bench;

/// <summary>
/// Where the time of archiving goes: nanoseconds a line of each stage, on processor time. Of several rounds over the same blocks the
/// best time of each block and stage counts, so that most of a loaded machine's share drops out; the parser is warm after the first.
/// </summary>
internal static class ArchiveStages
{
    internal static int Run(string file, int rounds, int blockMiB = 16)
    {
        Measure(File.ReadAllBytes(file), rounds, blockMiB);
        return 0;
    }

    internal static int RunWriter(string file)
    {
        Writer(file);
        return 0;
    }

    /// <summary>
    /// Processor and wall seconds that a writer takes for the first 280 MB of a file, to the closed archive on disk: reading, parsing,
    /// columns, filters, checks against plain zstd, checksums. Best of five writers after the first 70 MB were written twice; and
    /// the processor time of each block's best of the five, so that most of what the host gave to others drops out.
    /// </summary>
    internal static (double Lines, double Bytes, double Processor, double Wall, double BestBlocks) Writer(string file)
    {
        const long Bytes = 280_000_000, WarmBytes = 70_000_000;
        Write(file, WarmBytes, []);
        Write(file, WarmBytes, []);
        var best = (Lines: 0.0, Bytes: 0.0, Processor: double.MaxValue, Wall: double.MaxValue, BestBlocks: 0.0);
        var blocks = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var run = Write(file, Bytes, blocks);
            best = (run.Lines, run.Bytes, Math.Min(best.Processor, run.Processor), Math.Min(best.Wall, run.Wall), blocks.Sum());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"whole writer: {best.Bytes / best.Processor / 1e6:F0} MB/s, {best.Lines / best.Processor / 1e6:F2} M lines/s of processor time; {best.Bytes / best.Wall / 1e6:F0} MB/s wall; blocks at their best {best.Bytes / best.BestBlocks / 1e6:F0} MB/s, {best.Lines / best.BestBlocks / 1e6:F2} M lines/s"));
        return best;
    }

    private static (double Lines, double Bytes, double Processor, double Wall) Write(string file, long bytes, List<double> bestBlocks)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var buffer = new byte[1 << 20];
        double lines = 0, written = 0;
        var block = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        var before = cpu;
        var watch = Stopwatch.StartNew();
        using (var input = File.OpenRead(file))
        using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { Year = 2015 }))
        {
            for (int read; written < bytes && (read = input.Read(buffer)) > 0;)
            {
                writer.Write(buffer.AsSpan(0, read));
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
                written += read;
                if (writer.Blocks > block)
                {
                    EndBlock();
                }
            }
        }

        EndBlock();
        var wall = watch.Elapsed.TotalSeconds;
        File.Delete(path);
        return (lines, written, (before - cpu).TotalSeconds, wall);

        void EndBlock()
        {
            var now = Environment.CpuUsage.TotalTime;
            var took = (now - before).TotalSeconds;
            before = now;
            if (block == bestBlocks.Count)
            {
                bestBlocks.Add(took);
            }

            bestBlocks[block] = Math.Min(bestBlocks[block], took);
            block++;
        }
    }

    /// <summary>Nanoseconds a line of everything that archiving does.</summary>
    internal static double Measure(byte[] data, int rounds, int blockMiB = 16)
    {
        var lines = new LineTable(new LogParser());
        var encoder = new BlockEncoder();
        using var packer = new BlockPacker(new ArchiveOptions());
        var classifier = new LineClassifier();
        var names = new[] { "parse", "describe", "encode", "pack", "plain zstd" };
        var best = new Dictionary<(int At, int Stage), TimeSpan>();
        var block = new byte[blockMiB << 20];
        long total = 0;
        for (var round = 0; round < rounds; round++)
        {
            total = 0;
            for (var at = 0; at < data.Length;)
            {
                var length = Math.Min(block.Length, data.Length - at);
                length = data.AsSpan(at, length).LastIndexOf((byte)'\n') + 1;
                if (length == 0)
                {
                    break;
                }

                data.AsSpan(at, length).CopyTo(block);
                var meta = new ByteSink();
                int[] shapes = [];
                void Measure(int stage, Action run)
                {
                    var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                    run();
                    var took = Process.GetCurrentProcess().TotalProcessorTime - cpu;
                    best[(at, stage)] = best.TryGetValue((at, stage), out var before) && before < took ? before : took;
                }

                Measure(0, () => lines.Parse(block, length, twice: at == 0 && round == 0));
                Measure(1, () => MetaBuilder.Build(lines, classifier, [], false, out shapes).Write(meta));
                Measure(2, () => encoder.Encode(lines, shapes));
                Measure(3, () => packer.PackColumns(encoder.Streams, meta.Written, adaptive: false));
                Measure(4, () => packer.PackPlain(block.AsSpan(0, length)));
                total += lines.Lines;
                at += length;
            }
        }

        var all = 0.0;
        for (var n = 0; n < names.Length; n++)
        {
            var spent = best.Where(b => b.Key.Stage == n).Sum(static b => b.Value.TotalNanoseconds) / total;
            all += n < 4 ? spent : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names[n],-12} {spent,6:F0} ns/line"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all but the last: {all:F0} ns/line, {1e3 / all:F2} M lines/s, {data.Length / (double)total / all * 1e3:F0} MB/s; {total} lines, best of {rounds} rounds"));
        return all;
    }
}
