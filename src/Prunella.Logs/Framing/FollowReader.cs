using System.Runtime.CompilerServices;

namespace Prunella.Logs.Framing;

/// <summary>
/// Follows a file that grows, as tail -F does: through truncation (starts over) and rotation (finishes the old file, then opens the new
/// one under the name). Lines are given out when their line feed has come, the last one of a file that lost its name without.
/// </summary>
public sealed class FollowReader(string path, TimeProvider time, TimeSpan pollInterval)
{
    /// <summary>Times the file was truncated under the reader.</summary>
    public int Truncations { get; private set; }

    /// <summary>Times another file took the name.</summary>
    public int Rotations { get; private set; }

    /// <summary>Lines as they come, until cancelled. A missing file is waited for.</summary>
    /// <param name="fromEnd">True skips what the file holds already.</param>
    /// <param name="cancellation">Ends the enumeration without an exception.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(bool fromEnd, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var tail = new FileTail(path);
        if (fromEnd)
        {
            tail.SkipToEnd();
        }

        while (!cancellation.IsCancellationRequested)
        {
            while (!cancellation.IsCancellationRequested && tail.TryRead(out var lines))
            {
                (Truncations, Rotations) = (tail.Truncations, tail.Rotations);
                while (lines.Length > 0)
                {
                    var end = lines.Span.IndexOf((byte)'\n');
                    var line = lines[..end];
                    lines = lines[(end + 1)..];
                    yield return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
                }

                tail.Commit();
            }

            await Task.Delay(pollInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
