using System.Text.Json;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>An export request, checked, as protobuf.</summary>
/// <param name="Protobuf">ResourceSpans messages and nothing else at the top, so that requests one after another are one TracesData.</param>
/// <param name="Spans">Valid spans in it.</param>
/// <param name="Rejected">Spans without a trace id or span id, which readers leave out.</param>
public readonly record struct OtlpRequest(ReadOnlyMemory<byte> Protobuf, int Spans, int Rejected);

/// <summary>Checks OTLP protobuf, and turns OTLP JSON into it, for what is kept on disk. What is read from either is the same.</summary>
public static class OtlpTranscoder
{
    /// <summary>Reads a request fully without keeping its spans.</summary>
    /// <exception cref="InvalidDataException">It is not OTLP protobuf.</exception>
    public static OtlpRequest Check(ReadOnlyMemory<byte> request)
    {
        var table = new SpanTable(Keys.NewNames(), new TextPool());
        var reader = new OtlpProtobuf(new TraceReadOptions());
        var (spans, rejected, length) = (0, 0, 0);
        var fields = new ProtobufFields(request.Span);
        while (fields.Next())
        {
            if (!fields.IsBytes || fields.Number != 1)
                continue;
            reader.ReadResourceSpans(fields.Bytes, table);
            (spans, rejected) = (spans + table.Count, rejected + table.Dropped);
            length += 1 + VarintBytes((ulong)fields.Bytes.Length) + fields.Bytes.Length;
            table.Clear();
        }

        return new OtlpRequest(length == request.Length ? request : OnlyResourceSpans(request.Span, length), spans, rejected);
    }

    /// <summary>The spans of a JSON export, as the reader understands them, in protobuf; times in whole microseconds.</summary>
    /// <exception cref="InvalidDataException">It is not OTLP JSON.</exception>
    public static OtlpRequest FromJson(ReadOnlySpan<byte> json)
    {
        var options = new TraceReadOptions();
        var table = new SpanTable(Keys.NewNames(), new TextPool());
        var tokens = new JsonTokens(json, 0, options);
        try
        {
            if (!tokens.Read() || tokens.Type != JsonTokenType.StartObject)
                throw new InvalidDataException("Expected a JSON object with resourceSpans.");
            new OtlpJson(options).ReadRoot(ref tokens, table, static () => { });
            if (tokens.Read())
                throw new InvalidDataException(FormattableString.Invariant($"Expected one JSON object; more follows at byte {tokens.Offset}."));
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException(FormattableString.Invariant($"Broken JSON near byte {tokens.Offset}: {broken.Message}"), broken);
        }

        var output = new ProtobufWriter();
        var rejected = table.Dropped + Write(table, output);
        return new OtlpRequest(output.ToArray(), table.Count - (rejected - table.Dropped), rejected);
    }

    private static byte[] OnlyResourceSpans(ReadOnlySpan<byte> request, int length)
    {
        var output = new ProtobufWriter(length);
        var fields = new ProtobufFields(request);
        while (fields.Next())
        {
            if (fields.IsBytes && fields.Number == 1)
                output.Bytes(1, fields.Bytes);
        }

        return output.ToArray();
    }

    // Spans of one process that follow each other share its ResourceSpans, as they did in the request.
    private static int Write(SpanTable table, ProtobufWriter output)
    {
        var rejected = 0;
        var link = 0;
        for (var row = 0; row < table.Count;)
        {
            var process = table[row].Process;
            var resourceSpans = output.Open(1);
            WriteResource(table, process, output);
            var scope = output.Open(2);
            for (; row < table.Count && table[row].Process == process; row++)
            {
                if (!WriteSpan(table, row, ref link, output))
                    rejected++;
            }

            output.Close(scope);
            output.Close(resourceSpans);
        }

        return rejected;
    }

    private static void WriteResource(SpanTable table, int index, ProtobufWriter output)
    {
        var process = table.Processes[index];
        var resource = output.Open(1);
        Attribute(output, 1, "service.name"u8, table.Names.Utf8(process.Service));
        if (process.Hostname != 0)
            Attribute(output, 1, "hostname"u8, table.Values.Utf8(process.Hostname));
        else if (process.Host != 0)
            Attribute(output, 1, "host.name"u8, table.Values.Utf8(process.Host));
        if (process.Language != 0)
            Attribute(output, 1, "telemetry.sdk.language"u8, table.Values.Utf8(process.Language));
        output.Close(resource);
    }

    private static bool WriteSpan(SpanTable table, int row, ref int link, ProtobufWriter output)
    {
        ref var span = ref table[row];
        Span<byte> traceId = stackalloc byte[16], spanId = stackalloc byte[8], parentId = stackalloc byte[8];
        var valid = Id(table.Values.Utf8(span.TraceId), traceId) & Id(table.Values.Utf8(span.SpanId), spanId);
        var message = valid ? output.Open(2) : default;
        if (valid)
        {
            output.Bytes(1, traceId);
            output.Bytes(2, spanId);
            if (span.ParentId != 0 && Id(table.Values.Utf8(span.ParentId), parentId))
                output.Bytes(4, parentId);
            output.Bytes(5, table.Names.Utf8(span.Operation));
            output.Varint(6, (ulong)span.Kind);
            if ((span.Marks & SpanMarks.BadStart) == 0)
                output.Fixed64(7, (ulong)span.StartUs * 1_000);
            if ((span.Marks & SpanMarks.BadDuration) == 0)
                output.Fixed64(8, (ulong)(span.StartUs + span.DurationUs) * 1_000);
            foreach (var attribute in table.Attributes(span))
                Attribute(output, 9, table.Names.Utf8(attribute.Key), table.Values.Utf8(attribute.Value), Keys.Role(attribute.Key) == KeyRole.Error && (span.Marks & SpanMarks.CrispError) == 0);
            // The reader keeps what an event means, not the event: this one means the same.
            if ((span.Marks & SpanMarks.CrispError) != 0)
            {
                var error = output.Open(11);
                output.Bytes(2, "error"u8);
                output.Close(error);
            }
        }

        for (; link < table.Links.Count && table.Links[link].Row <= row; link++)
        {
            if (valid && table.Links[link].Row == row)
                Link(table, table.Links[link], output);
        }

        if (!valid)
            return false;
        if ((span.Marks & (SpanMarks.Error | SpanMarks.CrispError)) == (SpanMarks.Error | SpanMarks.CrispError))
        {
            var status = output.Open(15);
            output.Varint(3, 2);
            output.Close(status);
        }

        output.Close(message);
        return true;
    }

    private static void Link(SpanTable table, SpanLink link, ProtobufWriter output)
    {
        Span<byte> traceId = stackalloc byte[16], spanId = stackalloc byte[8];
        if (!Id(table.Values.Utf8(link.SpanId), spanId))
            return;
        var message = output.Open(13);
        if (link.TraceId != 0 && Id(table.Values.Utf8(link.TraceId), traceId))
            output.Bytes(1, traceId);
        output.Bytes(2, spanId);
        output.Close(message);
    }

    // A text "false" counts as an error by CRISP's rule where the flag does not, so the one must not become the other.
    private static void Attribute(ProtobufWriter output, int number, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool asFalse = false)
    {
        var pair = output.Open(number);
        output.Bytes(1, key);
        var any = output.Open(2);
        if (asFalse)
            output.Varint(2, 0);
        else
            output.Bytes(1, value);
        output.Close(any);
        output.Close(pair);
    }

    private static bool Id(ReadOnlySpan<byte> hex, Span<byte> id)
    {
        id.Clear();
        if (hex.Length == 0 || hex.Length > id.Length * 2)
            return false;
        var at = id.Length * 2 - hex.Length;
        foreach (var letter in hex)
        {
            if (!char.IsAsciiHexDigit((char)letter))
                return false;
            var digit = letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
            id[at / 2] |= (byte)(at % 2 == 0 ? digit << 4 : digit);
            at++;
        }

        return true;
    }

    private static int VarintBytes(ulong value)
    {
        var count = 1;
        for (; value >= 0x80; value >>= 7)
            count++;
        return count;
    }
}
