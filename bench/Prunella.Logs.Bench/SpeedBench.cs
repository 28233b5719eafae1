using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Bench;

/// <summary>Lines a second of one core: parse, header, template; warm, from memory. Wall time and processor time, best of the rounds.</summary>
internal static class SpeedBench
{
    internal static int Run(string file, int rounds)
    {
        var data = File.ReadAllBytes(file);
        var parser = new LogParser();
        var warmLines = Pass(parser, data);
        parser.Refine();
        double bestCpu = double.MaxValue, bestWall = double.MaxValue;
        long allocated = 0;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            var lines = Pass(parser, data);
            watch.Stop();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            bestCpu = Math.Min(bestCpu, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            bestWall = Math.Min(bestWall, watch.Elapsed.TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"parse+header+template  {warmLines / bestWall / 1e6:F2} M lines/s wall, {warmLines / bestCpu / 1e6:F2} M lines/s CPU, {data.Length / bestWall / 1e6:F0} MB/s, {bestCpu / warmLines * 1e9:F0} ns/line CPU, {(double)allocated / warmLines:F3} B allocated/line, {parser.Templates.Count} templates, {parser.TemplatesEvicted} evicted"));
        return 0;
    }

    private static long Pass(LogParser parser, byte[] data)
    {
        using var stream = new MemoryStream(data, writable: false);
        using var reader = new LineReader(stream);
        long lines = 0, check = 0;
        while (reader.TryRead(out var line))
        {
            var parsed = parser.Parse(line);
            check += parsed.Slots.Length + parsed.Template.Text.Length;
            lines++;
        }

        GC.KeepAlive(check);
        return lines;
    }
}
