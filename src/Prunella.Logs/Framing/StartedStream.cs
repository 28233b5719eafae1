namespace Prunella.Logs.Framing;

/// <summary>A stream of which some bytes were read already.</summary>
internal sealed class StartedStream(ReadOnlyMemory<byte> start, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> start = start;

    public override int Read(Span<byte> buffer)
    {
        if (start.IsEmpty)
        {
            return rest.Read(buffer);
        }

        var count = Math.Min(start.Length, buffer.Length);
        start.Span[..count].CopyTo(buffer);
        start = start[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
