using System.Buffers.Binary;
using System.Text;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>Turns OTLP JSON into OTLP protobuf, and checks protobuf, for what is kept on disk.</summary>
public static class OtlpTranscoder
{
    /// <summary>Reads a request fully without keeping it.</summary>
    /// <exception cref="InvalidDataException">It is not OTLP protobuf.</exception>
    public static void Check(ReadOnlySpan<byte> request)
    {
        var table = new SpanTable(Keys.NewNames(), new TextPool());
        var reader = new OtlpProtobuf(new TraceReadOptions());
        var fields = new ProtobufFields(request);
        while (fields.Next())
        {
            if (fields.Number == 1)
                reader.ReadResourceSpans(fields.Bytes, table);
            table.Clear();
        }
    }

    /// <summary>The spans of a JSON export, as the reader understands them, in protobuf; attribute types become text.</summary>
    /// <exception cref="TraceFormatException">It is not OTLP JSON.</exception>
    public static byte[] ToProtobuf(ReadOnlySpan<byte> json)
    {
        var output = new MemoryStream();
        new TraceReader(new TraceReadOptions { Format = TraceFormat.OtlpJson }).Read(new MemoryStream(json.ToArray()), "request", batch =>
        {
            foreach (var trace in batch.Traces)
            {
                for (var span = 0; span < trace.Count; span++)
                    output.Write(ResourceSpans(trace, span));
            }
        });
        return output.ToArray();
    }

    private static byte[] ResourceSpans(Trace trace, int span)
    {
        ref var row = ref trace.Row(span);
        var (names, values) = (trace.Table.Names, trace.Table.Values);
        var process = row.Process < 0 ? default : trace.Table.Processes[row.Process];
        var resource = new List<byte>();
        Field(resource, 1, Attribute("service.name"u8, names.Utf8(trace.ServiceId(span))));
        if (process.Host != 0)
            Field(resource, 1, Attribute("host.name"u8, values.Utf8(process.Host)));
        if (process.Language != 0)
            Field(resource, 1, Attribute("telemetry.sdk.language"u8, values.Utf8(process.Language)));
        var message = new List<byte>();
        Field(message, 1, Id(trace.TraceId, 16));
        Field(message, 2, Id(trace.SpanIdText(span), 8));
        if (row.ParentId != 0)
            Field(message, 4, Id(values.Text(row.ParentId), 8));
        Field(message, 5, names.Utf8(row.Operation));
        Varint(message, 6 << 3);
        Varint(message, (ulong)row.Kind);
        Fixed64(message, 7, (ulong)row.StartUs * 1_000);
        Fixed64(message, 8, (ulong)(row.StartUs + row.DurationUs) * 1_000);
        foreach (var attribute in trace.Attributes(span))
            Field(message, 9, Attribute(names.Utf8(attribute.Key), values.Utf8(attribute.Value)));
        if ((row.Marks & SpanMarks.Error) != 0)
            Field(message, 15, [3 << 3, 2]);
        var scope = new List<byte>();
        Field(scope, 2, [.. message]);
        var spans = new List<byte>();
        Field(spans, 1, [.. resource]);
        Field(spans, 2, [.. scope]);
        var request = new List<byte>();
        Field(request, 1, [.. spans]);
        return [.. request];
    }

    private static byte[] Attribute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var any = new List<byte>();
        Field(any, 1, value);
        var pair = new List<byte>();
        Field(pair, 1, key);
        Field(pair, 2, [.. any]);
        return [.. pair];
    }

    private static byte[] Id(string text, int bytes)
    {
        text = text.PadLeft(bytes * 2, '0');
        return text.Length == bytes * 2 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Encoding.UTF8.GetBytes(text)[..bytes];
    }

    private static void Field(List<byte> to, int number, ReadOnlySpan<byte> bytes)
    {
        Varint(to, ((ulong)number << 3) | 2);
        Varint(to, (ulong)bytes.Length);
        to.AddRange(bytes);
    }

    private static void Fixed64(List<byte> to, int number, ulong value)
    {
        Varint(to, ((ulong)number << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        to.AddRange((ReadOnlySpan<byte>)bytes);
    }

    private static void Varint(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }
}
