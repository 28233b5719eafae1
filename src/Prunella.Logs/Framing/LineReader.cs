using System.Buffers;

namespace Prunella.Logs.Framing;

/// <summary>
/// Cuts a stream of bytes into lines: LF or CRLF, the last one with or without. Any bytes are allowed in a line, NUL and broken UTF-8
/// among them. A line longer than the limit comes in pieces, which are counted.
/// </summary>
public sealed class LineReader : IDisposable
{
    /// <summary>Longest line, in bytes, that comes in one piece by default: 64 MiB.</summary>
    public const int LineBytesMaxDefault = 64 << 20;

    private const int BufferBytes = 1 << 18;

    private readonly Stream stream;
    private readonly int lineBytesMax;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int start;
    private int searched;
    private int end;
    private bool ended;

    /// <summary>Reads from <paramref name="stream"/>, which stays the caller's.</summary>
    /// <param name="stream">Bytes.</param>
    /// <param name="lineBytesMax">Longest line in one piece, bytes; at least 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is too small.</exception>
    public LineReader(Stream stream, int lineBytesMax = LineBytesMaxDefault)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(lineBytesMax, 16);
        this.stream = stream;
        this.lineBytesMax = lineBytesMax;
    }

    /// <summary>Lines that came in pieces because they passed the limit.</summary>
    public long LinesSplit { get; private set; }

    /// <summary>Bytes of the stream that were given out, terminators included.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// True when the last line given out ended with a line feed; false for a last line without one, and for a piece of a long line.
    /// </summary>
    public bool Terminated { get; private set; }

    /// <summary>The next line without its terminator; it holds until the next call.</summary>
    /// <returns>False at the end of the stream. A stream that grew since gives lines again on a later call.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="InvalidDataException">A compressed stream is damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = Take(searched + at, 1);
                Terminated = true;
                return true;
            }

            searched = end;
            if (ended || !Fill())
            {
                break;
            }

            if (end - start > lineBytesMax)
            {
                searched = start;
                if (buffer.AsSpan(start, end - start).Contains((byte)'\n'))
                {
                    continue;
                }

                LinesSplit++;
                line = Take(start + lineBytesMax, 0);
                Terminated = false;
                return true;
            }
        }

        line = default;
        Terminated = false;
        if (end == start)
        {
            return false;
        }

        line = Take(end, 0);
        return true;
    }

    /// <summary>Like <see cref="TryRead"/>, but a last line without a terminator is kept for when more comes (a file that grows).</summary>
    public bool TryReadTerminated(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = Take(searched + at, 1);
                Terminated = true;
                return true;
            }

            searched = end;
            if (end - start > lineBytesMax)
            {
                LinesSplit++;
                line = Take(start + lineBytesMax, 0);
                Terminated = false;
                return true;
            }

            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    /// <summary>Bytes as they stand, whatever they are: the part of a stream whose length something before it told.</summary>
    /// <returns>False when the stream ends before.</returns>
    internal bool TryReadBytes(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (start == end && !Fill())
            {
                return false;
            }

            var count = Math.Min(bytes.Length, end - start);
            buffer.AsSpan(start, count).CopyTo(bytes);
            start += count;
            searched = start;
            Position += count;
            bytes = bytes[count..];
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            start = searched = end = 0;
            ended = true;
        }
    }

    private ReadOnlySpan<byte> Take(int lineEnd, int terminator)
    {
        var from = start;
        start = searched = lineEnd + terminator;
        Position += start - from;
        if (terminator > 0 && lineEnd > from && buffer[lineEnd - 1] == '\r')
        {
            lineEnd--;
        }

        return buffer.AsSpan(from, lineEnd - from);
    }

    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            searched -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        if (read <= 0)
        {
            return false;
        }

        end += read;
        return true;
    }
}
