using System.IO.Compression;
using System.Text;

namespace Prunella.Traces.Sources;

/// <summary>An input opened: unpacked, decoded to UTF-8, its first bytes read and its format known.</summary>
internal sealed class TraceInput : IDisposable
{
    private readonly List<Stream> _layers;

    private TraceInput(Stream stream, List<Stream> layers, byte[] head, int headLength, TraceFormat format)
    {
        Stream = stream;
        _layers = layers;
        Head = head;
        HeadLength = headLength;
        Format = format;
    }

    /// <summary>What follows the head.</summary>
    public Stream Stream { get; }

    public byte[] Head { get; }

    public int HeadLength { get; }

    /// <summary>Bytes before the head in the whole input.</summary>
    public long Offset { get; private init; }

    public TraceFormat Format { get; }

    public static TraceInput Open(Stream stream, string source, int headBytes, TraceFormat format)
    {
        var layers = new List<Stream>();
        var head = new byte[headBytes];
        try
        {
            var length = Fill(stream, head);
            // Gzip in gzip happens (a server packs what a disk already packed); more is an attack.
            for (var layer = 0; layer < 2 && length >= 2 && head[0] == 0x1F && head[1] == 0x8B; layer++)
            {
                stream = new GZipStream(new PrefixedStream(head.AsSpan(0, length).ToArray(), stream), CompressionMode.Decompress);
                layers.Add(stream);
                length = Fill(stream, head);
            }

            if (length >= 2 && ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
            {
                var encoding = head[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
                stream = Encoding.CreateTranscodingStream(new PrefixedStream(head.AsSpan(2, length - 2).ToArray(), stream), encoding, Encoding.UTF8);
                layers.Add(stream);
                length = Fill(stream, head);
            }

            if (length >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF)
            {
                head.AsSpan(3, length - 3).CopyTo(head);
                length -= 3;
            }

            if (format == TraceFormat.Detect)
                format = FormatDetector.Detect(head.AsSpan(0, length), length < head.Length);
            if (format == TraceFormat.Detect)
            {
                throw new TraceFormatException(source, 0, null, length == 0 || head.AsSpan(0, length).IndexOfAnyExcept(" \t\r\n"u8) < 0
                    ? "The input is empty; expected Jaeger, Zipkin or OTLP traces."
                    : "Not a trace format known here; expected Jaeger JSON, Zipkin v2 JSON, OTLP JSON or OTLP protobuf, gzip allowed.");
            }

            return new TraceInput(stream, layers, head, length, format);
        }
        catch (InvalidDataException broken)
        {
            layers.ForEach(layer => layer.Dispose());
            throw new TraceFormatException(source, 0, null, "The gzip data is broken: " + broken.Message, broken);
        }
        catch (TraceFormatException)
        {
            layers.ForEach(layer => layer.Dispose());
            throw;
        }
    }

    /// <summary>The rest of an input whose beginning was read by someone else.</summary>
    public static TraceInput Continue(Stream stream, byte[] head, TraceFormat format, long offset)
    {
        var length = head.Length;
        if (head.Length < 4_096)
            Array.Resize(ref head, 1 << 16);
        return new TraceInput(stream, [], head, length, format) { Offset = offset };
    }

    public void Dispose() => _layers.ForEach(layer => layer.Dispose());

    private static int Fill(Stream stream, byte[] head) => stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
}
