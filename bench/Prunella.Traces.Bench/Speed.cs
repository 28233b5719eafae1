using System.Diagnostics;
using System.Globalization;
using Prunella.Traces.Analysis;
using Prunella.Traces.Dependencies;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Bench;

/// <summary>What a run took: wall and processor seconds, bytes allocated a unit.</summary>
internal readonly record struct Taken(long Units, TimeSpan Wall, TimeSpan Cpu, long Allocated)
{
    public static Taken By(Func<long> work)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, allocated, watch) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
        var units = work();
        watch.Stop();
        process.Refresh();
        return new Taken(units, watch.Elapsed, process.TotalProcessorTime - cpu, GC.GetTotalAllocatedBytes() - allocated);
    }

    public double PerSecond => Units / Wall.TotalSeconds;

    public double PerCpuSecond => Units / Cpu.TotalSeconds;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"wall {Wall.TotalSeconds:0.00} s ({PerSecond:0}/s), cpu {Cpu.TotalSeconds:0.00} s ({PerCpuSecond:0}/s), allocated {Allocated / (double)Math.Max(1, Units):0} B each, peak {PeakMb} MB");

    /// <summary>The most memory this process ever held: VmHWM.</summary>
    public static long PeakMb
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 >> 20;
        }
    }
}

/// <summary>File to full analysis with every detector, and the parts of it that have goals of their own.</summary>
internal static class Speed
{
    public static int Run(string path, int threads, int runs)
    {
        for (var run = 0; run < runs; run++)
            Console.WriteLine($"{threads} thread(s): {Taken.By(() => Analyse(path, threads, detect: true).Spans)}");
        return 0;
    }

    public static int Read(string path)
    {
        for (var run = 0; run < 5; run++)
        {
            Console.WriteLine("read only: " + Taken.By(() =>
            {
                long spans = 0;
                using var file = File.OpenRead(path);
                new TraceReader().Read(file, path, batch => spans += batch.Traces.Sum(trace => (long)trace.Count));
                return spans;
            }));
        }

        return 0;
    }

    public static int Rival(string path, int runs)
    {
        for (var run = 0; run < runs; run++)
            Console.WriteLine("plain System.Text.Json, path alone: " + Taken.By(() => PlainReader.Run(path)));
        return 0;
    }

    /// <summary>The map of a file with its issues and all its forms.</summary>
    public static int Map(string path, int runs)
    {
        for (var run = 0; run < runs; run++)
        {
            var (edges, issues) = (0, 0);
            var map = Analyse(path, 1, detect: false).Map;
            Console.WriteLine("map, issues, DOT, Mermaid, SVG: " + Taken.By(() =>
            {
                (edges, issues) = (map.Edges.Count, MapIssues.Of(map).Count);
                return MapWriter.Dot(map).Length + MapWriter.Mermaid(map).Length + MapWriter.Svg(map).Length > 0 ? edges : 0;
            }) + FormattableString.Invariant($" ({edges} edges, {issues} issues)"));
        }

        return 0;
    }

    private static TraceReport Analyse(string path, int threads, bool detect)
    {
        var failures = new List<TraceFormatException>();
        var report = new TracePipeline(threads: threads).Analyze([new TraceOrigin(path, () => File.OpenRead(path))], new AnalysisOptions { Detect = detect }, failures);
        foreach (var failure in failures)
            Console.Error.WriteLine(failure.Message);
        return report;
    }
}
