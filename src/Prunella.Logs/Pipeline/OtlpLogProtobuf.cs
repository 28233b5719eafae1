using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Prunella.Logs.Pipeline;

/// <summary>OTLP's protobuf, read by hand: five messages are no reason for a code generator. Unknown fields are passed over.</summary>
internal static class OtlpLogProtobuf
{
    internal static int Read(ReadOnlySpan<byte> body, LineBatches batches)
    {
        var count = 0;
        while (Next(ref body, out var field, out _, out var resourceLogs))
        {
            if (field == 1)
            {
                count += ReadResource(resourceLogs, batches);
            }
        }

        return count;
    }

    // ResourceLogs { 1: Resource { 1: KeyValue* }, 2: ScopeLogs* { 2: LogRecord* } }. The resource may stand after the logs.
    private static int ReadResource(ReadOnlySpan<byte> resourceLogs, LineBatches batches)
    {
        var resource = new ReadOnlySpan<byte>();
        for (var rest = resourceLogs; Next(ref rest, out var field, out _, out var value);)
        {
            resource = field == 1 ? value : resource;
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var rest = resource; Next(ref rest, out var field, out _, out var pair);)
        {
            if (field == 1)
            {
                Pair(pair, out var key, out var any);
                if (Next(ref any, out var kind, out _, out var text) && kind == 1)
                {
                    named[key] = Encoding.UTF8.GetString(text);
                }
            }
        }

        var count = 0;
        var lines = batches.Of(OtlpLogs.SourceOf(named));
        using var writer = new Utf8JsonWriter(lines, OtlpLogs.Writing);
        for (var rest = resourceLogs; Next(ref rest, out var field, out _, out var scope);)
        {
            while (field == 2 && Next(ref scope, out var inner, out _, out var record))
            {
                if (inner != 2)
                {
                    continue;
                }

                Write(writer, record, resource, named);
                writer.Flush();
                writer.Reset();
                lines.GetSpan(1)[0] = (byte)'\n';
                lines.Advance(1);
                count++;
            }
        }

        return count;
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> record, ReadOnlySpan<byte> resource, Dictionary<string, string> named)
    {
        ulong time = 0, observed = 0, severity = 0;
        var severityText = "";
        ReadOnlySpan<byte> body = [], trace = [], span = [];
        var hasAttributes = false;
        for (var rest = record; Next(ref rest, out var field, out var number, out var value);)
        {
            switch (field)
            {
                case 1: time = number; break;
                case 2: severity = number; break;
                case 3: severityText = Encoding.UTF8.GetString(value); break;
                case 5: body = value; break;
                case 6: hasAttributes = true; break;
                case 9: trace = value; break;
                case 10: span = value; break;
                case 11: observed = number; break;
            }
        }

        OtlpLogs.Begin(writer, time > 0 ? time : observed, (int)Math.Min(severity, 99), severityText, named);
        writer.WritePropertyName("message"u8);
        if (body.IsEmpty)
        {
            writer.WriteStringValue("");
        }
        else
        {
            Value(writer, body, 0);
        }

        if (trace.Length > 0)
        {
            writer.WriteString("trace_id"u8, Convert.ToHexStringLower(trace));
        }

        if (span.Length > 0)
        {
            writer.WriteString("span_id"u8, Convert.ToHexStringLower(span));
        }

        if (hasAttributes)
        {
            Attributes(writer, "attributes"u8, record, 6, 0);
        }

        if (!resource.IsEmpty)
        {
            Attributes(writer, "resource"u8, resource, 1, 0);
        }

        writer.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, int number, int depth)
    {
        writer.WriteStartObject(name);
        Pairs(writer, from, number, depth);
        writer.WriteEndObject();
    }

    private static void Pairs(Utf8JsonWriter writer, ReadOnlySpan<byte> from, int number, int depth)
    {
        while (Next(ref from, out var field, out _, out var pair))
        {
            if (field == number)
            {
                Pair(pair, out var key, out var value);
                writer.WritePropertyName(key);
                Value(writer, value, depth + 1);
            }
        }
    }

    private static void Pair(ReadOnlySpan<byte> pair, out string key, out ReadOnlySpan<byte> value)
    {
        key = "";
        value = default;
        while (Next(ref pair, out var field, out _, out var part))
        {
            key = field == 1 ? Encoding.UTF8.GetString(part) : key;
            value = field == 2 ? part : value;
        }
    }

    // AnyValue { 1: string, 2: bool, 3: int64, 4: double, 5: ArrayValue { 1* }, 6: KeyValueList { 1* }, 7: bytes }.
    private static void Value(Utf8JsonWriter writer, ReadOnlySpan<byte> any, int depth)
    {
        if (depth > OtlpLogs.DepthMax)
        {
            throw new InvalidDataException($"Values within values deeper than {OtlpLogs.DepthMax}.");
        }

        if (!Next(ref any, out var field, out var number, out var value))
        {
            writer.WriteNullValue();
            return;
        }

        switch (field)
        {
            case 1: writer.WriteStringValue(Encoding.UTF8.GetString(value)); break;
            case 2: writer.WriteBooleanValue(number != 0); break;
            case 3: writer.WriteNumberValue((long)number); break;
            case 4:
                var real = BitConverter.UInt64BitsToDouble(number);
                if (double.IsFinite(real)) writer.WriteNumberValue(real);
                else writer.WriteStringValue(real.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case 5:
                writer.WriteStartArray();
                while (Next(ref value, out var inner, out _, out var item))
                {
                    if (inner == 1)
                    {
                        Value(writer, item, depth + 1);
                    }
                }

                writer.WriteEndArray();
                break;
            case 6:
                writer.WriteStartObject();
                Pairs(writer, value, 1, depth + 1);
                writer.WriteEndObject();
                break;
            case 7: writer.WriteBase64StringValue(value); break;
            default: writer.WriteNullValue(); break;
        }
    }

    // A field: a number (varint or fixed) or bytes.
    private static bool Next(scoped ref ReadOnlySpan<byte> from, out int field, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        (field, number) = (0, 0);
        bytes = default;
        if (from.IsEmpty)
        {
            return false;
        }

        var tag = Varint(ref from);
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        switch (tag & 7)
        {
            case 0:
                number = Varint(ref from);
                break;
            case 1:
                number = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref from, 8));
                break;
            case 2:
                bytes = Take(ref from, Varint(ref from));
                break;
            case 5:
                number = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref from, 4));
                break;
            default:
                throw new InvalidDataException("A field has a type that is no longer used, or never was.");
        }

        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> from, ulong length)
    {
        if (length > (ulong)from.Length)
        {
            throw new InvalidDataException("A field is longer than the message.");
        }

        var taken = from[..(int)length];
        from = from[(int)length..];
        return taken;
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var n = 0; n < 10 && n < from.Length; n++)
        {
            value |= (ulong)(from[n] & 0x7F) << (7 * n);
            if (from[n] < 0x80)
            {
                from = from[(n + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("A number is cut off or too long.");
    }
}
