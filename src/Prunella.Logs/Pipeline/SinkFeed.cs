using System.Buffers;
using System.Text;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// What waits for one sink, on disk, and its delivery: at least once, in order of acceptance except for documents sent again, with
/// pauses that double while the sink fails. Documents that the sink refuses for good are kept in <c>refused.jsonl</c>. Adding is one
/// caller's, delivering another's.
/// </summary>
public sealed class SinkFeed : IDisposable
{
    private const int FlushBytes = 1 << 20;
    private const string RefusedFile = "refused.jsonl";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ILogSink sink;
    private readonly LogSpool spool;
    private readonly SinkFeedOptions options;
    private readonly TimeProvider time;
    private readonly string refusedPath;
    private readonly ArrayBufferWriter<byte> waiting = new(FlushBytes);
    private readonly SemaphoreSlim added = new(0, 1);
    private long sent, again, refused;
    private volatile string? trouble;

    /// <summary>Opens what waits for a sink.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    public SinkFeed(ILogSink sink, string folder, SinkFeedOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(options);
        (this.sink, this.options, this.time) = (sink, options, time);

        // The bound is asked before a file of the pipeline's spool is taken; what that file becomes is always taken.
        spool = new LogSpool(folder, new LogPipelineOptions { SpoolBytesMax = long.MaxValue / 2 }, time);
        refusedPath = Path.Combine(folder, RefusedFile);
    }

    /// <summary>The sink's name.</summary>
    public string Name => sink.Name;

    /// <summary>Bytes that wait.</summary>
    public long WaitingBytes => spool.Bytes;

    /// <summary>Documents that the sink has.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Documents sent again.</summary>
    public long Again => Interlocked.Read(ref again);

    /// <summary>Documents refused for good.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Why the sink does not take documents now; null when it does.</summary>
    public string? Trouble => trouble;

    internal bool IsFull => spool.Bytes >= options.WaitingBytesMax;

    /// <summary>Adds a document: 32 hexadecimal digits and a JSON object. Durable after <see cref="Flush"/>.</summary>
    internal void Add(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json)
    {
        waiting.Write(id);
        waiting.Write(" "u8);
        waiting.Write(json);
        waiting.Write("\n"u8);
        if (waiting.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    /// <exception cref="IOException">The disk is full or away.</exception>
    internal void Flush()
    {
        if (waiting.WrittenCount > 0)
        {
            spool.TryAccept(waiting.WrittenSpan);
            waiting.ResetWrittenCount();
            if (added.CurrentCount == 0)
            {
                added.Release();
            }
        }
    }

    /// <summary>Forgets what was added and not flushed, because it will be added again.</summary>
    internal void Forget() => waiting.ResetWrittenCount();

    /// <summary>Delivers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await DeliverAsync(cancellation).ConfigureAwait(false);
            await added.WaitAsync(Look, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Delivers everything that waits now, however often the sink fails meanwhile.</summary>
    public async Task DeliverAsync(CancellationToken cancellation)
    {
        foreach (var (path, _, _) in spool.Files(all: true))
        {
            foreach (var batch in LogSpool.Read(path))
            {
                foreach (var documents in Cut(batch.Lines))
                {
                    await DeliverAsync(documents, cancellation).ConfigureAwait(false);
                }
            }

            spool.Remove(path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        spool.Dispose();
        added.Dispose();
    }

    private async Task DeliverAsync(List<SinkDocument> documents, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (documents.Count > 0)
        {
            var answer = await sink.SendAsync(documents, cancellation).ConfigureAwait(false);
            Keep(documents, answer.Refused);
            var taken = documents.Count - answer.Again.Count - answer.Refused.Count;
            Interlocked.Add(ref sent, taken);
            Interlocked.Add(ref again, answer.Again.Count);
            trouble = answer.Again.Count > 0 ? answer.Why ?? "the sink asks for documents again" : null;
            documents = [.. answer.Again.Select(n => documents[n])];
            if (documents.Count == 0)
            {
                return;
            }

            // Where some were taken the sink is there, and only busy.
            pause = taken > 0 ? FirstPause : pause;
            var wait = answer.After is { } asked && asked > pause ? asked : pause;
            await Task.Delay(wait < RetryMax ? wait : RetryMax, time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < RetryMax ? pause * 2 : RetryMax;
        }
    }

    private TimeSpan RetryMax => TimeSpan.FromSeconds(options.RetrySecondsMax);

    private IEnumerable<List<SinkDocument>> Cut(ReadOnlyMemory<byte> lines)
    {
        var documents = new List<SinkDocument>();
        var bytes = 0;
        while (lines.Length > 0)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (documents.Count > 0 && (documents.Count >= sink.BatchDocumentsMax || bytes + line.Length > sink.BatchBytesMax))
            {
                yield return documents;
                (documents, bytes) = ([], 0);
            }

            documents.Add(new SinkDocument(Encoding.ASCII.GetString(line.Span[..LogDocument.IdBytes]), line[(LogDocument.IdBytes + 1)..]));
            bytes += line.Length;
        }

        if (documents.Count > 0)
        {
            yield return documents;
        }
    }

    private void Keep(List<SinkDocument> documents, IReadOnlyList<SinkRefusal> refusals)
    {
        if (refusals.Count == 0)
        {
            return;
        }

        Interlocked.Add(ref refused, refusals.Count);
        if (new FileInfo(refusedPath) is { Exists: true } full && full.Length > options.RefusedBytesMax / 2)
        {
            File.Move(refusedPath, refusedPath + ".old", overwrite: true);
        }

        using var file = new FileStream(refusedPath, FileMode.Append, FileAccess.Write, FileShare.Read);
        foreach (var refusal in refusals)
        {
            file.Write(LogDocument.Refusal(documents[refusal.Index], refusal.Why));
        }
    }
}
