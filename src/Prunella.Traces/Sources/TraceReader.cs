using System.Text.Json;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// Reads traces of any supported format from a stream, in batches, with memory bounded by the options.
/// Not thread-safe; its names pool lives as long as it does, so one reader may read many inputs.
/// </summary>
public sealed class TraceReader
{
    // A batch fits the second-level cache with its texts: 4 096 spans of 700 B hold about 1 MB of texts.
    private const int BatchSpans = 4_096;
    private const int BatchTextBytes = 4 << 20;
    private const int GiantSpans = 500_000;
    private const int HeadBytes = 1 << 16;

    private readonly TraceReadOptions _options;
    private readonly Stack<SpanTable> _free = [];
    private int _waitingMax;
    private long _waitingBytesMax;

    /// <param name="options">Bounds; null for the defaults.</param>
    public TraceReader(TraceReadOptions? options = null) => _options = options ?? new TraceReadOptions();

    internal TextPool Names { get; } = Keys.NewNames();

    internal TraceReadOptions Options => _options;

    /// <summary>Reads every trace of an input and hands them on in batches.</summary>
    /// <param name="stream">The input; gzip and UTF-16 are unpacked. Not closed.</param>
    /// <param name="source">Its name in errors and in <see cref="Trace.Source"/>.</param>
    /// <param name="receive">Called with each batch, on the calling thread.</param>
    /// <param name="cancel">Looked at between batches.</param>
    /// <exception cref="TraceFormatException">The input is broken; what came before the fault has been handed on.</exception>
    public void Read(Stream stream, string source, Action<TraceBatch> receive, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(receive);
        using var input = TraceInput.Open(stream, source, HeadBytes, _options.Format);
        Read(input, source, receive, cancel);
    }

    /// <summary>Reads every trace of an input into memory.</summary>
    /// <exception cref="TraceFormatException">The input is broken.</exception>
    public IReadOnlyList<Trace> ReadAll(Stream stream, string source)
    {
        var traces = new List<Trace>();
        Read(stream, source, batch =>
        {
            batch.Keep();
            traces.AddRange(batch.Traces);
        });
        return traces;
    }

    internal void Read(TraceInput input, string source, Action<TraceBatch> receive, CancellationToken cancel)
    {
        _waitingMax = _options.WaitingSpansMax;
        _waitingBytesMax = _options.WaitingBytesMax;
        switch (input.Format)
        {
            case TraceFormat.Jaeger:
                ReadJaeger(input, source, receive, cancel);
                break;
            case TraceFormat.Zipkin:
                ReadZipkin(input, source, receive, cancel);
                break;
            case TraceFormat.OtlpJson:
                ReadOtlpJson(input, source, receive, cancel);
                break;
            case TraceFormat.OtlpProtobuf:
                ReadOtlpProtobuf(input, source, receive, cancel);
                break;
            default:
                throw new InvalidOperationException($"No reader for {input.Format}.");
        }
    }

    /// <summary>Reads trace objects that a splitter has cut out of Jaeger's JSON.</summary>
    internal void ReadJaegerElements(byte[] block, List<(int Start, int Length)> elements, long offset, string source, Action<TraceBatch> receive)
    {
        var jaeger = new JaegerJson(_options, source);
        var batch = NewBatch();
        var loose = NewBatch();
        foreach (var (start, length) in elements)
        {
            var tokens = new JsonTokens(block.AsSpan(start, length), offset + start, _options);
            try
            {
                tokens.Next();
                tokens.Next();
                if (jaeger.ReadTrace(ref tokens, batch.Table, loose.Table) is { } trace)
                    batch.TraceList.Add(trace);
            }
            catch (JsonException broken)
            {
                // Its text is gone once the batch is handed on.
                var traceId = jaeger.TraceId;
                Hand(batch, receive);
                throw Fault(source, tokens.Offset, traceId, broken);
            }

            if (Full(batch.Table))
                batch = Hand(batch, receive);
        }

        Free(Hand(batch, receive));
        if (loose.Table.Count > 0)
            HandGrouped(loose, source, receive);
        else
            Free(loose);
    }

    // A batch not handed on gives its memory back itself.
    private void Free(TraceBatch batch) => _free.Push(batch.Table);

    private void ReadJaeger(TraceInput input, string source, Action<TraceBatch> receive, CancellationToken cancel)
    {
        var jaeger = new JaegerJson(_options, source);
        var tokens = new JsonTokens(input, _options);
        var batch = NewBatch();
        var loose = NewBatch();
        try
        {
            while (tokens.Read())
            {
                // {"data":[…]}, arrays of traces and lone traces: whatever object has "spans" or a span's fields is read.
                if (tokens.Type != JsonTokenType.StartObject)
                    continue;
                JaegerObject(ref tokens, jaeger, ref batch, loose, receive, cancel);
            }
        }
        catch (JsonException broken)
        {
            // Its text is gone once the batch is handed on.
            var traceId = jaeger.TraceId;
            Hand(batch, receive);
            HandGrouped(loose, source, receive);
            throw Fault(source, tokens.Offset, traceId, broken);
        }

        Hand(batch, receive);
        HandGrouped(loose, source, receive);
    }

    // At the start of an object of unknown role. Only the root may be a wrapper with "data".
    private void JaegerObject(ref JsonTokens tokens, JaegerJson jaeger, ref TraceBatch batch, TraceBatch loose, Action<TraceBatch> receive, CancellationToken cancel)
    {
        // The role shows at the first name: Jaeger's wrapper starts with "data" or its paging.
        tokens.Next();
        if (tokens.Type == JsonTokenType.EndObject)
            return;
        if (!IsWrapperName(tokens.Bytes()))
        {
            ReadOne(ref tokens, jaeger, batch, loose);
            if (Full(batch.Table))
                batch = Hand(batch, receive);
            cancel.ThrowIfCancellationRequested();
            return;
        }

        for (; tokens.Type != JsonTokenType.EndObject; tokens.Next())
        {
            if (!tokens.Bytes().SequenceEqual("data"u8))
            {
                tokens.Skip();
                continue;
            }

            tokens.Next();
            if (tokens.Type == JsonTokenType.StartObject)
            {
                tokens.Next();
                ReadOne(ref tokens, jaeger, batch, loose);
                continue;
            }

            if (tokens.Type != JsonTokenType.StartArray)
                continue;
            while (true)
            {
                tokens.Next();
                if (tokens.Type == JsonTokenType.EndArray)
                    break;
                if (tokens.Type == JsonTokenType.StartObject)
                {
                    tokens.Next();
                    ReadOne(ref tokens, jaeger, batch, loose);
                }
                else
                    tokens.Skip();

                if (Full(batch.Table))
                    batch = Hand(batch, receive);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    private static bool IsWrapperName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("data"u8) || name.SequenceEqual("total"u8) || name.SequenceEqual("limit"u8) ||
        name.SequenceEqual("offset"u8) || name.SequenceEqual("errors"u8);

    private static void ReadOne(ref JsonTokens tokens, JaegerJson jaeger, TraceBatch batch, TraceBatch loose)
    {
        if (jaeger.ReadTrace(ref tokens, batch.Table, loose.Table) is { } trace)
            batch.TraceList.Add(trace);
    }

    private void ReadZipkin(TraceInput input, string source, Action<TraceBatch> receive, CancellationToken cancel)
    {
        var zipkin = new ZipkinJson(_options);
        var tokens = new JsonTokens(input, _options);
        var batch = NewBatch();
        try
        {
            while (tokens.Read())
            {
                if (tokens.Type != JsonTokenType.StartObject)
                    continue;
                zipkin.ReadSpan(ref tokens, batch.Table);
                var before = batch;
                batch = Relieve(batch, source, receive, true);
                if (before != batch)
                    zipkin.Forget();
                cancel.ThrowIfCancellationRequested();
            }
        }
        catch (JsonException broken)
        {
            // Its text is gone once the batch is handed on.
            var traceId = zipkin.TraceId;
            HandGrouped(batch, source, receive, true);
            throw Fault(source, tokens.Offset, traceId, broken);
        }

        HandGrouped(batch, source, receive, true);
    }

    private void ReadOtlpJson(TraceInput input, string source, Action<TraceBatch> receive, CancellationToken cancel)
    {
        var otlp = new OtlpJson(_options);
        var tokens = new JsonTokens(input, _options);
        var batch = NewBatch();
        try
        {
            while (tokens.Read())
            {
                otlp.ReadRoot(ref tokens, batch.Table, cancel.ThrowIfCancellationRequested);
                batch = Relieve(batch, source, receive);
            }
        }
        catch (JsonException broken)
        {
            // Its text is gone once the batch is handed on.
            var traceId = otlp.TraceId;
            HandGrouped(batch, source, receive);
            throw Fault(source, tokens.Offset, traceId, broken);
        }

        HandGrouped(batch, source, receive);
    }

    private void ReadOtlpProtobuf(TraceInput input, string source, Action<TraceBatch> receive, CancellationToken cancel)
    {
        var waiting = new OtlpWaiting(_options);
        var blocks = new ProtobufBlocks(input, source);
        var batch = NewBatch();
        try
        {
            while (blocks.Next())
            {
                waiting.Add(blocks.Current, blocks.Offset);
                if (waiting.IsFull)
                    batch = HandComplete(waiting, all: false, batch, source, receive);
                cancel.ThrowIfCancellationRequested();
            }
        }
        catch (InvalidDataException broken)
        {
            Hand(HandComplete(waiting, all: true, batch, source, receive), receive);
            throw new TraceFormatException(source, blocks.Offset, null, broken.Message, broken);
        }

        Hand(HandComplete(waiting, all: true, batch, source, receive), receive);
        if (waiting.Fault is { } fault)
            throw new TraceFormatException(source, fault.Offset, fault.TraceId, fault.Message);
    }

    private TraceBatch HandComplete(OtlpWaiting waiting, bool all, TraceBatch batch, string source, Action<TraceBatch> receive)
    {
        foreach (var trace in waiting.Take(all))
        {
            if (waiting.Decode(trace, batch.Table, source) is { } decoded)
                batch.TraceList.Add(decoded);
            if (Full(batch.Table))
                batch = Hand(batch, receive);
        }

        waiting.Forget();
        return batch;
    }

    // When too many spans wait for siblings, traces not touched for the longest are taken as complete.
    private TraceBatch Relieve(TraceBatch batch, string source, Action<TraceBatch> receive, bool zipkin = false)
    {
        if (batch.Table.Count < _waitingMax && batch.Table.Values.Bytes < _waitingBytesMax)
            return batch;
        var next = NewBatch();
        if (TraceGrouper.Split(batch.Table, batch.Table.Count / 2, next.Table) is null)
        {
            // All waiting spans belong to traces still growing: let them, up to the limit of one trace.
            _waitingMax = Math.Max(_waitingMax, batch.Table.Count) * 2;
            _waitingBytesMax = Math.Max(_waitingBytesMax, batch.Table.Values.Bytes) * 2;
            _free.Push(next.Table);
            if (batch.Table.Count <= _options.TraceSpansMax)
                return batch;
            HandGrouped(batch, source, receive, zipkin);
            return NewBatch();
        }

        HandGrouped(batch, source, receive, zipkin);
        return next;
    }

    private TraceBatch NewBatch()
    {
        if (!_free.TryPop(out var table))
            return new TraceBatch(new SpanTable(Names, new TextPool()));
        table.Clear();
        table.Values.Clear();
        return new TraceBatch(table);
    }

    private TraceBatch Hand(TraceBatch batch, Action<TraceBatch> receive)
    {
        // Reading a giant trace leaves as much garbage in large arrays as it keeps. It is collected before the analysis makes
        // its own, and given back: small objects are never put where large arrays were. 300 MB for a million spans.
        if (batch.Table.Count >= GiantSpans)
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (batch.TraceList.Count > 0)
            receive(batch);
        // A table grown by one giant trace is not worth keeping for the small ones after it.
        if (!batch.Kept && batch.Table.Count <= BatchSpans * 8)
            _free.Push(batch.Table);
        return NewBatch();
    }

    private void HandGrouped(TraceBatch batch, string source, Action<TraceBatch> receive, bool zipkin = false)
    {
        TraceGrouper.Group(batch, source);
        if (zipkin)
        {
            for (var index = 0; index < batch.TraceList.Count; index++)
                batch.TraceList[index] = ZipkinMerge.Merge(batch.TraceList[index]);
        }

        Hand(batch, receive);
    }

    private static bool Full(SpanTable table) => table.Count >= BatchSpans || table.Values.Bytes >= BatchTextBytes;

    private static TraceFormatException Fault(string source, long offset, string? traceId, JsonException broken) =>
        new(source, offset, traceId, Plain(broken.Message), broken);

    // System.Text.Json ends its messages with a place in its own buffer, which is not the place in the input.
    private static string Plain(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place];
    }
}
