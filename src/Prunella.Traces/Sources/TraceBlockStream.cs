using System.IO.Compression;

namespace Prunella.Traces.Sources;

/// <summary>
/// Blocks one after another, unpacked: one TracesData message. A plain block may be in use or torn by a crash, so only its
/// whole messages are given.
/// </summary>
internal sealed class TraceBlockStream(List<TraceBlock> blocks) : ForwardStream
{
    private Stream? _block;
    private int _next;

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (_block is null)
            {
                if (_next == blocks.Count)
                    return 0;
                _block = Open(blocks[_next++].Path);
                continue;
            }

            if (_block.Read(buffer) is > 0 and var count)
                return count;
            _block.Dispose();
            _block = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _block?.Dispose();
        base.Dispose(disposing);
    }

    // Between listing and opening a block may have been packed, or deleted for its age.
    private static Stream? Open(string path)
    {
        try
        {
            if (!path.EndsWith(".gz", StringComparison.Ordinal))
                return new WholeMessages(File(path));
        }
        catch (FileNotFoundException)
        {
            path += ".gz";
        }

        try
        {
            return new GZipStream(File(path), CompressionMode.Decompress);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        static FileStream File(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
    }

    /// <summary>The top-level messages of a file that are complete at the time it is opened.</summary>
    private sealed class WholeMessages : ForwardStream
    {
        private readonly FileStream _file;
        private long _left;

        public WholeMessages(FileStream file)
        {
            _file = file;
            _left = End(file);
            file.Position = 0;
        }

        public override int Read(Span<byte> buffer)
        {
            var count = _file.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _file.Dispose();
            base.Dispose(disposing);
        }

        // Every message at the top is a ResourceSpans: tag 0x0A, a length, so many bytes.
        private static long End(FileStream file)
        {
            var (length, end) = (file.Length, 0L);
            while (file.ReadByte() == 0x0A)
            {
                long size = 0;
                int part;
                var shift = 0;
                do
                {
                    part = file.ReadByte();
                    if (part < 0 || shift > 28)
                        return end;
                    size |= (long)(part & 0x7F) << shift;
                    shift += 7;
                }
                while (part >= 0x80);
                if (file.Position + size > length)
                    return end;
                file.Position += size;
                end = file.Position;
            }

            return end;
        }
    }
}
