using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>A span that could not be read: where its message is, and its trace.</summary>
internal sealed record OtlpFault(long Offset, string TraceId, string Message);

/// <summary>
/// OTLP protobuf spans waiting, as they came, for the others of their traces. They are read trace by trace when none is
/// expected any more, so that what is read together lies together in the caches.
/// </summary>
/// <remarks>
/// 300 000 spans/s are 3.3 us a span, of which the analysis takes 2: finding the trace id and copying 330 B take 0.1.
/// Spans read at once into one table of 262 144 waiting rows cost a cache miss for each of their texts.
/// </remarks>
internal sealed class OtlpWaiting(TraceReadOptions options)
{
    private const int ChunkBytes = 1 << 20; // as the blocks of the text pools, which take over what is let go of here

    private const int WholeBytesMax = 1 << 16;

    private readonly List<Chunk> _chunks = [];
    private List<Resource> _resources = [];
    private List<Resource> _oldResources = [];
    private readonly Dictionary<(ulong High, ulong Low), int> _traceOf = [];
    private List<Waiting> _traces = [];
    private List<Waiting> _oldTraces = [];
    private readonly List<int> _taken = [];
    private readonly Dictionary<int, int> _moved = [];
    private Piece[] _pieces = new Piece[1_024];
    private Piece[] _oldPieces = new Piece[1_024];
    private int _pieceCount;
    private int _spansMax = options.WaitingSpansMax;
    private long _bytesMax = options.WaitingBytesMax;
    private long _bytes;
    private long _seen;
    private int _waitingSpans;
    private SpanTable? _decodingTo;
    private int _decodingGeneration;

    /// <summary>Whether traces should be taken before more are added.</summary>
    public bool IsFull => _waitingSpans >= _spansMax || _bytes >= _bytesMax;

    /// <summary>The first span that could not be read.</summary>
    public OtlpFault? Fault { get; private set; }

    /// <summary>Keeps the spans of one ResourceSpans message.</summary>
    /// <param name="message">The message; copied.</param>
    /// <param name="offset">Where it is in the input, for errors.</param>
    /// <exception cref="InvalidDataException">The message is broken outside its spans; none of it is kept.</exception>
    public void Add(ReadOnlySpan<byte> message, long offset)
    {
        Check(message);
        // A small message is kept as it is. Of a large one each span has its own place, so that it can be let go of bit by bit.
        var (chunk, at) = message.Length <= WholeBytesMax ? Copy(message) : (-1, 0);
        var resource = _resources.Count;
        _resources.Add(KeepResource(message, chunk, at, offset));
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number is 2 or 1000)
                AddScope(message, fields.Bytes, chunk, at, resource);
        }
    }

    // Before its spans, which count as references to its chunk, wherever in the message it stands.
    private Resource KeepResource(ReadOnlySpan<byte> message, int chunk, int at, long offset)
    {
        var fields = new ProtobufFields(message);
        ReadOnlySpan<byte> bytes = default;
        while (fields.Next())
        {
            if (fields.Number == 1 && fields.IsBytes)
                bytes = fields.Bytes;
        }

        var (place, start) = chunk < 0 || bytes.IsEmpty ? Copy(bytes) : (chunk, at + Offset(message, bytes));
        return new Resource { Chunk = place, Start = start, Length = bytes.Length, Offset = offset };
    }

    /// <summary>The traces to read now, by first appearance: all, or those not touched for the longest.</summary>
    public IReadOnlyList<int> Take(bool all)
    {
        _taken.Clear();
        var recent = _seen - _waitingSpans / 2;
        for (var trace = 0; trace < _traces.Count; trace++)
        {
            if (all || _traces[trace].LastSeen < recent || _traces[trace].Count >= options.TraceSpansMax)
                _taken.Add(trace);
        }

        if (_taken.Count == 0)
        {
            // All of them still grow: let them, up to the limit of one trace.
            _spansMax = Math.Max(_spansMax, _waitingSpans) * 2;
            _bytesMax = Math.Max(_bytesMax, _bytes) * 2;
        }

        return _taken;
    }

    /// <summary>Reads a trace into a table; null when nothing of it can be read. What cannot be read is left out and noted as <see cref="Fault"/>.</summary>
    public Trace? Decode(int index, SpanTable table, string source)
    {
        if (_decodingTo != table || table.Count == 0)
        {
            _decodingTo = table;
            _decodingGeneration++;
        }

        var writer = new SpanWriter(table, options);
        var start = table.Count;
        for (var at = _traces[index].First; at >= 0; at = _pieces[at].Next)
        {
            var piece = _pieces[at];
            if (table.Count - start >= options.TraceSpansMax)
                break;
            var before = table.Count;
            try
            {
                OtlpProtobuf.ReadSpan(_chunks[piece.Chunk].Bytes.AsSpan(piece.Start, piece.Length), writer, Process(piece.Resource, table, writer));
            }
            catch (InvalidDataException broken)
            {
                if (table.Count > before)
                    writer.Undo();
                if (Fault is null || _resources[piece.Resource].Offset < Fault.Offset)
                    Fault = new OtlpFault(_resources[piece.Resource].Offset, IdText(_traces[index]), broken.Message);
            }

            // One trace may be all of the input: its bytes make room for its spans.
            Release(piece.Chunk);
            Release(_resources[piece.Resource].Chunk);
        }

        if (table.Count == start)
            return null;
        var trace = new Trace(table, start, table.Count - start, table.Values.Text(table[start].TraceId), source);
        if (_traces[index].Count > options.TraceSpansMax)
            trace.Warn(FormattableString.Invariant($"{_traces[index].Count - options.TraceSpansMax} spans over the limit of {options.TraceSpansMax} were left out (TraceSpansMax)."));
        return trace;
    }

    /// <summary>Lets go of the traces taken last. What goes on waiting stays where most of a chunk does, and moves together elsewhere.</summary>
    public void Forget()
    {
        if (_taken.Count == 0)
            return;
        var old = _chunks.ToArray();
        // Two of each, used in turn: large arrays are only ever collected late.
        (_pieces, _oldPieces) = (_oldPieces, _pieces);
        (_resources, _oldResources) = (_oldResources, _resources);
        (_traces, _oldTraces) = (_oldTraces, _traces);
        var oldPieces = _oldPieces;
        var oldResources = CollectionsMarshal.AsSpan(_oldResources);
        var oldTraces = CollectionsMarshal.AsSpan(_oldTraces);
        foreach (var trace in _taken)
            oldTraces[trace].Count = 0;
        var live = LiveBytes(oldTraces, oldPieces, old.Length);
        _chunks.Clear();
        _resources.Clear();
        _traces.Clear();
        _traceOf.Clear();
        (_pieceCount, _waitingSpans, _bytes) = (0, 0, 0);
        _decodingGeneration++;
        var place = new int[old.Length];
        for (var chunk = 0; chunk < old.Length; chunk++)
        {
            place[chunk] = -1;
            if (live[chunk] * 2 < old[chunk].Used || live[chunk] == 0)
                continue;
            place[chunk] = _chunks.Count;
            old[chunk].Live = 0;
            _chunks.Add(old[chunk]);
            _bytes += old[chunk].Used;
        }

        _moved.Clear();
        foreach (var trace in oldTraces)
        {
            if (trace.Count == 0)
                continue;
            for (var at = trace.First; at >= 0; at = oldPieces[at].Next)
                Move(old, place, oldPieces[at], oldResources, trace);
        }

        for (var chunk = 0; chunk < old.Length; chunk++)
        {
            if (place[chunk] < 0 && old[chunk].Bytes.Length > 0)
                ArrayPool<byte>.Shared.Return(old[chunk].Bytes);
        }
    }

    private static long[] LiveBytes(ReadOnlySpan<Waiting> traces, Piece[] pieces, int chunks)
    {
        var live = new long[chunks];
        foreach (var trace in traces)
        {
            for (var at = trace.Count == 0 ? -1 : trace.First; at >= 0; at = pieces[at].Next)
                live[pieces[at].Chunk] += pieces[at].Length;
        }

        return live;
    }

    private void Release(int index)
    {
        var chunk = _chunks[index];
        if (--chunk.Live > 0)
            return;
        // The last one is still being filled.
        if (index == _chunks.Count - 1)
            return;
        ArrayPool<byte>.Shared.Return(chunk.Bytes);
        chunk.Bytes = [];
        chunk.Used = 0;
    }

    private void Move(Chunk[] old, int[] place, Piece piece, ReadOnlySpan<Resource> resources, Waiting trace)
    {
        if (!_moved.TryGetValue(piece.Resource, out var resource))
        {
            var from = resources[piece.Resource];
            resource = _resources.Count;
            _moved.Add(piece.Resource, resource);
            var (chunk, start) = place[from.Chunk] >= 0 ? (place[from.Chunk], from.Start) : Copy(old[from.Chunk].Bytes.AsSpan(from.Start, from.Length));
            _resources.Add(new Resource { Chunk = chunk, Start = start, Length = from.Length, Offset = from.Offset });
        }

        var (to, at) = place[piece.Chunk] >= 0 ? (place[piece.Chunk], piece.Start) : Copy(old[piece.Chunk].Bytes.AsSpan(piece.Start, piece.Length));
        Append((trace.High, trace.Low), new Piece { Chunk = to, Start = at, Length = piece.Length, Resource = resource }, trace.LastSeen);
    }

    private (int Chunk, int Start) Copy(ReadOnlySpan<byte> bytes)
    {
        var chunk = Room(bytes.Length);
        var start = _chunks[chunk].Used;
        bytes.CopyTo(_chunks[chunk].Bytes.AsSpan(start));
        _chunks[chunk].Used += bytes.Length;
        return (chunk, start);
    }

    private int Room(int bytes)
    {
        _bytes += bytes;
        if (_chunks.Count == 0 || _chunks[^1].Bytes.Length - _chunks[^1].Used < bytes)
            _chunks.Add(new Chunk { Bytes = ArrayPool<byte>.Shared.Rent(Math.Max(ChunkBytes, bytes)) });
        return _chunks.Count - 1;
    }

    // Before anything is kept: a message is read as far as its spans, or not at all.
    private static void Check(ReadOnlySpan<byte> message)
    {
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number is not (2 or 1000))
                continue;
            var scope = new ProtobufFields(fields.Bytes);
            while (scope.Next())
            {
            }
        }
    }

    private void AddScope(ReadOnlySpan<byte> message, ReadOnlySpan<byte> scope, int chunk, int at, int resource)
    {
        var fields = new ProtobufFields(scope);
        while (fields.Next())
        {
            if (fields.Number != 2 || !fields.IsBytes || !TraceId(fields.Bytes, out var id))
                continue;
            _seen++;
            var (place, start) = chunk < 0 ? Copy(fields.Bytes) : (chunk, at + Offset(message, fields.Bytes));
            Append(id, new Piece { Chunk = place, Start = start, Length = fields.Bytes.Length, Resource = resource }, _seen);
        }
    }

    private void Append((ulong High, ulong Low) id, Piece piece, long seen)
    {
        if (_pieceCount == _pieces.Length)
            Array.Resize(ref _pieces, _pieceCount * 2);
        piece.Next = -1;
        _pieces[_pieceCount] = piece;
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_traceOf, id, out var known);
        if (!known)
        {
            index = _traces.Count;
            _traces.Add(new Waiting { High = id.High, Low = id.Low, First = _pieceCount, Last = _pieceCount });
        }

        _chunks[piece.Chunk].Live++;
        _chunks[_resources[piece.Resource].Chunk].Live++;
        ref var trace = ref CollectionsMarshal.AsSpan(_traces)[index];
        if (known)
            _pieces[trace.Last].Next = _pieceCount;
        trace.Last = _pieceCount++;
        trace.LastSeen = seen;
        trace.Count++;
        _waitingSpans++;
    }

    // Every exporter writes it first; the others cost a look at the fields.
    private static bool TraceId(ReadOnlySpan<byte> span, out (ulong High, ulong Low) id)
    {
        if (span.Length >= 18 && span[0] == 0x0A && span[1] == 16)
            return Id(span.Slice(2, 16), out id);
        id = default;
        try
        {
            var found = false;
            var fields = new ProtobufFields(span);
            while (fields.Next())
            {
                if (fields.Number == 1)
                    found = Id(fields.Bytes, out id);
            }

            return found;
        }
        catch (InvalidDataException)
        {
            // It is read again with its trace, to be reported; without one it stands alone.
            id = default;
            return true;
        }
    }

    // As the reader spells ids: 16 bytes with an empty upper half are the same trace as 8.
    private static bool Id(ReadOnlySpan<byte> raw, out (ulong High, ulong Low) id)
    {
        Span<byte> padded = stackalloc byte[16];
        id = default;
        if (raw.IsEmpty || raw.Length > 16)
            return false;
        padded.Clear();
        raw.CopyTo(padded[(16 - raw.Length)..]);
        id = (BinaryPrimitives.ReadUInt64BigEndian(padded), BinaryPrimitives.ReadUInt64BigEndian(padded[8..]));
        return id != default;
    }

    private int Process(int index, SpanTable table, SpanWriter writer)
    {
        ref var resource = ref CollectionsMarshal.AsSpan(_resources)[index];
        if (resource.Generation == _decodingGeneration)
            return resource.Process;
        var process = OtlpProtobuf.ReadResource(_chunks[resource.Chunk].Bytes.AsSpan(resource.Start, resource.Length), writer);
        (resource.Generation, resource.Process) = (_decodingGeneration, table.Processes.Count);
        table.Processes.Add(process);
        return resource.Process;
    }

    private static string IdText(in Waiting trace) =>
        trace.High == 0 ? trace.Low.ToString("x16", System.Globalization.CultureInfo.InvariantCulture) : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{trace.High:x16}{trace.Low:x16}");

    private static int Offset(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part) =>
        part.IsEmpty ? 0 : (int)System.Runtime.CompilerServices.Unsafe.ByteOffset(ref MemoryMarshal.GetReference(whole), ref MemoryMarshal.GetReference(part));

    private sealed class Chunk
    {
        public required byte[] Bytes { get; set; }

        public int Used { get; set; }

        /// <summary>What still refers to it: a span counts for itself and for its resource.</summary>
        public int Live { get; set; }
    }

    private struct Resource
    {
        public int Chunk;
        public int Start;
        public int Length;
        public long Offset;
        public int Generation;
        public int Process;
    }

    private struct Waiting
    {
        public ulong High;
        public ulong Low;
        public int First;
        public int Last;
        public int Count;
        public long LastSeen;
    }

    private struct Piece
    {
        public int Chunk;
        public int Start;
        public int Length;
        public int Resource;
        public int Next;
    }
}
