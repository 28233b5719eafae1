using System.Text;

namespace Prunella.Ledger;

/// <summary>
/// A ledger in a file of JSON lines, the form of <see cref="LedgerJsonLines"/>, forced to disk at every append; for programs that
/// have no store. One process writes it at a time. Thread-safe.
/// </summary>
public sealed class FileLedger : IDisposable
{
    private readonly Lock gate = new();
    private readonly LedgerChain chain;
    private readonly TimeProvider time;
    private readonly FileStream stream;
    private LedgerHead head;

    private FileLedger(FileStream stream, LedgerHead head, LedgerChain chain, TimeProvider time) =>
        (this.stream, this.head, this.chain, this.time) = (stream, head, chain, time);

    /// <summary>The last entry.</summary>
    public LedgerHead Head
    {
        get
        {
            lock (gate) return head;
        }
    }

    /// <summary>Opens or creates the file. A last line that a kill left unfinished is cut off: it was never acknowledged.</summary>
    /// <exception cref="InvalidDataException">A line is no ledger entry; the message names the line. Verify the file.</exception>
    /// <exception cref="IOException">The file cannot be opened, or another process writes it.</exception>
    public static async Task<FileLedger> OpenAsync(string path, LedgerChain chain, TimeProvider time, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            await CutUnfinishedAsync(stream, cancellation);
            stream.Position = 0;
            var head = LedgerHead.Empty;
            await foreach (var line in LedgerJsonLines.ReadAsync(stream, cancellation))
                head = LedgerHead.Of(line.Entry ?? throw new InvalidDataException($"{path}, line {line.LineNumber}: {line.Problem}."));
            stream.Seek(0, SeekOrigin.End);
            return new FileLedger(stream, head, chain, time);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Appends the drafts in order; they are on disk when this returns.</summary>
    /// <exception cref="CanonicalJsonException">See <see cref="LedgerChain.Next"/>; nothing was appended.</exception>
    /// <exception cref="ArgumentException">See <see cref="LedgerChain.Next"/>; nothing was appended.</exception>
    /// <exception cref="IOException">The disk is full or gone; nothing was appended.</exception>
    public IReadOnlyList<LedgerEntry> Append(IReadOnlyList<LedgerDraft> drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        lock (gate)
        {
            var entries = new List<LedgerEntry>(drafts.Count);
            var next = head;
            var text = new StringBuilder();
            foreach (var draft in drafts)
            {
                var entry = chain.Next(next, draft, time.GetUtcNow());
                entries.Add(entry);
                text.Append(LedgerJsonLines.ToLine(entry)).Append('\n');
                next = LedgerHead.Of(entry);
            }
            var end = stream.Length;
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                stream.SetLength(end);
                stream.Position = end;
                throw;
            }
            head = next;
            return entries;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private static async Task CutUnfinishedAsync(FileStream stream, CancellationToken cancellation)
    {
        var buffer = new byte[4_096];
        var end = stream.Length;
        for (var position = end; position > 0;)
        {
            var count = (int)Math.Min(buffer.Length, position);
            position -= count;
            stream.Position = position;
            await stream.ReadExactlyAsync(buffer.AsMemory(0, count), cancellation);
            var feed = buffer.AsSpan(0, count).LastIndexOf((byte)'\n');
            if (feed < 0 && position > 0) continue;
            if (position + feed + 1 < end) stream.SetLength(position + feed + 1);
            return;
        }
    }
}
