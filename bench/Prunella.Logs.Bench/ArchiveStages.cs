using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Bench;

/// <summary>Where the time of archiving goes: nanoseconds a line of each stage, on processor time.</summary>
internal static class ArchiveStages
{
    internal static int Run(string file)
    {
        var data = File.ReadAllBytes(file);
        var lines = new LineTable(new LogParser());
        var encoder = new BlockEncoder();
        using var packer = new BlockPacker(3, 0);
        var classifier = new LineClassifier();
        var names = new[] { "parse", "describe", "encode", "pack", "plain zstd" };
        var spent = new TimeSpan[names.Length];
        var block = new byte[16 << 20];
        long total = 0;
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
            Measure(0, () => lines.Parse(block, length, twice: at == 0));
            Measure(1, () => MetaBuilder.Build(lines, classifier, [], false, out shapes).Write(meta));
            Measure(2, () => encoder.Encode(lines, shapes));
            Measure(3, () => packer.PackColumns(encoder.Streams, meta.Written, adaptive: false));
            Measure(4, () => packer.PackPlain(block.AsSpan(0, length)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block: {lines.Lines} lines, {lines.Shapes.Count} shapes, {lines.SlotCount} values, directory {encoder.Streams.Directory.Length}, {encoder.Streams.Count} streams of {encoder.Streams.Bytes}"));
            total += lines.Lines;
            at += length;
        }

        for (var n = 0; n < names.Length; n++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{names[n],-12} {spent[n].TotalNanoseconds / total,6:F0} ns/line"));
        }

        return 0;

        void Measure(int stage, Action run)
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            run();
            spent[stage] += Process.GetCurrentProcess().TotalProcessorTime - cpu;
        }
    }
}
