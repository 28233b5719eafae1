using System.Buffers.Text;
using Prunella.Traces.Model;

namespace Prunella.Traces.Sources;

/// <summary>
/// Writes spans into a table for every reader, so that one rule decides what is an error, a kind or a host,
/// whatever the format was.
/// </summary>
internal sealed class SpanWriter(SpanTable table, TraceReadOptions options)
{
    private int _row;
    private int _count;
    private int _host;
    private int _hostKey;
    private int _hostname;
    private int _language;
    private int _service;
    private bool _inProcess;

    public SpanTable Table => table;

    /// <summary>The row being written; refetch after any call that adds.</summary>
    public ref SpanRow Row => ref table[_row];

    public int RowIndex => _row;

    public void Begin()
    {
        _row = table.Begin();
        _count = 0;
    }

    public void End() => table.Seal(_row);

    public void Undo() => table.Undo(_row);

    public void BeginProcess()
    {
        (_host, _hostKey, _hostname, _language, _service) = (0, int.MaxValue, 0, 0, 0);
        _inProcess = true;
    }

    /// <summary>Ends a process and returns it. An explicit service name wins over the attribute service.name.</summary>
    public SpanProcess EndProcess(int service)
    {
        _inProcess = false;
        if (service == 0)
            service = _service == 0 ? Keys.UnknownService : _service;
        return new SpanProcess(service, _host, _hostname, _language);
    }

    public int Name(ReadOnlySpan<byte> text) => table.Names.Intern(text);

    public int Value(ReadOnlySpan<byte> text) => table.Values.Intern(text);

    /// <summary>Ids in one spelling: lower-case hex; a 128-bit id with an empty upper half is a 64-bit one.</summary>
    public int Id(ReadOnlySpan<byte> text)
    {
        if (text.Length == 32 && text[0] == '0' && text.StartsWith("0000000000000000"u8))
            text = text[16..];
        foreach (var letter in text)
        {
            if (letter is >= (byte)'A' and <= (byte)'F')
                return LowerId(text);
        }

        return table.Values.Intern(text);
    }

    /// <summary>An attribute of the span or, between BeginProcess and EndProcess, of the process.</summary>
    /// <param name="key">Name.</param>
    /// <param name="value">Text form of the value.</param>
    /// <param name="isText">Whether the source typed it as text.</param>
    public void Attribute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isText) =>
        Attribute(table.Names.Intern(key), value, isText);

    public void Attribute(int key, ReadOnlySpan<byte> value, bool isText)
    {
        if (value.Length > options.AttributeBytesMax)
        {
            value = value[..options.AttributeBytesMax];
            if (!_inProcess)
                Row.Marks |= SpanMarks.Truncated;
        }

        var role = Keys.Role(key);
        if (_inProcess)
        {
            Process(key, role, value);
            return;
        }

        if (role >= KeyRole.HttpStatus)
            Judge(key, role, value, isText);
        if (_count++ >= options.AttributesMax)
        {
            Row.Marks |= SpanMarks.Truncated;
            return;
        }

        table.Add(key, table.Values.Intern(value));
    }

    /// <summary>A field of a log or event; only CRISP's rule for errors reads them.</summary>
    public void LogField(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isText)
    {
        if (key.SequenceEqual("error.object"u8) || (isText && key.SequenceEqual("error"u8)) ||
            (key.SequenceEqual("event"u8) && Same(value, "error"u8)))
            Row.Marks |= SpanMarks.CrispError;
    }

    public void Failed() => Row.Marks |= SpanMarks.Error | SpanMarks.CrispError;

    public static SpanKind Kind(ReadOnlySpan<byte> name)
    {
        if (Same(name, "server"u8))
            return SpanKind.Server;
        if (Same(name, "client"u8))
            return SpanKind.Client;
        if (Same(name, "producer"u8))
            return SpanKind.Producer;
        if (Same(name, "consumer"u8))
            return SpanKind.Consumer;
        return Same(name, "internal"u8) ? SpanKind.Internal : SpanKind.Unspecified;
    }

    private void Process(int key, KeyRole role, ReadOnlySpan<byte> value)
    {
        switch (role)
        {
            case KeyRole.ServiceName:
                _service = table.Names.Intern(value);
                break;
            case KeyRole.Host:
                if (key == Keys.Hostname)
                    _hostname = table.Values.Intern(value);
                if (key < _hostKey)
                    (_hostKey, _host) = (key, table.Values.Intern(value));
                break;
            case KeyRole.Language:
                _language = Language(value);
                break;
        }
    }

    // "jaeger.version" is "Java-1.8.1" where OpenTelemetry says "java".
    private int Language(ReadOnlySpan<byte> value)
    {
        var dash = value.IndexOf((byte)'-');
        if (dash > 0)
            value = value[..dash];
        return value.Length > 32 ? _language : LowerValue(value);
    }

    private void Judge(int key, KeyRole role, ReadOnlySpan<byte> value, bool isText)
    {
        switch (role)
        {
            case KeyRole.Error:
                var untrue = value.IsEmpty || Same(value, "false"u8) || value.SequenceEqual("0"u8) || Same(value, "null"u8);
                if (!untrue)
                    Row.Marks |= SpanMarks.Error;
                if (isText || !untrue)
                    Row.Marks |= SpanMarks.CrispError;
                break;
            case KeyRole.HttpStatus:
                if (Utf8Parser.TryParse(value, out int status, out _) && status >= 400)
                    Row.Marks |= status >= 500 ? SpanMarks.Error | SpanMarks.CrispError : SpanMarks.CrispError;
                break;
            case KeyRole.GrpcStatus:
                if (value.IsEmpty || value.SequenceEqual("0"u8) || Same(value, "OK"u8))
                    break;
                Row.Marks |= SpanMarks.Error;
                if (key == Keys.GrpcStatus)
                    Row.Marks |= SpanMarks.CrispError;
                break;
            case KeyRole.OtelStatus:
                if (Same(value, "ERROR"u8))
                    Failed();
                break;
            case KeyRole.Kind:
                if (Row.Kind == SpanKind.Unspecified)
                    Row.Kind = Kind(value);
                break;
        }
    }

    private int LowerId(ReadOnlySpan<byte> text)
    {
        foreach (var letter in text)
        {
            if (!Uri.IsHexDigit((char)letter))
                return table.Values.Intern(text);
        }

        // CRISP's own examples name spans A, B, C: only ids as long as the field's are folded.
        return text.Length is 16 or 32 ? LowerValue(text) : table.Values.Intern(text);
    }

    private int LowerValue(ReadOnlySpan<byte> text)
    {
        Span<byte> lower = stackalloc byte[64];
        text = text.Length > 64 ? text[..64] : text;
        for (var index = 0; index < text.Length; index++)
            lower[index] = text[index] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[index] | 0x20) : text[index];
        return table.Values.Intern(lower[..text.Length]);
    }

    private static bool Same(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word) =>
        System.Text.Ascii.EqualsIgnoreCase(value, word);
}
