using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Framing;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Bench;

/// <summary>Nanoseconds a line of each stage, on processor time: where the budget goes.</summary>
internal static class StageBench
{
    private delegate int Stage(ReadOnlySpan<byte> line);

    internal static int Run(string file)
    {
        var data = File.ReadAllBytes(file);
        var anchors = new HeaderAnchor[HeaderScanner.AnchorsMax];
        var tokens = new Token[4096];
        var map = new ByteMap();
        var layouts = new LayoutLearner();
        var parser = new LogParser();
        Measure("learn", data, line =>
        {
            layouts.Learn(anchors.AsSpan(0, HeaderScanner.Scan(line, anchors, out _)));
            return 0;
        });
        Measure("framing", data, static line => line.Length);
        Measure("header scan", data, line => HeaderScanner.Scan(line, anchors, out _));
        if (Environment.GetEnvironmentVariable("ONLY") == "header")
        {
            for (var k = 0; k < 4; k++)
            {
                Measure("header scan + resolve", data, line => layouts.Read(line, anchors, out _).End);
            }

            return 0;
        }

        Measure("header scan + resolve", data, line => layouts.Read(line, anchors, out _).End);
        Measure("byte map", data, line =>
        {
            map.Build(line);
            return map.SkipGap(0, line.Length);
        });
        Measure("tokenize message", data, line =>
        {
            map.Build(line);
            var m = line.IndexOf(": "u8) + 1;
            return MessageTokenizer.Tokenize(line, map, m, line.Length, tokens, 0, words: false);
        });
        Measure("tokenize whole line", data, line =>
        {
            map.Build(line);
            return MessageTokenizer.Tokenize(line, map, 0, line.Length, tokens, 0, words: false);
        });
        Measure("parse", data, line => parser.Parse(line).Slots.Length);
        return 0;
    }

    private static void Measure(string name, byte[] data, Stage stage)
    {
        var best = double.MaxValue;
        long lines = 0;
        for (var round = 0; round < 25; round++)
        {
            using var stream = new MemoryStream(data, writable: false);
            using var reader = new LineReader(stream);
            long sum = 0;
            lines = 0;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            while (reader.TryRead(out var line))
            {
                sum += stage(line);
                lines++;
            }

            GC.KeepAlive(sum);
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {best / lines * 1e9,6:F0} ns/line"));
    }
}
