using System.Buffers.Binary;

namespace Prunella.Traces.Sources;

/// <summary>Writes protobuf into one growing buffer. An open message keeps 4 bytes for its length, which is written as a long varint.</summary>
internal sealed class ProtobufWriter(int bytes = 1 << 12)
{
    private const int LengthBytes = 4; // 28 bits: more than the largest request

    private byte[] _buffer = new byte[Math.Max(bytes, 64)];
    private int _length;

    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    /// <summary>Starts a message; the result closes it.</summary>
    public int Open(int number)
    {
        Raw(((ulong)number << 3) | 2);
        Room(LengthBytes);
        _length += LengthBytes;
        return _length;
    }

    /// <summary>Ends the message that began there.</summary>
    public void Close(int start)
    {
        var length = _length - start;
        if (length >= 1 << (LengthBytes * 7))
            throw new InvalidDataException("A message grew over 256 MB.");
        for (var index = 0; index < LengthBytes; index++)
            _buffer[start - LengthBytes + index] = (byte)(((length >> (index * 7)) & 0x7F) | (index == LengthBytes - 1 ? 0 : 0x80));
    }

    public void Bytes(int number, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)number << 3) | 2);
        Raw((ulong)value.Length);
        Room(value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
    }

    public void Varint(int number, ulong value)
    {
        Raw((ulong)number << 3);
        Raw(value);
    }

    public void Fixed64(int number, ulong value)
    {
        Raw(((ulong)number << 3) | 1);
        Room(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    private void Raw(ulong value)
    {
        Room(10);
        for (; value >= 0x80; value >>= 7)
            _buffer[_length++] = (byte)(value | 0x80);
        _buffer[_length++] = (byte)value;
    }

    private void Room(int count)
    {
        if (_buffer.Length - _length < count)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
    }
}
