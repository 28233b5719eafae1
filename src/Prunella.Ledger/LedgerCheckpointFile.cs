using System.Globalization;
using System.Text;

namespace Prunella.Ledger;

/// <summary>
/// The checkpoints in a file outside the store: one line of canonical JSON each, appended and forced to disk before
/// <see cref="Append"/> returns. Put it where who can write the store cannot. Thread-safe; several processes may share the file.
/// </summary>
/// <param name="path">The file; created with its folder when missing.</param>
/// <param name="keys">The ledger's keys.</param>
public sealed class LedgerCheckpointFile(string path, LedgerKeyRing keys)
{
    // A checkpoint has under 400 bytes; the last one is surely in so many from the end.
    private const int TailBytes = 4_096;
    private const int OpenTriesMax = 50;

    private readonly Lock gate = new();

    /// <summary>Where the file is.</summary>
    public string Path { get; } = path;

    /// <summary>Appends a checkpoint of <paramref name="head"/>, unless the file already has one of this number or a later one.</summary>
    /// <returns>Whether one was written.</returns>
    /// <exception cref="LedgerCheckpointException">The file cannot be written, or its last line is no checkpoint.</exception>
    public bool Append(LedgerHead head, DateTimeOffset at)
    {
        if (head.Number == 0) return false;
        lock (gate)
        {
            try
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
                using var stream = OpenForAppend();
                var last = LastOf(stream);
                if (last is not null && last.Number >= head.Number) return false;
                var checkpoint = LedgerCheckpoint.Sign(head, at, last?.Mac ?? LedgerHead.NoHash, keys.Signing);
                stream.Write(Encoding.UTF8.GetBytes(checkpoint.ToLine() + "\n"));
                stream.Flush(flushToDisk: true);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new LedgerCheckpointException($"The checkpoint file {Path} cannot be written: {exception.Message}", exception);
            }
        }
    }

    /// <summary>The last checkpoint; null when there is none.</summary>
    /// <exception cref="LedgerCheckpointException">The file cannot be read, or its last line is no checkpoint.</exception>
    public LedgerCheckpoint? Last()
    {
        var lines = Read(Path);
        if (lines.Count == 0) return null;
        return lines[^1].Checkpoint ?? throw Forged();
    }

    /// <summary>Every line of a checkpoint file; empty when there is no file. A line left unfinished by a kill is left out.</summary>
    /// <exception cref="LedgerCheckpointException">The file cannot be read.</exception>
    public static IReadOnlyList<LedgerCheckpointLine> Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return [];
            using var stream = Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false));
            return Parse(reader.ReadToEnd());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerCheckpointException($"The checkpoint file {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The lines of a checkpoint file's text.</summary>
    public static IReadOnlyList<LedgerCheckpointLine> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n');
        var checkpoints = new List<LedgerCheckpointLine>(lines.Length);
        for (var index = 0; index < lines.Length; index++)
        {
            var last = index == lines.Length - 1;
            if (last && Unfinished(lines[index])) break;
            checkpoints.Add(new LedgerCheckpointLine(index + 1, LedgerCheckpoint.FromLine(lines[index])));
        }
        return checkpoints;
    }

    // A line has exactly one closing brace, at its end: what has none was cut by a kill while it was written, and vouched for nothing yet.
    private static bool Unfinished(string lastLine) => !lastLine.Contains('}', StringComparison.Ordinal);

    private LedgerCheckpoint? LastOf(FileStream stream)
    {
        var bytes = new byte[(int)Math.Min(TailBytes, stream.Length)];
        stream.Seek(-bytes.Length, SeekOrigin.End);
        stream.ReadExactly(bytes);
        var feed = Array.LastIndexOf(bytes, (byte)'\n');
        var tail = Encoding.UTF8.GetString(bytes.AsSpan(feed + 1));
        if (tail.Length > 0)
        {
            if (Unfinished(tail)) stream.SetLength(stream.Length - (bytes.Length - feed - 1));
            else if (LedgerCheckpoint.FromLine(tail) is not null) { stream.Seek(0, SeekOrigin.End); stream.WriteByte((byte)'\n'); return LedgerCheckpoint.FromLine(tail); }
            else throw Forged();
        }
        stream.Seek(0, SeekOrigin.End);
        if (feed < 0) return null;
        var before = feed == 0 ? -1 : Array.LastIndexOf(bytes, (byte)'\n', feed - 1);
        var line = Encoding.UTF8.GetString(bytes.AsSpan((before + 1)..feed));
        return LedgerCheckpoint.FromLine(line) ?? throw Forged();
    }

    private FileStream OpenForAppend()
    {
        var created = !File.Exists(Path);
        var stream = Open(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (created && !OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        return stream;
    }

    // Another process holds the file for one append at most, so a few tries are enough.
    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, mode, access, share);
            }
            catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException) && tries < OpenTriesMax)
            {
                Thread.SpinWait(1 << Math.Min(tries, 20));
            }
        }
    }

    private LedgerCheckpointException Forged() => new(string.Create(CultureInfo.InvariantCulture,
        $"The last line of the checkpoint file {Path} is no checkpoint. Someone changed it: keep a copy, verify the ledger, then move the file aside to begin a new one."));
}

/// <summary>The checkpoint file cannot be used; the message says why and what to do.</summary>
public sealed class LedgerCheckpointException(string message, Exception? inner = null) : Exception(message, inner);
