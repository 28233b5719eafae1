using System.Diagnostics;
using System.Globalization;
using Prunella.Logs.Archive;

namespace Prunella.Logs.Bench;

/// <summary>Size and speed of archives against zstd -3, and a byte compare of what comes back.</summary>
internal static class ArchiveBench
{
    internal static int Run(string[] files, ArchiveTier tier)
    {
        Console.WriteLine("file                        MB   zstd -3  archive  times  write MB/s CPU  read MB/s CPU  plain/blocks  identical");
        double product = 1;
        foreach (var file in files)
        {
            var data = File.ReadAllBytes(file);
            var (rival, size, plain, blocks, write, read, identical) = Archive(data, tier, data.Length > 1 << 26 ? 1 : 3);
            var times = (double)rival / size;
            product *= times;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Path.GetFileName(file),-24} {data.Length / 1e6,6:F1} {rival,9} {size,8} {times,6:F2} {data.Length / write / 1e6,15:F1} {data.Length / read / 1e6,14:F1} {plain,7}/{blocks,-5} {identical,10}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"geometric mean of times zstd -3: {Math.Pow(product, 1.0 / files.Length):F2}; peak RSS {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB (inputs in memory)"));
        return 0;
    }

    /// <summary>Archives and reads back; bytes, blocks, and processor seconds of the best round.</summary>
    internal static (long Rival, long Size, long Plain, long Blocks, double Write, double Read, bool Identical) Archive(byte[] data, ArchiveTier tier, int rounds)
    {
        using var zstd = new ZstdSharp.Compressor(3);
        var rival = data.Length < 1 << 30 ? zstd.Wrap(data).Length : 0;
        var path = Path.GetTempFileName();
        double write = double.MaxValue, read = double.MaxValue;
        long size = 0, plain = 0, blocks = 0;
        var identical = false;
        for (var round = 0; round < rounds; round++)
        {
            File.Delete(path);
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { Tier = tier, Year = 2015 }))
            {
                writer.Write(data);
                writer.Flush();
                (size, plain, blocks) = (writer.BytesOut, writer.PlainBlocks, writer.Blocks);
            }

            write = Math.Min(write, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            cpu = Process.GetCurrentProcess().TotalProcessorTime;
            using var reader = ArchiveReader.Open(path);
            using var compared = new ComparingStream(data);
            reader.CopyTo(compared);
            identical = compared.Same;
            read = Math.Min(read, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
        }

        File.Delete(path);
        return (rival, size, plain, blocks, write, read, identical);
    }

    private sealed class ComparingStream(byte[] expected) : Stream
    {
        private int at;
        private bool differs;

        internal bool Same => !differs && at == expected.Length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => at;

        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            differs |= at + buffer.Length > expected.Length || !expected.AsSpan(at, buffer.Length).SequenceEqual(buffer);
            at += buffer.Length;
        }
    }
}
