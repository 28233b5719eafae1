using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Prunella.Logs.Framing;

/// <summary>How far a file was read, and how to know it again under another name.</summary>
/// <param name="Offset">Bytes that were given out and committed.</param>
/// <param name="HeadBytes">Bytes of its beginning that <paramref name="Head"/> is of; at most 1 024.</param>
/// <param name="Head">XxHash64 of them.</param>
public sealed record FilePosition(long Offset, int HeadBytes, ulong Head);

/// <summary>
/// Reads a file that grows, as tail -F does, in whole lines: through truncation (starts over), rotation by renaming or deleting (finishes
/// the old file, then opens the new one under the name) and restarts of the reader (goes on at a position, in the renamed file first).
/// What was read counts when it is committed; until then it is read again. Not thread-safe.
/// </summary>
public sealed class FileTail : IDisposable
{
    private const int HeadBytesMax = 1_024;

    private readonly string path;
    private readonly byte[] buffer;
    private SafeFileHandle? file;
    private FilePosition? resume;
    private long offset;
    private int taken, headBytes;
    private ulong head;
    private bool ended, began;

    /// <summary>Makes a reader; nothing is opened yet, and a file that is missing is waited for.</summary>
    /// <param name="path">The file; a symbolic link may come to point elsewhere.</param>
    /// <param name="from">Where an earlier reader stopped; null to begin at the start.</param>
    /// <param name="bytesMax">Most bytes given out at once; a longer line comes in pieces.</param>
    public FileTail(string path, FilePosition? from = null, int bytesMax = 1 << 20)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 16);
        (this.path, resume) = (Path.GetFullPath(path), from);
        buffer = new byte[bytesMax + 1];
    }

    /// <summary>Times the file was truncated under the reader.</summary>
    public int Truncations { get; private set; }

    /// <summary>Times another file took the name.</summary>
    public int Rotations { get; private set; }

    /// <summary>How far was committed; null before a file was there.</summary>
    public FilePosition? Position => began ? new FilePosition(offset, headBytes, head) : resume;

    /// <summary>Whether a file begins like the one that a position is of, and is as long.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool BeginsLike(string path, FilePosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        using var file = OpenOrNull(path);
        return file is not null && IsLike(file, position);
    }

    /// <summary>The next lines, each ended by a line feed; they hold until the next call, and come again when they are not committed.</summary>
    /// <returns>False when there is nothing more now.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to read it.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> lines)
    {
        lines = default;
        taken = 0;
        while (file is not null || TryOpen())
        {
            // Asked before reading: what was written before the file lost its name is then read.
            var replaced = ended || IsReplaced();
            var read = RandomAccess.Read(file!, buffer.AsSpan(0, buffer.Length - 1), offset);
            var cut = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (cut == 0 && read > 0 && (read == buffer.Length - 1 || replaced))
            {
                // A line longer than the buffer, or the last of a file that nobody writes to any more.
                (taken, buffer[read]) = (read, (byte)'\n');
                lines = buffer.AsMemory(0, read + 1);
                return true;
            }

            if (cut > 0)
            {
                taken = cut;
                lines = buffer.AsMemory(0, cut);
                return true;
            }

            if (replaced)
            {
                Close();
                Rotations++;
                continue;
            }

            if (RandomAccess.GetLength(file!) >= offset)
            {
                return false;
            }

            Truncations++;
            (offset, headBytes, head) = (0, 0, 0);
        }

        return false;
    }

    /// <summary>Says that what was read last is safe elsewhere.</summary>
    public void Commit()
    {
        offset += taken;
        taken = 0;
        if (headBytes < HeadBytesMax && offset > headBytes)
        {
            headBytes = (int)Math.Min(offset, HeadBytesMax);
            head = HeadOf(file!, headBytes);
        }
    }

    /// <summary>Passes over what the file holds now.</summary>
    public void SkipToEnd()
    {
        if (file is not null || TryOpen())
        {
            taken = 0;
            offset = RandomAccess.GetLength(file!);
            Commit();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private bool TryOpen()
    {
        if (resume is { } earlier)
        {
            resume = null;
            if (Find(earlier) is { } known)
            {
                (file, offset, headBytes, head, began) = (known.File, earlier.Offset, earlier.HeadBytes, earlier.Head, true);
                ended = known.Renamed;
                return true;
            }
        }

        file = OpenOrNull(path);
        (offset, headBytes, head, ended) = (0, 0, 0, false);
        began |= file is not null;
        return file is not null;
    }

    // The file under the name, or the one beside it that it was renamed to.
    private (SafeFileHandle File, bool Renamed)? Find(FilePosition earlier)
    {
        var folder = Path.GetDirectoryName(path)!;
        string[] beside = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(path) + "*").Where(p => p != path).Order(StringComparer.Ordinal)] : [];
        foreach (var candidate in (string[])[path, .. beside])
        {
            if (OpenOrNull(candidate) is not { } opened)
            {
                continue;
            }

            if (IsLike(opened, earlier))
            {
                return (opened, candidate != path);
            }

            opened.Dispose();
        }

        return null;
    }

    private static bool IsLike(SafeFileHandle file, FilePosition earlier) => RandomAccess.GetLength(file) >= earlier.Offset && HeadOf(file, earlier.HeadBytes) == earlier.Head;

    private void Close()
    {
        file!.Dispose();
        file = null;
        (offset, headBytes, head, ended) = (0, 0, 0, false);
    }

    // Where the open file is now: after a rename its new name, after a deletion a name that does not exist. Elsewhere than on Linux the
    // file under the name is told by its beginning.
    private bool IsReplaced()
    {
        var open = new FileInfo($"/proc/self/fd/{file!.DangerousGetHandle()}").LinkTarget;
        if (open is not null)
        {
            try
            {
                return (File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) is var named && open != named && Real(named) != open;
            }
            catch (IOException)
            {
                return true;
            }
        }

        using var now = OpenOrNull(path);
        return now is null || (headBytes > 0 && (RandomAccess.GetLength(now) < headBytes || HeadOf(now, headBytes) != head) && RandomAccess.GetLength(file) >= offset);
    }

    // A folder above may be a link too: the name as the system sees it is asked of a handle.
    private static string? Real(string path)
    {
        using var handle = OpenOrNull(path);
        return handle is null ? null : new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget;
    }

    private static SafeFileHandle? OpenOrNull(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static ulong HeadOf(SafeFileHandle file, int bytes)
    {
        Span<byte> start = stackalloc byte[HeadBytesMax];
        var read = 0;
        while (read < Math.Min(bytes, HeadBytesMax) && RandomAccess.Read(file, start[read..Math.Min(bytes, HeadBytesMax)], read) is > 0 and var more)
        {
            read += more;
        }

        return XxHash64.HashToUInt64(start[..read]);
    }
}
