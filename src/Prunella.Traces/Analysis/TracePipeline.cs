using System.Buffers;
using System.Threading.Channels;
using Prunella.Traces.Sources;

namespace Prunella.Traces.Analysis;

/// <summary>An input of a pipeline.</summary>
/// <param name="Name">For errors and <see cref="Model.Trace.Source"/>.</param>
/// <param name="Open">Opens it; the stream is closed by the pipeline.</param>
public sealed record TraceOrigin(string Name, Func<Stream> Open);

/// <summary>Reads and analyses inputs on several threads. What comes out does not depend on how many.</summary>
public sealed class TracePipeline
{
    private readonly TraceReadOptions _read;
    private readonly int _threads;

    /// <param name="read">Bounds on reading; null for the defaults.</param>
    /// <param name="threads">Threads to use; 0 for one per core.</param>
    public TracePipeline(TraceReadOptions? read = null, int threads = 0)
    {
        _read = read ?? new TraceReadOptions();
        _threads = threads > 0 ? threads : Environment.ProcessorCount;
    }

    /// <summary>Called from any thread with the bytes read since the last call.</summary>
    public Action<long>? Progress { get; set; }

    /// <summary>Analyses every trace of the inputs into one report.</summary>
    /// <param name="sources">The inputs.</param>
    /// <param name="options">What to analyse.</param>
    /// <param name="failures">Receives what could not be read, in input order; the rest is analysed.</param>
    /// <param name="cancel">Stops between batches.</param>
    public TraceReport Analyze(IReadOnlyList<TraceOrigin> sources, AnalysisOptions options, ICollection<TraceFormatException> failures, CancellationToken cancel = default)
    {
        // Into the largest: what it holds, a call path for nearly each span of a giant trace, is not copied.
        var parts = Collect(sources, () => new TraceAnalyzer(options), (analyzer, trace) => analyzer.Add(trace), failures, cancel)
            .Select(analyzer => analyzer.Finish()).OrderByDescending(part => part.CallPaths.Count).ToList();
        var report = parts.Count > 0 ? parts[0] : new TraceReport();
        foreach (var part in parts.Skip(1))
            report.Add(part);
        return report;
    }

    /// <summary>Gives every trace to one of several collectors, each used by one thread, and returns the collectors.</summary>
    /// <typeparam name="T">The collector; what it holds must merge in any order.</typeparam>
    public IReadOnlyList<T> Collect<T>(IReadOnlyList<TraceOrigin> sources, Func<T> create, Action<T, Model.Trace> add, ICollection<TraceFormatException> failures, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(add);
        var collectors = new List<T>();
        Run(sources, failures, () =>
        {
            var collector = create();
            lock (collectors)
                collectors.Add(collector);
            return (batch, _) =>
            {
                foreach (var trace in batch.Traces)
                    add(collector, trace);
            };
        }, cancel);
        return collectors;
    }

    /// <summary>Computes something of every batch and returns the results in input order.</summary>
    /// <typeparam name="T">The result.</typeparam>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<TraceOrigin> sources, Func<Func<TraceBatch, IEnumerable<T>>> perWorker, ICollection<TraceFormatException> failures, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(perWorker);
        var results = new SortedDictionary<(int Source, long Offset, int Part), List<T>>();
        Run(sources, failures, () =>
        {
            var compute = perWorker();
            return (batch, place) =>
            {
                var computed = compute(batch).ToList();
                lock (results)
                    results[place] = computed;
            };
        }, cancel);
        return [.. results.Values.SelectMany(list => list)];
    }

    private void Run(IReadOnlyList<TraceOrigin> sources, ICollection<TraceFormatException> failures, Func<Action<TraceBatch, (int, long, int)>> newWorker, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var faults = new SortedDictionary<(int Source, long Offset), TraceFormatException>();
        if (_threads == 1)
        {
            var worker = new Worker(_read, newWorker());
            for (var index = 0; index < sources.Count; index++)
                worker.ReadWhole(index, sources[index], Progress, faults, cancel);
        }
        else
        {
            RunMany(sources, newWorker, faults, cancel);
        }

        foreach (var fault in faults.Values)
            failures.Add(fault);
    }

    private void RunMany(IReadOnlyList<TraceOrigin> sources, Func<Action<TraceBatch, (int, long, int)>> newWorker, SortedDictionary<(int Source, long Offset), TraceFormatException> faults, CancellationToken cancel)
    {
        // Small queue: what waits in it is memory. Each piece is a megabyte or a whole input.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pieces = Channel.CreateBounded<Piece>(new BoundedChannelOptions(_threads) { SingleWriter = true });
        var workers = new Task[_threads];
        for (var index = 0; index < _threads; index++)
        {
            workers[index] = Task.Run(async () =>
            {
                try
                {
                    var worker = new Worker(_read, newWorker());
                    await foreach (var piece in pieces.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                        worker.Read(piece, sources, Progress, faults, stop.Token);
                }
                catch
                {
                    // The writer must not wait for a queue nobody reads any more.
                    await stop.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            }, CancellationToken.None);
        }

        try
        {
            for (var index = 0; index < sources.Count; index++)
                Split(index, sources[index], piece => Write(pieces.Writer, piece, stop.Token), faults, stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // A worker failed; its exception comes out of WaitAll.
        }
        finally
        {
            pieces.Writer.TryComplete();
        }

        try
        {
            Task.WaitAll(workers, CancellationToken.None);
        }
        catch (AggregateException all) when (all.Flatten().InnerExceptions is [OperationCanceledException, ..] && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
    }

    private static void Write(ChannelWriter<Piece> writer, Piece piece, CancellationToken stop)
    {
        if (!writer.TryWrite(piece))
            writer.WriteAsync(piece, stop).AsTask().GetAwaiter().GetResult();
    }

    private void Split(int index, TraceOrigin source, Action<Piece> write, SortedDictionary<(int Source, long Offset), TraceFormatException> faults, CancellationToken cancel)
    {
        var handedOn = false;
        Stream? stream = null;
        TraceInput? input = null;
        try
        {
            stream = new CountingStream(source.Open(), Progress);
            input = TraceInput.Open(stream, source.Name, JaegerSplitter.BufferBytes, _read.Format);
            if (input.Format == TraceFormat.Jaeger && JaegerSplitter.TryOpen(input) is { } splitter)
            {
                while (splitter.Next())
                {
                    cancel.ThrowIfCancellationRequested();
                    write(new Piece(index, splitter.Offset, splitter.TakeBlock(), splitter.TakeElements(), null, null));
                }

                if (splitter.Rest() is not { } rest)
                    return;
                handedOn = true;
                write(new Piece(index, splitter.Offset, null, null, rest, stream));
                return;
            }

            handedOn = true;
            write(new Piece(index, 0, null, null, input, stream));
        }
        catch (TraceFormatException fault)
        {
            Worker.Note(faults, index, fault);
        }
        catch (IOException fault)
        {
            Worker.Note(faults, index, new TraceFormatException(source.Name, -1, null, fault.Message, fault));
        }
        catch (InvalidDataException fault)
        {
            Worker.Note(faults, index, new TraceFormatException(source.Name, -1, null, fault.Message, fault));
        }
        catch (UnauthorizedAccessException fault)
        {
            Worker.Note(faults, index, new TraceFormatException(source.Name, -1, null, fault.Message, fault));
        }
        finally
        {
            if (!handedOn)
            {
                input?.Dispose();
                stream?.Dispose();
            }
        }
    }

    private sealed record Piece(int Source, long Offset, byte[]? Block, List<(int Start, int Length)>? Elements, TraceInput? Input, Stream? Stream);

    private sealed class Worker(TraceReadOptions options, Action<TraceBatch, (int, long, int)> receive)
    {
        private readonly TraceReader _reader = new(options);

        public static void Note(SortedDictionary<(int Source, long Offset), TraceFormatException> faults, int source, TraceFormatException fault)
        {
            lock (faults)
                faults[(source, fault.Offset)] = fault;
        }

        public void ReadWhole(int index, TraceOrigin source, Action<long>? progress, SortedDictionary<(int Source, long Offset), TraceFormatException> faults, CancellationToken cancel)
        {
            try
            {
                using var stream = new CountingStream(source.Open(), progress);
                using var input = TraceInput.Open(stream, source.Name, 1 << 16, options.Format);
                Read(index, 0, source, input, cancel);
            }
            catch (TraceFormatException fault)
            {
                Note(faults, index, fault);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                Note(faults, index, new TraceFormatException(source.Name, -1, null, fault.Message, fault));
            }
        }

        public void Read(Piece piece, IReadOnlyList<TraceOrigin> sources, Action<long>? progress, SortedDictionary<(int Source, long Offset), TraceFormatException> faults, CancellationToken cancel)
        {
            var source = sources[piece.Source];
            try
            {
                if (piece.Block is { } block)
                {
                    var part = 0;
                    try
                    {
                        _reader.ReadJaegerElements(block, piece.Elements!, piece.Offset, source.Name, batch => receive(batch, (piece.Source, piece.Offset, part++)));
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(block);
                    }

                    return;
                }

                using (piece.Stream)
                using (piece.Input)
                    Read(piece.Source, piece.Offset, source, piece.Input!, cancel);
            }
            catch (TraceFormatException fault)
            {
                Note(faults, piece.Source, fault);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException)
            {
                Note(faults, piece.Source, new TraceFormatException(source.Name, -1, null, fault.Message, fault));
            }
        }

        private void Read(int index, long offset, TraceOrigin source, TraceInput input, CancellationToken cancel)
        {
            var part = 0;
            _reader.Read(input, source.Name, batch => receive(batch, (index, offset, part++)), cancel);
        }
    }

    private sealed class CountingStream(Stream inner, Action<long>? progress) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            progress?.Invoke(count);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
