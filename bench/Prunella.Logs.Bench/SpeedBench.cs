using System.Diagnostics;
using System.Globalization;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Bench;

/// <summary>
/// Lines a second, warm, from memory, framing included: parse, header and template; then with class, counters, watching and redaction.
/// Wall and processor time, best of the rounds.
/// </summary>
internal static class SpeedBench
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a key of the bench");

    internal static int Run(string file, int rounds)
    {
        var data = File.ReadAllBytes(file);
        Console.WriteLine($"{Path.GetFileName(file)}, {data.Length / 1e6:F0} MB, {Environment.ProcessorCount} processors, best of {rounds}");
        Console.WriteLine("stage                              M lines/s wall   CPU    MB/s  ns/line CPU  B/line allocated");
        var one = new Worker();
        Measure("parse + header + template", data.Length, rounds, () => one.Parse(data));
        Measure("  + class, counters, redaction", data.Length, rounds, () => one.Full(data));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Templates} templates; peak RSS less the input {(Process.GetCurrentProcess().PeakWorkingSet64 - data.Length) / 1e6:F0} MB"));
        return 0;
    }

    private static void Measure(string name, int bytes, int rounds, Func<long> pass)
    {
        pass();
        double bestCpu = double.MaxValue, bestWall = double.MaxValue;
        long lines = 0, allocated = 0;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            lines = pass();
            watch.Stop();
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            bestCpu = Math.Min(bestCpu, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            bestWall = Math.Min(bestWall, watch.Elapsed.TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-34} {lines / bestWall / 1e6,14:F2} {lines / bestCpu / 1e6,5:F2} {bytes / bestWall / 1e6,7:F0} {bestCpu / lines * 1e9,12:F0} {(double)allocated / lines,17:F3}"));
    }

    private sealed class Worker
    {
        private readonly LogParser parser = new();
        private readonly LineClassifier classifier = new();
        private readonly PatternWatcher watcher = new();
        private readonly LineRedactor redactor = new(new RedactionOptions { Key = Key });

        internal int Templates => parser.Templates.Count;

        internal long Parse(byte[] data)
        {
            using var reader = new LineReader(new MemoryStream(data, writable: false));
            long lines = 0, check = 0;
            while (reader.TryRead(out var line))
            {
                check += parser.Parse(line).Slots.Length;
                lines++;
            }

            GC.KeepAlive(check);
            return lines;
        }

        internal long Full(byte[] data)
        {
            using var reader = new LineReader(new MemoryStream(data, writable: false));
            long lines = 0, check = 0;
            while (reader.TryRead(out var line))
            {
                var parsed = parser.Parse(line);
                watcher.Observe(parsed);
                check += classifier.Classify(parsed).Keep ? redactor.Redact(parsed).Length : 0;
                lines++;
            }

            GC.KeepAlive(check);
            return lines;
        }
    }
}
