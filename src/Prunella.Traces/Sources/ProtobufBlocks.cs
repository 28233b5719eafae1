namespace Prunella.Traces.Sources;

/// <summary>Cuts a stream of OTLP protobuf into ResourceSpans messages; holds one of them at a time.</summary>
internal sealed class ProtobufBlocks
{
    // The OTLP exporters send at most 4 MB by default; a recorded file may join many, each its own ResourceSpans.
    private const int BlockBytesMax = 256 << 20;

    private readonly Stream _stream;
    private readonly string _source;
    private byte[] _buffer;
    private int _start;
    private int _end;
    private int _length;
    private int _currentStart;
    private bool _final;
    private long _offset;

    public ProtobufBlocks(TraceInput input, string source)
    {
        _stream = input.Stream;
        _source = source;
        _buffer = input.Head;
        _length = input.HeadLength;
    }

    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_currentStart, _end - _currentStart);

    /// <summary>Bytes from the start of the input to the current message.</summary>
    public long Offset => _offset + _start;

    public bool Next()
    {
        while (true)
        {
            _start = _end;
            if (!Need(1))
                return false;
            var tag = Varint();
            switch (tag & 7)
            {
                case 0:
                    Varint();
                    break;
                case 1:
                    Take(8);
                    break;
                case 5:
                    Take(4);
                    break;
                case 2:
                    var length = Varint();
                    if (length > BlockBytesMax)
                        throw new InvalidDataException(FormattableString.Invariant($"A message of {length} bytes is over the limit of {BlockBytesMax}, or the data is not OTLP protobuf."));
                    Take((int)length);
                    if (tag >> 3 == 1)
                        return true;
                    break;
                default:
                    throw new InvalidDataException("The data is not OTLP protobuf.");
            }
        }
    }

    private void Take(int count)
    {
        if (!Need(count))
            throw new InvalidDataException($"The input {_source} ends inside a message.");
        _currentStart = _end;
        _end += count;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!Need(1))
                throw new InvalidDataException($"The input {_source} ends inside a number.");
            var part = _buffer[_end++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("A number is longer than 10 bytes; the data is not OTLP protobuf.");
    }

    // Makes sure that count bytes follow _end.
    private bool Need(int count)
    {
        while (_length - _end < count)
        {
            if (_final)
                return false;
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _length - _start).CopyTo(_buffer);
                _offset += _start;
                _length -= _start;
                _end -= _start;
                _start = 0;
            }

            if (_length == _buffer.Length || _buffer.Length - _end < count)
                Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _end + count));
            var read = _stream.Read(_buffer, _length, _buffer.Length - _length);
            _length += read;
            _final = read == 0;
        }

        return true;
    }
}
