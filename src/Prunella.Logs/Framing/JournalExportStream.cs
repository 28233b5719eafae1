using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Prunella.Logs.Framing;

/// <summary>
/// Reads journald's export format (<c>journalctl -o export</c>), text and binary fields, and gives each entry as a line of JSON: time,
/// priority, identifier, process, host and message.
/// </summary>
internal sealed class JournalExportStream : ForwardStream
{
    private const int FieldBytesMax = 16 << 20;
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream source;
    private readonly LineReader reader;
    private readonly Dictionary<string, byte[]> entry = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> line = new();
    private int given;

    internal JournalExportStream(Stream source) => (this.source, reader) = (source, new LineReader(source, FieldBytesMax));

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A binary field is cut off or longer than 16 MiB.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (given == line.WrittenCount)
        {
            line.ResetWrittenCount();
            given = 0;
            if (!TryReadEntry())
            {
                return 0;
            }

            WriteLine();
        }

        var count = Math.Min(buffer.Length, line.WrittenCount - given);
        line.WrittenSpan.Slice(given, count).CopyTo(buffer);
        given += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    // Fields are NAME=value, or NAME, eight bytes of length, and the value; an empty line ends the entry.
    private bool TryReadEntry()
    {
        entry.Clear();
        while (reader.TryRead(out var field))
        {
            if (field.IsEmpty)
            {
                if (entry.Count > 0)
                {
                    return true;
                }

                continue;
            }

            var equals = field.IndexOf((byte)'=');
            if (equals >= 0)
            {
                Keep(Encoding.ASCII.GetString(field[..equals]), field[(equals + 1)..]);
                continue;
            }

            var name = Encoding.ASCII.GetString(field);
            Keep(name, ReadBinary(name));
        }

        return entry.Count > 0;
    }

    private byte[] ReadBinary(string name)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        if (!reader.TryReadBytes(length) || BinaryPrimitives.ReadUInt64LittleEndian(length) is var bytes && bytes > FieldBytesMax)
        {
            throw new InvalidDataException($"The journal's field {name} is cut off or too long.");
        }

        var value = new byte[(int)BinaryPrimitives.ReadUInt64LittleEndian(length) + 1];
        return reader.TryReadBytes(value) ? value[..^1] : throw new InvalidDataException($"The journal's field {name} is cut off.");
    }

    private void Keep(string name, ReadOnlySpan<byte> value)
    {
        if (name is "MESSAGE" or "PRIORITY" or "SYSLOG_IDENTIFIER" or "_COMM" or "_SYSTEMD_UNIT" or "_PID" or "_HOSTNAME" or "__REALTIME_TIMESTAMP" or "__CURSOR")
        {
            entry.TryAdd(name, value.ToArray());
        }
    }

    private void WriteLine()
    {
        using (var writer = new Utf8JsonWriter(line, Writing))
        {
            writer.WriteStartObject();
            if (long.TryParse(Text("__REALTIME_TIMESTAMP"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds < 253_402_300_800_000_000)
            {
                writer.WriteString("time"u8, DateTime.UnixEpoch.AddTicks(microseconds * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            }

            Field(writer, "PRIORITY", Text("PRIORITY"));
            Field(writer, "SYSLOG_IDENTIFIER", Text("SYSLOG_IDENTIFIER") ?? Text("_COMM") ?? Text("_SYSTEMD_UNIT"));
            Field(writer, "_PID", Text("_PID"));
            Field(writer, "_HOSTNAME", Text("_HOSTNAME"));
            Field(writer, "MESSAGE", Text("MESSAGE") ?? "");
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
    }

    private static void Field(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private string? Text(string name) => entry.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
