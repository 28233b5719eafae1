using System.Buffers;
using System.IO.Pipelines;

namespace Prunella.Kubernetes.Watch;

/// <summary>Takes the stream of a watch apart into its lines, one for each event. A line beyond the bound is left out and counted; the ones after it are read.</summary>
internal sealed class WatchLines(Stream stream, int lineBytesMax) : IAsyncDisposable
{
    private readonly PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32_768));
    private bool skipping;

    /// <summary>Lines that were too long.</summary>
    internal int Skipped { get; private set; }

    /// <summary>Waits for bytes and hands every whole line to the taker; the bytes are its only during the call.</summary>
    /// <returns>False when the stream has ended. What came after the last line's end is then lost, as a cut-off event has to be.</returns>
    internal async ValueTask<bool> ReadAsync(Action<ReadOnlyMemory<byte>> take, CancellationToken cancellation)
    {
        var result = await reader.ReadAsync(cancellation);
        var buffer = result.Buffer;
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            Take(buffer.Slice(0, end), take);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
        }
        if (skipping || buffer.Length > lineBytesMax)
        {
            skipping = true;
            reader.AdvanceTo(buffer.End);
        }
        else
        {
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
        return !result.IsCompleted;
    }

    private void Take(ReadOnlySequence<byte> line, Action<ReadOnlyMemory<byte>> take)
    {
        if (skipping || line.Length > lineBytesMax)
        {
            skipping = false;
            Skipped++;
            return;
        }
        if (line.IsEmpty) return;
        if (line.IsSingleSegment)
        {
            take(line.First);
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent((int)line.Length);
        try
        {
            line.CopyTo(rented);
            take(rented.AsMemory(0, (int)line.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public ValueTask DisposeAsync() => reader.CompleteAsync();
}
