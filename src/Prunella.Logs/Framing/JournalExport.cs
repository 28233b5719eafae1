namespace Prunella.Logs.Framing;

/// <summary>journald's export format (<c>journalctl -o export</c>), recognised by its first bytes.</summary>
public static class JournalExport
{
    /// <summary>Wraps a stream whose first bytes are those of an export; gives another one back as it was.</summary>
    public static Stream Decode(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var start = "__CURSOR="u8;
        var head = new byte[start.Length];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new StartedStream(head.AsMemory(0, read), stream);
        return head.AsSpan(0, read).SequenceEqual(start) ? new JournalExportStream(whole) : whole;
    }
}
