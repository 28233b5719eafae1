using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// OTLP in protobuf, read by hand: TracesData/ExportTraceServiceRequest { 1: ResourceSpans* }. Unknown fields are skipped.
/// </summary>
/// <remarks>Field numbers: opentelemetry-proto trace/v1/trace.proto.</remarks>
internal sealed class OtlpProtobuf(TraceReadOptions options)
{
    /// <summary>Reads one ResourceSpans message.</summary>
    /// <exception cref="InvalidDataException">The bytes are not protobuf; the message says at which offset in the block.</exception>
    public void ReadResourceSpans(ReadOnlySpan<byte> message, SpanTable table)
    {
        var writer = new SpanWriter(table, options);
        var process = table.Processes.Count;
        writer.BeginProcess();
        table.Processes.Add(writer.EndProcess(0));
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number == 1)
            {
                table.Processes[process] = ReadResource(fields.Bytes, writer);
            }
            else if (fields.Number is 2 or 1000)
            {
                var scope = new ProtobufFields(fields.Bytes);
                while (scope.Next())
                {
                    if (scope.Number == 2)
                        ReadSpan(scope.Bytes, writer, process);
                }
            }
        }
    }

    /// <summary>Reads a Resource message: who emitted the spans.</summary>
    /// <exception cref="InvalidDataException">The bytes are not protobuf.</exception>
    public static SpanProcess ReadResource(ReadOnlySpan<byte> message, SpanWriter writer)
    {
        writer.BeginProcess();
        var resource = new ProtobufFields(message);
        while (resource.Next())
        {
            if (resource.Number == 1)
                ReadAttribute(resource.Bytes, writer, false);
        }

        return writer.EndProcess(0);
    }

    /// <summary>Reads one Span message; one without ids is left out.</summary>
    /// <exception cref="InvalidDataException">The bytes are not protobuf.</exception>
    public static void ReadSpan(ReadOnlySpan<byte> message, SpanWriter writer, int process)
    {
        writer.Begin();
        writer.Row.Process = process;
        ulong start = 0, end = 0;
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    writer.Row.TraceId = OtlpTime.Id(writer, fields.Bytes);
                    break;
                case 2:
                    writer.Row.SpanId = OtlpTime.Id(writer, fields.Bytes);
                    break;
                case 4:
                    writer.Row.ParentId = OtlpTime.Id(writer, fields.Bytes);
                    break;
                case 5:
                    writer.Row.Operation = writer.Name(fields.Bytes);
                    break;
                case 6:
                    writer.Row.Kind = fields.Value <= 5 ? (SpanKind)fields.Value : SpanKind.Unspecified;
                    break;
                case 7:
                    start = fields.Value;
                    break;
                case 8:
                    end = fields.Value;
                    break;
                case 9:
                    ReadAttribute(fields.Bytes, writer, false);
                    break;
                case 11:
                    ReadEvent(fields.Bytes, writer);
                    break;
                case 13:
                    ReadLink(fields.Bytes, writer);
                    break;
                case 15:
                    var status = new ProtobufFields(fields.Bytes);
                    while (status.Next())
                    {
                        if (status.Number == 3 && status.Value == 2)
                            writer.Failed();
                    }

                    break;
            }
        }

        OtlpTime.Set(ref writer.Row, start, end);
        if (writer.Row.SpanId == 0 || writer.Row.TraceId == 0)
            writer.Undo();
        else
            writer.End();
    }

    private static void ReadEvent(ReadOnlySpan<byte> message, SpanWriter writer)
    {
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number == 2)
                writer.LogField("event"u8, fields.Bytes, true);
            else if (fields.Number == 3)
                ReadAttribute(fields.Bytes, writer, true);
        }
    }

    private static void ReadLink(ReadOnlySpan<byte> message, SpanWriter writer)
    {
        var (trace, span) = (0, 0);
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number == 1)
                trace = OtlpTime.Id(writer, fields.Bytes);
            else if (fields.Number == 2)
                span = OtlpTime.Id(writer, fields.Bytes);
        }

        if (span != 0)
            writer.Table.Links.Add(new SpanLink(writer.RowIndex, trace, span));
    }

    // { 1: key, 2: { 1: text } } and nothing else, each shorter than 128 bytes: what nine of ten attributes are.
    private static bool IsShortText(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        key = default;
        text = default;
        if (message.Length < 7 || message[0] != 0x0A || message[1] is 0 or > 127)
            return false;
        var at = 2 + message[1];
        if (message.Length < at + 4 || message.Length - at > 129 || message[at] != 0x12 || message[at + 1] != message.Length - at - 2 ||
            message[at + 2] != 0x0A || message[at + 3] != message.Length - at - 4)
            return false;
        key = message[2..at];
        text = message[(at + 4)..];
        return true;
    }

    private static void ReadAttribute(ReadOnlySpan<byte> message, SpanWriter writer, bool log)
    {
        if (!log && IsShortText(message, out var name, out var plain))
        {
            writer.Attribute(name, plain, true);
            return;
        }

        ReadOnlySpan<byte> key = default, value = default;
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number == 1)
                key = fields.Bytes;
            else if (fields.Number == 2)
                value = fields.Bytes;
        }

        if (key.IsEmpty)
            return;
        Span<byte> text = stackalloc byte[32];
        var any = new ProtobufFields(value);
        while (any.Next())
        {
            scoped ReadOnlySpan<byte> form;
            switch (any.Number)
            {
                case 1:
                    form = any.Bytes;
                    break;
                case 2:
                    form = any.Value != 0 ? "true"u8 : "false"u8;
                    break;
                case 3:
                    Utf8Formatter.TryFormat((long)any.Value, text, out var digits);
                    form = text[..digits];
                    break;
                case 4:
                    BitConverter.UInt64BitsToDouble(any.Value).TryFormat(text, out var written, "R", System.Globalization.CultureInfo.InvariantCulture);
                    form = text[..written];
                    break;
                default:
                    continue;
            }

            if (log)
                writer.LogField(key, form, any.Number == 1);
            else
                writer.Attribute(key, form, any.Number == 1);
        }
    }
}

/// <summary>The fields of one protobuf message, in order.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    public int Number { get; private set; }

    /// <summary>The value of a varint, fixed32 or fixed64 field.</summary>
    public ulong Value { get; private set; }

    /// <summary>The bytes of a length-delimited field; empty for others.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the field is length-delimited.</summary>
    public bool IsBytes { get; private set; }

    public bool Next()
    {
        if (_at >= _message.Length)
            return false;
        var tag = Varint();
        Number = (int)(tag >> 3);
        Bytes = default;
        Value = 0;
        IsBytes = (tag & 7) == 2;
        switch (tag & 7)
        {
            case 0:
                Value = Varint();
                break;
            case 1:
                Value = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = Varint();
                if (length > (ulong)(_message.Length - _at))
                    throw Broken();
                Bytes = Take((int)length);
                break;
            case 5:
                Value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Broken();
        }

        if (Number == 0)
            throw Broken();
        return true;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at)
            throw Broken();
        var taken = _message.Slice(_at, count);
        _at += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Varint() => (uint)_at < (uint)_message.Length && _message[_at] < 0x80 ? _message[_at++] : LongVarint();

    private ulong LongVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && _at < _message.Length; shift += 7)
        {
            var part = _message[_at++];
            if (shift < 64)
                value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Broken();
    }

    private readonly InvalidDataException Broken() =>
        new(FormattableString.Invariant($"A protobuf field at byte {_at} of its message is broken or cut off."));
}
