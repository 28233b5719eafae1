using System.Buffers;
using System.Globalization;
using System.Text;

namespace Prunella.Logs;

/// <summary>
/// Reads a followed log whose lines have their times before them, and gives the lines in the form that container runtimes write
/// (<c>TIME stdout F TEXT</c>), so that each keeps its time. Lines before a place are passed over: they were taken already.
/// </summary>
internal sealed class PodLogReader
{
    private readonly Stream stream;
    private readonly PodLogPlace after;
    private long equal;

    private const int LineBytesMax = 1 << 20;
    private readonly ArrayBufferWriter<byte> lines = new();
    private byte[] buffer = new byte[16_384];
    private int filled;

    /// <param name="stream">The log.</param>
    /// <param name="after">Where an earlier reader stopped.</param>
    internal PodLogReader(Stream stream, PodLogPlace after) => (this.stream, this.after, Last) = (stream, after, after);

    /// <summary>The place after the latest line given.</summary>
    internal PodLogPlace Last { get; private set; }

    /// <summary>The next lines, each ended by a line feed; they hold until the next call. Empty at the end of the log.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        lines.ResetWrittenCount();
        while (lines.WrittenCount == 0)
        {
            if (filled == buffer.Length)
            {
                if (filled >= LineBytesMax) Take(last: true);
                else Array.Resize(ref buffer, buffer.Length * 4);
                continue;
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellation);
            filled += read;
            Take(last: read == 0);
            if (read == 0) break;
        }

        return lines.WrittenMemory;
    }

    private void Take(bool last)
    {
        var rest = buffer.AsSpan(0, filled);
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 && !last) break;
            Write(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        rest.CopyTo(buffer);
        filled = rest.Length;
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        if (space < 0) space = line.Length;
        if (!DateTimeOffset.TryParse(Encoding.ASCII.GetString(line[..space]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            // The runtime said something itself: kept as it is.
            if (line.IsEmpty) return;
            lines.Write(line);
            lines.Write("\n"u8);
            return;
        }

        // Several lines may have one time.
        if (at < after.Time || (at == after.Time && ++equal <= after.Lines)) return;
        Last = at == Last.Time ? Last with { Lines = Last.Lines + 1 } : at > Last.Time ? new PodLogPlace(at, 1) : Last;
        lines.Write(line[..space]);
        lines.Write(" stdout F "u8);
        lines.Write(space < line.Length ? line[(space + 1)..] : default);
        lines.Write("\n"u8);
    }
}

/// <summary>How far a container's log was taken.</summary>
/// <param name="Time">Time of the latest line.</param>
/// <param name="Lines">Lines of that time.</param>
internal sealed record PodLogPlace(DateTimeOffset Time, long Lines);
