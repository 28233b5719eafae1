using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Prunella.Traces.Sources;

/// <summary>
/// Cuts Jaeger's JSON into blocks of whole trace objects without reading them, so that several threads can. Only looks
/// for quotes, backslashes and brackets, 64 bytes at a time.
/// </summary>
/// <remarks>
/// A parser needs about 5 us for a span of 700 B; finding the ends must cost a tenth of that to be worth a second core:
/// 1.4 GB/s. What does not look like {"data":[…]} or […] from the first bytes on is not split but read by one thread.
/// </remarks>
internal sealed class JaegerSplitter
{
    /// <summary>Bytes handed on at a time; also what one trace may take before it is no longer held in one piece.</summary>
    public const int BufferBytes = 1 << 20;

    private const int BlockBytesMax = 16 << 20;

    private readonly Stream _stream;
    private byte[] _buffer;
    private int _length;
    private int _position;
    private long _offset;
    private bool _final;
    private bool _ended;
    private bool _tooLarge;
    private bool _inArray;
    private byte[] _block = [];
    private List<(int Start, int Length)> _elements = [];

    private JaegerSplitter(TraceInput input, int start, bool root)
    {
        _stream = input.Stream;
        _buffer = input.Head;
        _length = input.HeadLength;
        _position = start;
        _inArray = root;
    }

    /// <summary>Bytes from the start of the input to the block.</summary>
    public long Offset { get; private set; }

    /// <summary>A splitter for the input, or null when its start does not show an array of traces.</summary>
    public static JaegerSplitter? TryOpen(TraceInput input)
    {
        var reader = new Utf8JsonReader(input.Head.AsSpan(0, input.HeadLength), false, default);
        try
        {
            if (!reader.Read())
                return null;
            if (reader.TokenType == JsonTokenType.StartArray)
                return new JaegerSplitter(input, (int)reader.BytesConsumed, true);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var data = reader.ValueTextEquals("data"u8);
                if (!reader.Read())
                    return null;
                if (data && reader.TokenType == JsonTokenType.StartArray)
                    return new JaegerSplitter(input, (int)reader.BytesConsumed, false);
                if (data || reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    return null;
            }
        }
        catch (JsonException)
        {
            // The one thread that reads it will say what is wrong.
        }

        return null;
    }

    /// <summary>Finds the next block of whole traces; false at the array's end or when a trace is too large to hold.</summary>
    public bool Next()
    {
        if (_ended || _tooLarge)
            return false;
        _elements = [];
        var scan = new Scan();
        var start = _position;
        var at = _position;
        while (true)
        {
            // Only whole 64-byte groups are scanned; the last bytes of the input are padded with blanks.
            while (at + 64 <= _length || (_final && at < _length))
            {
                var stop = Group(ref scan, at, start);
                at += 64;
                if (!stop)
                    continue;
                _ended = true;
                return Cut(start);
            }

            if (_elements.Count > 0 && (at - start >= BufferBytes / 2 || _final))
                return Cut(start);
            if (_final)
            {
                // Cut off inside a trace: the reader says where.
                _tooLarge = true;
                return false;
            }

            if (_length - start >= BlockBytesMax)
            {
                _tooLarge = true;
                return _elements.Count > 0 && Cut(start);
            }

            Refill(ref start, ref at);
        }
    }

    /// <summary>The block's bytes, now the caller's, who returns them to the shared pool.</summary>
    public byte[] TakeBlock() => _block;

    /// <summary>Where in the block each trace lies, now the caller's.</summary>
    public List<(int Start, int Length)> TakeElements() => _elements;

    /// <summary>What is left to read by one thread, as valid input of its own, or null when nothing is.</summary>
    public TraceInput? Rest()
    {
        Offset = _offset + _position;
        if (_position >= _length && _final)
            return null;
        var left = _buffer.AsSpan(_position, _length - _position);
        // Behind the array's end only another document could hold traces.
        if (_ended && _final && left.IndexOfAny((byte)'{', (byte)'[') < 0)
            return null;
        // An array that goes on needs its bracket again; behind one that ended, its root object may go on.
        ReadOnlySpan<byte> prefix = _ended ? (_inArray ? "[]"u8 : "{\"data\":[]"u8) : _inArray ? "["u8 : "{\"data\":["u8;
        var head = new byte[prefix.Length + left.Length];
        prefix.CopyTo(head);
        left.CopyTo(head.AsSpan(prefix.Length));
        return TraceInput.Continue(_stream, head, TraceFormat.Jaeger, Offset - prefix.Length);
    }

    private struct Scan
    {
        public ulong InText;
        public ulong Escaped;
        public int Depth;
        public int ElementStart;
    }

    // Looks at 64 bytes; true when the array's own end was seen.
    private bool Group(ref Scan scan, int at, int start)
    {
        Span<byte> padded = stackalloc byte[64];
        scoped ReadOnlySpan<byte> bytes;
        if (at + 64 <= _length)
            bytes = _buffer.AsSpan(at, 64);
        else
        {
            padded.Fill((byte)' ');
            _buffer.AsSpan(at, _length - at).CopyTo(padded);
            bytes = padded;
        }

        var quotes = Match(bytes, (byte)'"', 0);
        var escapes = Match(bytes, (byte)'\\', 0);
        if ((escapes | scan.Escaped) != 0)
            quotes &= ~EscapedBits(escapes, ref scan.Escaped);
        // After a quote everything is text up to the next: the running parity of quotes.
        var text = quotes;
        text ^= text << 1;
        text ^= text << 2;
        text ^= text << 4;
        text ^= text << 8;
        text ^= text << 16;
        text ^= text << 32;
        text ^= scan.InText;
        scan.InText = (text >> 63) == 0 ? 0 : ulong.MaxValue;
        var opens = Match(bytes, (byte)'{', 0x20) & ~text;
        var closes = Match(bytes, (byte)'}', 0x20) & ~text;
        // Inside a trace depth seldom falls to the array's in one group.
        if (scan.Depth > 64 || (scan.Depth > 0 && BitOperations.PopCount(closes) < scan.Depth))
        {
            scan.Depth += BitOperations.PopCount(opens) - BitOperations.PopCount(closes);
            return false;
        }

        for (var brackets = opens | closes; brackets != 0; brackets &= brackets - 1)
        {
            var bit = BitOperations.TrailingZeroCount(brackets);
            if ((opens >> bit & 1) != 0)
            {
                if (scan.Depth++ == 0)
                    scan.ElementStart = at + bit - start;
            }
            else if (--scan.Depth == 0)
            {
                if (_buffer[start + scan.ElementStart] == '{')
                    _elements.Add((scan.ElementStart, at + bit + 1 - start - scan.ElementStart));
                _position = at + bit + 1;
            }
            else if (scan.Depth < 0)
            {
                _position = at + bit + 1;
                return true;
            }
        }

        return false;
    }

    // Bits of the bytes that a backslash before them escapes.
    private static ulong EscapedBits(ulong escapes, ref ulong carried)
    {
        ulong escaped = 0;
        var next = carried != 0;
        for (var bit = 0; bit < 64; bit++)
        {
            if (next)
            {
                escaped |= 1UL << bit;
                next = false;
            }
            else
            {
                next = (escapes >> bit & 1) != 0;
            }
        }

        carried = next ? 1UL : 0;
        return escaped;
    }

    private static ulong Match(ReadOnlySpan<byte> bytes, byte letter, byte fold)
    {
        // "[" | 0x20 is "{" and "]" | 0x20 is "}": one comparison finds both kinds of bracket.
        var wanted = Vector256.Create(letter);
        var folding = Vector256.Create(fold);
        var low = Vector256.Equals(Vector256.Create(bytes[..32]) | folding, wanted).ExtractMostSignificantBits();
        var high = Vector256.Equals(Vector256.Create(bytes[32..]) | folding, wanted).ExtractMostSignificantBits();
        return low | ((ulong)high << 32);
    }

    private bool Cut(int start)
    {
        Offset = _offset + start;
        var bytes = _buffer.AsSpan(start, Math.Max(0, _position - start));
        _block = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_block);
        return _elements.Count > 0;
    }

    private void Refill(ref int start, ref int at)
    {
        if (start > 0)
        {
            _buffer.AsSpan(start, _length - start).CopyTo(_buffer);
            _offset += start;
            _length -= start;
            _position -= start;
            at -= start;
            start = 0;
        }
        else if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _stream.Read(_buffer, _length, _buffer.Length - _length);
        _length += read;
        _final = read == 0;
    }
}
