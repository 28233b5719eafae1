using System.Buffers.Text;
using System.Text.Json;

namespace Prunella.Traces.Sources;

/// <summary>
/// A pull reader over a stream or a block of JSON: one token at a time, refilled as needed, memory bounded by the
/// longest token. Several values may follow each other (NDJSON); a trailing comma is forgiven.
/// </summary>
internal ref struct JsonTokens
{
    private readonly Stream? _stream;
    private readonly int _tokenBytesMax;
    private Utf8JsonReader _reader;
    private byte[] _buffer;
    private int _length;
    private long _bufferOffset;
    private bool _final;
    private byte[] _scratch = [];

    public JsonTokens(TraceInput input, TraceReadOptions options)
    {
        _stream = input.Stream;
        _buffer = input.Head;
        _length = input.HeadLength;
        _bufferOffset = input.Offset;
        _tokenBytesMax = options.JsonTokenBytesMax;
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), false, new JsonReaderState(Options(options)));
    }

    public JsonTokens(ReadOnlySpan<byte> json, long offset, TraceReadOptions options)
    {
        _buffer = [];
        _bufferOffset = offset;
        _final = true;
        _tokenBytesMax = options.JsonTokenBytesMax;
        _reader = new Utf8JsonReader(json, true, new JsonReaderState(Options(options)));
    }

    public readonly JsonTokenType Type => _reader.TokenType;

    public readonly int Depth => _reader.CurrentDepth;

    /// <summary>Bytes from the start of the input to the current token.</summary>
    public readonly long Offset => _bufferOffset + _reader.TokenStartIndex;

    /// <summary>Bytes from the start of the input to the end of the current token.</summary>
    public readonly long End => _bufferOffset + _reader.BytesConsumed;

    /// <summary>The next token; false at the end of the input.</summary>
    public bool Read()
    {
        while (!_reader.Read())
        {
            if (_final)
                return false;
            Refill();
        }

        return true;
    }

    /// <summary>The next token inside a value: the end of the input is an error here.</summary>
    public void Next()
    {
        if (!Read())
            throw new JsonException("The input ends inside a value.");
    }

    /// <summary>The bytes of a text, number or name, unescaped; valid until the next read.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        if (!_reader.ValueIsEscaped)
            return _reader.ValueSpan;
        var needed = _reader.ValueSpan.Length;
        if (_scratch.Length < needed)
            _scratch = new byte[Math.Max(256, needed)];
        return _scratch.AsSpan(0, Copy());
    }

    /// <summary>Reads past the value that starts at the current token (or follows the current name).</summary>
    public void Skip()
    {
        if (_reader.TokenType == JsonTokenType.PropertyName)
            Next();
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        var depth = _reader.CurrentDepth;
        do
            Next();
        while (_reader.CurrentDepth > depth);
    }

    /// <summary>A whole number, also from text or a number with a fraction. False when it is none or out of range.</summary>
    public bool TryLong(out long value)
    {
        value = 0;
        if (_reader.TokenType == JsonTokenType.Number)
        {
            if (_reader.TryGetInt64(out value))
                return true;
            return _reader.TryGetDouble(out var number) && TryLong(number, out value);
        }

        if (_reader.TokenType != JsonTokenType.String)
            return false;
        var text = Bytes();
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && used > 0)
            return true;
        return Utf8Parser.TryParse(text, out double fraction, out used) && used == text.Length && TryLong(fraction, out value);
    }

    private static bool TryLong(double number, out long value)
    {
        value = 0;
        if (!double.IsFinite(number) || Math.Abs(number) >= 9.2e18)
            return false;
        value = (long)number;
        return true;
    }

    private static JsonReaderOptions Options(TraceReadOptions options) =>
        new() { AllowMultipleValues = true, AllowTrailingCommas = true, MaxDepth = options.JsonDepthMax };

    private int Copy()
    {
        try
        {
            return _reader.CopyString(_scratch);
        }
        catch (InvalidOperationException invalid)
        {
            throw new JsonException("A text holds an invalid escape or invalid UTF-8.", invalid);
        }
    }

    private void Refill()
    {
        var state = _reader.CurrentState;
        var used = (int)_reader.BytesConsumed;
        var left = _length - used;
        if (used > 0)
        {
            _buffer.AsSpan(used, left).CopyTo(_buffer);
        }
        else if (_length == _buffer.Length)
        {
            if (_buffer.Length >= _tokenBytesMax)
                throw new JsonException(FormattableString.Invariant($"A single value is longer than {_tokenBytesMax} bytes (JsonTokenBytesMax)."));
            var grown = new byte[(int)Math.Min((long)_buffer.Length * 2, Math.Max(_tokenBytesMax, _buffer.Length + 1))];
            _buffer.AsSpan(0, left).CopyTo(grown);
            _buffer = grown;
        }

        _bufferOffset += used;
        _length = left;
        var read = _stream!.Read(_buffer, left, _buffer.Length - left);
        _length += read;
        _final = read == 0;
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), _final, state);
    }
}
