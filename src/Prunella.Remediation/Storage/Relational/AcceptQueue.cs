using System.Threading.Channels;

namespace Prunella.Remediation.Storage.Relational;

// One durable commit costs a disk flush, 0.5 to 5 ms, whether it carries 5 signals or 1 000. So whatever was queued while the
// last commit ran is committed together: under load the flushes per signal fall, and no call ever waits for a timer.

/// <summary>Commits concurrent accepts together.</summary>
internal sealed class AcceptQueue : IAsyncDisposable
{
    private readonly StoreDialect dialect;
    private readonly int signalsMax;
    private readonly int batchSignalsMax;
    private readonly Channel<AcceptRequest> requests = Channel.CreateUnbounded<AcceptRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;
    private long commits;
    private int waiting;

    /// <param name="dialect">Writes.</param>
    /// <param name="signalsMax">Signals that may wait.</param>
    /// <param name="batchSignalsMax">Signals in one transaction; one call with more than that is still one transaction.</param>
    public AcceptQueue(StoreDialect dialect, int signalsMax, int batchSignalsMax)
    {
        this.dialect = dialect;
        this.signalsMax = signalsMax;
        this.batchSignalsMax = batchSignalsMax;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Transactions written so far.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Queues a request and waits until it is durable.</summary>
    /// <exception cref="StoreUnavailableException">The queue is full, the store is stopping, or it cannot be written.</exception>
    public async Task<int> AcceptAsync(AcceptRequest request, CancellationToken cancellation)
    {
        var count = request.Ids.Length;
        // A call larger than the bound passes when nothing else waits; otherwise it could never pass.
        if (Interlocked.Add(ref waiting, count) > Math.Max(signalsMax, count) || !requests.Writer.TryWrite(request))
        {
            Interlocked.Add(ref waiting, -count);
            throw new StoreUnavailableException(stopping.IsCancellationRequested
                ? $"The store {dialect.Place} is stopping."
                : $"{signalsMax} signals already wait to be written to {dialect.Place}; send them again later.");
        }
        return await request.Completion.WaitAsync(cancellation);
    }

    private async Task RunAsync()
    {
        var batch = new List<AcceptRequest>();
        while (await requests.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var signals = 0;
            while (signals < batchSignalsMax && requests.Reader.TryPeek(out var next)
                && (batch.Count == 0 || signals + next.Ids.Length <= batchSignalsMax) && requests.Reader.TryRead(out next))
            {
                batch.Add(next);
                signals += next.Ids.Length;
            }
            await WriteAsync(batch);
            Interlocked.Add(ref waiting, -signals);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<AcceptRequest> batch)
    {
        try
        {
            using var turn = await dialect.EnterWriteAsync(stopping.Token);
            var added = await dialect.InsertSignalsAsync(batch, CancellationToken.None);
            Interlocked.Increment(ref commits);
            for (var index = 0; index < batch.Count; index++) batch[index].Succeed(added[index]);
        }
        catch (Exception exception) when (dialect.IsUnavailable(exception))
        {
            foreach (var request in batch) request.Fail(dialect.Unavailable(exception));
        }
        catch (OperationCanceledException)
        {
            foreach (var request in batch) request.Fail(new StoreUnavailableException($"The store {dialect.Place} is stopping."));
        }
#pragma warning disable CA1031 // The top of the loop: whatever it is, it belongs to the callers, and the loop goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (batch.Count == 1)
            {
                batch[0].Fail(exception);
                return;
            }
            // One call holds what the database refuses; alone, each gets its own answer.
            foreach (var request in batch) await WriteAsync([request]);
        }
    }

    /// <summary>Writes what is queued, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        requests.Writer.TryComplete();
        await loop;
        await stopping.CancelAsync();
        stopping.Dispose();
    }
}
