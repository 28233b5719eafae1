using System.Runtime.CompilerServices;

namespace Prunella.Logs.Framing;

/// <summary>
/// Follows a file that grows, as tail -F does: through truncation (starts over) and rotation (finishes the old file, then opens the new
/// one under the name). Lines are given out when their line feed has come.
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
        var opened = false;
        while (!cancellation.IsCancellationRequested)
        {
            if (!TryOpen(out var file))
            {
                await Wait(cancellation).ConfigureAwait(false);
                continue;
            }

            using (file)
            {
                if (fromEnd && !opened)
                {
                    file.Seek(0, SeekOrigin.End);
                }

                Rotations += opened ? 1 : 0;
                opened = true;
                var identity = Identity(file);
                var reader = new LineReader(file);
                while (!cancellation.IsCancellationRequested)
                {
                    while (NextLine(reader) is { } line)
                    {
                        yield return line;
                    }

                    if (file.Length < file.Position)
                    {
                        Truncations++;
                        file.Seek(0, SeekOrigin.Begin);
                        reader.Dispose();
                        reader = new LineReader(file);
                        continue;
                    }

                    if (Identity(file) != identity)
                    {
                        // What was written to the old file between the last read and the rename is still in it.
                        while (NextLine(reader) is { } late)
                        {
                            yield return late;
                        }

                        break;
                    }

                    await Wait(cancellation).ConfigureAwait(false);
                }

                reader.Dispose();
            }
        }
    }

    private static byte[]? NextLine(LineReader reader) => reader.TryReadTerminated(out var line) ? line.ToArray() : null;

    private bool TryOpen(out FileStream file)
    {
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return true;
        }
        catch (FileNotFoundException)
        {
            file = null!;
            return false;
        }
    }

    // Where the open file is now: after a rename its new name, after a deletion a name that does not exist. Elsewhere than on Linux the
    // file under the name is told by when it was made.
    private string Identity(FileStream file)
    {
        var link = new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
        if (link is not null)
        {
            return link;
        }

        var info = new FileInfo(path);
        return info.Exists ? info.CreationTimeUtc.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
    }

    private async Task Wait(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pollInterval, time, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }
    }
}
