using System.Text.Json;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>Zipkin v2 JSON: one call reads one span object. Fragments of one span are joined later, by <see cref="ZipkinMerge"/>.</summary>
internal sealed class ZipkinJson(TraceReadOptions options)
{
    private readonly Dictionary<(int Service, int Host), int> _processes = [];

    /// <summary>The trace of the span being read, for error messages.</summary>
    public string? TraceId => _table is null || _trace == 0 || _table.Values.Generation != _generation ? null : _table.Values.Text(_trace);

    private SpanTable? _table;
    private int _trace;
    private int _generation;

    /// <summary>Forgets the processes of a table that was cleared.</summary>
    public void Forget() => _processes.Clear();

    /// <summary>Reads the span object at the current token; false when it has no ids.</summary>
    public bool ReadSpan(ref JsonTokens tokens, SpanTable table)
    {
        var writer = new SpanWriter(table, options);
        writer.Begin();
        writer.Row.Marks = SpanMarks.BadStart | SpanMarks.BadDuration | SpanMarks.InferTime;
        var (service, host, peer, peerAddress) = (0, 0, 0, 0);
        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                break;
            var name = tokens.Bytes();
            if (name.SequenceEqual("tags"u8))
            {
                ReadTags(ref tokens, writer);
                continue;
            }

            if (name.SequenceEqual("localEndpoint"u8))
            {
                ReadEndpoint(ref tokens, writer, out service, out host);
                continue;
            }

            if (name.SequenceEqual("remoteEndpoint"u8))
            {
                ReadEndpoint(ref tokens, writer, out peer, out peerAddress);
                continue;
            }

            var field = name.SequenceEqual("traceId"u8) ? 1 : name.SequenceEqual("id"u8) ? 2 : name.SequenceEqual("parentId"u8) ? 3
                : name.SequenceEqual("name"u8) ? 4 : name.SequenceEqual("kind"u8) ? 5 : name.SequenceEqual("timestamp"u8) ? 6
                : name.SequenceEqual("duration"u8) ? 7 : name.SequenceEqual("shared"u8) ? 8 : 0;
            tokens.Next();
            if (field is > 0 and < 6 && tokens.Type == JsonTokenType.String)
                Text(writer, field, tokens.Bytes());
            else if (field == 6 && tokens.TryLong(out var start) && start is > 0 and <= JaegerJson.TimeLimitUs)
            {
                writer.Row.StartUs = start;
                writer.Row.Marks &= ~SpanMarks.BadStart;
            }
            else if (field == 7 && tokens.TryLong(out var duration) && duration is >= 0 and <= JaegerJson.TimeLimitUs)
            {
                writer.Row.DurationUs = duration;
                writer.Row.Marks &= ~SpanMarks.BadDuration;
            }
            else if (field == 8 && tokens.Type == JsonTokenType.True)
                writer.Row.Marks |= SpanMarks.Shared;
            tokens.Skip();
        }

        if (writer.Row.SpanId == 0 || writer.Row.TraceId == 0)
        {
            writer.Undo();
            return false;
        }

        if (peer != 0)
            writer.Attribute("peer.service"u8, writer.Table.Names.Utf8(peer), true);
        else if (peerAddress != 0)
            writer.Attribute("peer.address"u8, writer.Table.Values.Utf8(peerAddress), true);
        if (service != 0 || host != 0)
        {
            if (!_processes.TryGetValue((service, host), out var process))
            {
                process = table.Processes.Count;
                table.Processes.Add(new SpanProcess(service == 0 ? Keys.UnknownService : service, host, 0, 0));
                _processes.Add((service, host), process);
            }

            writer.Row.Process = process;
        }
        else
            writer.Row.Marks |= SpanMarks.NoProcess;
        writer.End();
        return true;
    }

    private void Text(SpanWriter writer, int field, ReadOnlySpan<byte> text)
    {
        switch (field)
        {
            case 1:
                writer.Row.TraceId = PaddedId(writer, text);
                (_table, _trace, _generation) = (writer.Table, writer.Row.TraceId, writer.Table.Values.Generation);
                break;
            case 2:
                writer.Row.SpanId = PaddedId(writer, text);
                break;
            case 3:
                writer.Row.ParentId = text.IndexOfAnyExcept((byte)'0') < 0 ? 0 : PaddedId(writer, text);
                break;
            case 4:
                writer.Row.Operation = writer.Name(text);
                break;
            default:
                writer.Row.Kind = SpanWriter.Kind(text);
                break;
        }
    }

    // Old instrumentation drops leading zeros ("5af71" for "000000000005af71"); both spellings are one id.
    private static int PaddedId(SpanWriter writer, ReadOnlySpan<byte> text)
    {
        if (text.Length is 16 or 32 or 0 or > 32)
            return writer.Id(text);
        Span<byte> padded = stackalloc byte[32];
        padded.Fill((byte)'0');
        foreach (var letter in text)
        {
            if (!Uri.IsHexDigit((char)letter))
                return writer.Id(text);
        }

        padded = padded[..(text.Length < 16 ? 16 : 32)];
        text.CopyTo(padded[^text.Length..]);
        return writer.Id(padded);
    }

    private static void ReadEndpoint(ref JsonTokens tokens, SpanWriter writer, out int service, out int address)
    {
        (service, address) = (0, 0);
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartObject)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                return;
            var name = tokens.Bytes();
            var field = name.SequenceEqual("serviceName"u8) ? 1 : name.SequenceEqual("ipv4"u8) || name.SequenceEqual("ipv6"u8) ? 2 : 0;
            tokens.Next();
            if (field != 0 && tokens.Type == JsonTokenType.String)
            {
                if (field == 1)
                    service = writer.Name(tokens.Bytes());
                else
                    address = writer.Value(tokens.Bytes());
            }

            tokens.Skip();
        }
    }

    private static void ReadTags(ref JsonTokens tokens, SpanWriter writer)
    {
        tokens.Next();
        if (tokens.Type != JsonTokenType.StartObject)
        {
            tokens.Skip();
            return;
        }

        while (true)
        {
            tokens.Next();
            if (tokens.Type == JsonTokenType.EndObject)
                return;
            var key = writer.Name(tokens.Bytes());
            tokens.Next();
            if (tokens.Type is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                // In Zipkin the presence of "error" is the error; its value is a message and may be empty.
                if (Keys.Role(key) == KeyRole.Error && !tokens.Bytes().SequenceEqual("false"u8))
                    writer.Failed();
                writer.Attribute(key, tokens.Bytes(), false);
            }

            tokens.Skip();
        }
    }
}
