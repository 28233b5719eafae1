using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Reasoning.Naming;

namespace Prunella.Commands.Logs;

/// <summary>Writes one parsed line as a row.</summary>
internal static class ParseRow
{
    internal static void WriteCsv(TextWriter writer, long number, in ParsedLine line, LineClass lineClass)
    {
        writer.Write(number);
        writer.Write(',');
        writer.Write(Time(line.TimeTicks));
        writer.Write(',');
        writer.Write(Level(line.Level));
        writer.Write(',');
        Quote(writer, Encoding.UTF8.GetString(line.Service));
        writer.Write(',');
        writer.Write(line.Template.Id.ToString());
        writer.Write(',');
        Quote(writer, line.Template.Text);
        writer.Write(',');
        writer.Write(lineClass.ToString());
        writer.Write('\n');
    }

    internal static void WriteJson(TextWriter writer, long number, in ParsedLine line, LineClass lineClass, LearnedNames names)
    {
        writer.Write("{\"lineId\":");
        writer.Write(number);
        writer.Write(",\"time\":");
        writer.Write(line.TimeTicks == 0 ? "null" : "\"" + Time(line.TimeTicks) + "\"");
        Field(writer, "level", Level(line.Level));
        Field(writer, "service", Encoding.UTF8.GetString(line.Service));
        Field(writer, "eventId", line.Template.Id.ToString());
        Field(writer, "eventTemplate", line.Template.Text);
        Field(writer, "class", lineClass.ToString());
        if (names.Count > 0)
        {
            Named(writer, line, names);
        }

        writer.Write("}\n");
    }

    private static void Named(TextWriter writer, in ParsedLine line, LearnedNames names)
    {
        const int ValuesMax = 64;
        Span<Range> values = stackalloc Range[ValuesMax];
        var message = line.Raw[line.MessageStart..line.MessageEnd];
        if (names.Cut(line.Template.Id, message, values) is not { } named)
        {
            return;
        }

        Field(writer, "event", named.Event);
        writer.Write(",\"fields\":{");
        for (var n = 0; n < named.Fields.Count; n++)
        {
            writer.Write(n == 0 ? "\"" : ",\"");
            writer.Write(named.Fields[n]);
            writer.Write("\":\"");
            writer.Write(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Encoding.UTF8.GetString(message[values[n]])));
            writer.Write('"');
        }

        writer.Write('}');
    }

    /// <summary>ISO 8601 with as many digits of a second as are needed; no zone, since many logs name none.</summary>
    internal static string Time(long ticks) =>
        ticks <= 0 || ticks > DateTime.MaxValue.Ticks ? "" : new DateTime(ticks).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    internal static string Level(Severity level) => level == Severity.None ? "" : level.ToString().ToUpperInvariant();

    private static void Field(TextWriter writer, string name, string value)
    {
        writer.Write(",\"");
        writer.Write(name);
        writer.Write("\":\"");
        writer.Write(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value));
        writer.Write('"');
    }

    internal static void Quote(TextWriter writer, string value)
    {
        if (value.AsSpan().IndexOfAny("\",\r\n") < 0)
        {
            writer.Write(value);
            return;
        }

        writer.Write('"');
        writer.Write(value.Replace("\"", "\"\"", StringComparison.Ordinal));
        writer.Write('"');
    }
}
