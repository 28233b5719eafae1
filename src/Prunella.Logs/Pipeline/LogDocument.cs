using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Pipeline;

/// <summary>Writes a line as the JSON object that sinks get, in the names of the Elastic Common Schema where it has one.</summary>
internal sealed class LogDocument : IDisposable
{
    /// <summary>Hexadecimal digits of an id.</summary>
    internal const int IdBytes = 32;

    // Elasticsearch takes no term longer than 32 766 bytes, and no document over 100 MB; what is longer stays whole in the archive.
    private const int MessageBytesMax = 1 << 20;

    private const int ValuesMax = 64;

    private readonly ArrayBufferWriter<byte> json = new(4096);
    private readonly Utf8JsonWriter writer;
    private readonly byte[] id = new byte[IdBytes];

    internal LogDocument() => writer = new Utf8JsonWriter(json, OtlpLogs.Writing);

    /// <summary>Writes a line; id and object hold until the next call.</summary>
    /// <param name="origin">The file of the spool that it came in, and its place there: what the id is made of.</param>
    /// <param name="ordinal">See <paramref name="origin"/>.</param>
    /// <param name="line">The line as parsed.</param>
    /// <param name="message">The line as it may be shown.</param>
    /// <param name="template">The template as it may be shown.</param>
    /// <param name="lineClass">Its class.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">Its time, where it names none.</param>
    /// <param name="names">Names for its values; null for none.</param>
    /// <param name="named">What the names are for: the message without the header, as it may be shown; empty when it is not known where that ends.</param>
    internal (ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Json) Write(
        ulong origin, long ordinal, in ParsedLine line, ReadOnlySpan<byte> message, string template, LineClass lineClass, string source, DateTimeOffset now, IValueNames? names, ReadOnlySpan<byte> named)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(place, origin);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], ordinal);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(place, hash);
        Convert.TryToHexStringLower(hash, id, out _);

        json.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("@timestamp"u8, line.TimeTicks > 0 ? new DateTime(line.TimeTicks, DateTimeKind.Utc) : now.UtcDateTime);
        message = message[..Math.Min(message.Length, MessageBytesMax)];
        var said = line.Format == LineFormat.Json ? Said(named) : null;
        if (said is null)
        {
            Text("message"u8, message);
        }
        else
        {
            writer.WriteString("message"u8, said);
        }

        if (line.Level != Severity.None)
        {
            writer.WriteStartObject("log"u8);
            writer.WriteString("level"u8, Word(line.Level));
            writer.WriteEndObject();
        }

        if (line.Service.Length > 0)
        {
            writer.WriteStartObject("service"u8);
            Text("name"u8, line.Service);
            writer.WriteEndObject();
        }

        Kubernetes(source);
        writer.WriteStartObject("event"u8);
        writer.WriteString("id"u8, id);
        if (said is not null)
        {
            Text("original"u8, message);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("prunella"u8);
        writer.WriteString("class"u8, lineClass switch { LineClass.Critical => "critical"u8, LineClass.Interesting => "interesting"u8, _ => "routine"u8 });
        writer.WriteString("source"u8, source);
        writer.WriteStartObject("template"u8);
        writer.WriteString("id"u8, line.Template.Id.ToString());
        writer.WriteString("text"u8, template);
        writer.WriteEndObject();
        Named(line.Template.Id, names, named);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return (id, json.WrittenMemory);
    }

    /// <summary>A line of the file of what a sink refused.</summary>
    internal static byte[] Refusal(SinkDocument document, string why)
    {
        var line = new ArrayBufferWriter<byte>(document.Json.Length + 256);
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, document.Id);
            writer.WriteString("why"u8, why);
            writer.WritePropertyName("document"u8);
            writer.WriteRawValue(document.Json.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    public void Dispose() => writer.Dispose();

    private void Named(TemplateId id, IValueNames? names, ReadOnlySpan<byte> message)
    {
        Span<Range> values = stackalloc Range[ValuesMax];
        if (names?.Cut(id, message, values) is not { } found)
        {
            return;
        }

        writer.WriteString("event"u8, found.Event);
        writer.WriteStartObject("fields"u8);
        for (var n = 0; n < found.Fields.Count; n++)
        {
            writer.WriteString(found.Fields[n], Encoding.UTF8.GetString(message[values[n]]));
        }

        writer.WriteEndObject();
    }

    // What a line of JSON says, its escapes resolved; null when it is no JSON text.
    private static string? Said(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > MessageBytesMax || !Utf8.IsValid(text))
        {
            return null;
        }

        var quoted = ArrayPool<byte>.Shared.Rent(text.Length + 2);
        try
        {
            quoted[0] = quoted[text.Length + 1] = (byte)'"';
            text.CopyTo(quoted.AsSpan(1));
            var reader = new Utf8JsonReader(quoted.AsSpan(0, text.Length + 2));
            reader.Read();
            return reader.GetString();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null; // a control character, an escape that is none, half a surrogate
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(quoted);
        }
    }

    private void Kubernetes(string source)
    {
        if (!LogSource.TryPod(source, out var @namespace, out var pod, out var container))
        {
            return;
        }

        writer.WriteStartObject("kubernetes"u8);
        writer.WriteString("namespace"u8, @namespace);
        writer.WriteStartObject("pod"u8);
        writer.WriteString("name"u8, pod);
        writer.WriteEndObject();
        writer.WriteStartObject("container"u8);
        writer.WriteString("name"u8, container);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            writer.WriteString(name, text);
        }
        else
        {
            writer.WriteString(name, Encoding.UTF8.GetString(text));
        }
    }

    private static ReadOnlySpan<byte> Word(Severity level) => level switch
    {
        Severity.Trace => "trace"u8,
        Severity.Debug => "debug"u8,
        Severity.Info => "info"u8,
        Severity.Notice => "notice"u8,
        Severity.Warning => "warning"u8,
        Severity.Error => "error"u8,
        _ => "fatal"u8,
    };
}
