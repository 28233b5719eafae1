using System.Diagnostics;
using System.Globalization;
using System.Text;
using Prunella.Logs.Classification;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Redaction;

namespace Prunella.Logs.Bench;

/// <summary>
/// Nanoseconds a line on a machine that has other work: the input is cut into slices shorter than a scheduler's turn, each slice counts
/// with its best wall time of all rounds. What is left of the load is the sharing of a core's units and caches.
/// </summary>
internal static class SliceBench
{
    private const int SliceBytes = 200_000;

    internal static int Run(string file, int rounds, string only = "")
    {
        var slices = Cut(File.ReadAllBytes(file));
        var parser = new LogParser();
        if (only.Length == 0)
        {
            Measure("framing", slices, rounds, static _ => { });
        }

        if (only is "" or "parse")
        {
            Measure("parse + header + template", slices, rounds, line => parser.Parse(line));
        }

        if (only == "parse")
        {
            return 0;
        }

        Measure("  + class, counters, redaction", slices, rounds, Full());
        return 0;
    }

    /// <summary>Nanoseconds a line of parsing, and of parsing with class, counters, watching and redaction; and the bytes that the last round allocated.</summary>
    internal static ((double Nanoseconds, long Allocated) Parse, (double Nanoseconds, long Allocated) Full) Both(byte[] data, int rounds)
    {
        var slices = Cut(data);
        var parser = new LogParser();
        return (Measure("parse", slices, rounds, line => parser.Parse(line)), Measure("full", slices, rounds, Full()));
    }

    private static Stage Full()
    {
        var parser = new LogParser();
        var classifier = new LineClassifier();
        var watcher = new PatternWatcher();
        var redactor = new LineRedactor(new RedactionOptions { Key = Encoding.ASCII.GetBytes("a key of the bench") });
        return line =>
        {
            var parsed = parser.Parse(line);
            watcher.Observe(parsed);
            if (classifier.Classify(parsed).Keep)
            {
                redactor.Redact(parsed);
            }
        };
    }

    private delegate void Stage(ReadOnlySpan<byte> line);

    private static List<byte[]> Cut(byte[] data)
    {
        var slices = new List<byte[]>();
        for (var at = 0; at < data.Length;)
        {
            var length = Math.Min(SliceBytes, data.Length - at);
            length = data.AsSpan(at, length).LastIndexOf((byte)'\n') + 1;
            if (length == 0)
            {
                break;
            }

            slices.Add(data.AsSpan(at, length).ToArray());
            at += length;
        }

        return slices;
    }

    private static (double Nanoseconds, long Allocated) Measure(string name, List<byte[]> slices, int rounds, Stage stage)
    {
        var best = new long[slices.Count];
        Array.Fill(best, long.MaxValue);
        long lines = 0, allocated = 0;
        for (var round = 0; round < rounds; round++)
        {
            lines = allocated = 0;
            for (var s = 0; s < slices.Count; s++)
            {
                using var reader = new LineReader(new MemoryStream(slices[s], writable: false));
                var before = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                while (reader.TryRead(out var line))
                {
                    stage(line);
                    lines++;
                }

                best[s] = Math.Min(best[s], Stopwatch.GetTimestamp() - start);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        var seconds = best.Sum() / (double)Stopwatch.Frequency;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-32} {lines / seconds / 1e6,6:F2} M lines/s {seconds / lines * 1e9,6:F0} ns/line {allocated,9} B allocated in the last round"));
        return (seconds / lines * 1e9, allocated);
    }
}
