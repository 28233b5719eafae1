using System.Diagnostics;
using System.Globalization;
using Prunella.Traces.Analysis;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Bench;

/// <summary>File to full analysis with every detector: spans a second of wall and of CPU time, memory, the best of five runs.</summary>
internal static class Speed
{
    public static int Run(string path, int threads)
    {
        var bytes = new FileInfo(path).Length;
        for (var run = 0; run < 5; run++)
        {
            var failures = new List<TraceFormatException>();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var allocated = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            var report = new TracePipeline(threads: threads).Analyze([new TraceOrigin(path, () => File.OpenRead(path))], new AnalysisOptions(), failures);
            watch.Stop();
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"threads {threads}: {report.Spans} spans, {report.Traces} traces, {bytes / Math.Max(1.0, report.Spans):0} B/span, wall {report.Spans / watch.Elapsed.TotalSeconds:0} spans/s, cpu {report.Spans / cpu.TotalSeconds:0} spans/s, allocated {(GC.GetTotalAllocatedBytes() - allocated) / (double)Math.Max(1, report.Spans):0} B/span, findings {report.Findings.Count}, failures {failures.Count}, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB"));
            foreach (var failure in failures)
                Console.Error.WriteLine(failure.Message);
        }

        return 0;
    }
}
