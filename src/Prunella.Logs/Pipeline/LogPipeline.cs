using System.Diagnostics.Metrics;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;

namespace Prunella.Logs.Pipeline;

/// <summary>
/// Accepted lines → parsed, classified → the archive of their class. What is accepted is in the spool until the archive has it durably,
/// so it survives a kill at any point; a kill between the two archives the lines of one spool file again (at least once, never less).
/// <see cref="TryAccept"/> is thread-safe; <see cref="Drain"/> is one caller's.
/// </summary>
public sealed class LogPipeline : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Prunella.Logs";

    private readonly LogSpool spool;
    private readonly ArchiveStore store;
    private readonly LogParser parser = new();
    private readonly LineClassifier classifier;
    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> acceptedLines, acceptedBytes, refusedBatches, archivedLines;

    /// <summary>Makes a pipeline over a spool and a store, which stay the caller's.</summary>
    public LogPipeline(LogSpool spool, ArchiveStore store, ClassOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(spool);
        ArgumentNullException.ThrowIfNull(store);
        (this.spool, this.store) = (spool, store);
        classifier = new LineClassifier(overrides: overrides);
        acceptedLines = meter.CreateCounter<long>("prunella.logs.accepted.lines", "{line}", "Lines that are durable in the spool.");
        acceptedBytes = meter.CreateCounter<long>("prunella.logs.accepted.bytes", "By", "Their bytes.");
        refusedBatches = meter.CreateCounter<long>("prunella.logs.refused.batches", "{batch}", "Batches refused because the spool was full.");
        archivedLines = meter.CreateCounter<long>("prunella.logs.archived.lines", "{line}", "Lines that are durable in the archive, by class.");
        meter.CreateObservableGauge("prunella.logs.spool.bytes", () => spool.Bytes, "By", "Bytes accepted and not archived.");
    }

    /// <summary>Lines archived since the start.</summary>
    public long Archived { get; private set; }

    /// <summary>Accepts a batch of lines, each ended by a line feed.</summary>
    /// <returns>False when the spool is full; the sender keeps the batch and comes back.</returns>
    /// <exception cref="IOException">The disk is full or away; nothing was taken.</exception>
    public bool TryAccept(ReadOnlySpan<byte> batch)
    {
        if (!spool.TryAccept(batch))
        {
            refusedBatches.Add(1);
            return false;
        }

        acceptedLines.Add(batch.Count((byte)'\n'));
        acceptedBytes.Add(batch.Length);
        return true;
    }

    /// <summary>Archives what is ready.</summary>
    /// <param name="all">True archives everything accepted so far, false only files of the spool that are large or old enough.</param>
    /// <returns>Lines archived.</returns>
    /// <exception cref="IOException">The disk is full or away; what was not archived stays in the spool.</exception>
    public long Drain(bool all = false)
    {
        long lines = 0;
        Span<long> byClass = stackalloc long[3];
        foreach (var path in spool.Ready(all))
        {
            byClass.Clear();
            foreach (var batch in LogSpool.Read(path))
            {
                Archive(batch, byClass);
            }

            // Only what the archive holds durably leaves the spool.
            store.Flush();
            spool.Remove(path);
            for (var c = 0; c < byClass.Length; c++)
            {
                archivedLines.Add(byClass[c], new KeyValuePair<string, object?>("class", ((LineClass)c).ToString()));
                lines += byClass[c];
            }
        }

        Archived += lines;
        return lines;
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Archive(ReadOnlySpan<byte> batch, Span<long> byClass)
    {
        while (batch.Length > 0)
        {
            var end = batch.IndexOf((byte)'\n');
            var line = end < 0 ? batch : batch[..end];
            batch = end < 0 ? default : batch[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            var lineClass = classifier.Classify(parser.Parse(line)).Class;
            store.Append(lineClass, line);
            byClass[(int)lineClass]++;
        }
    }
}
