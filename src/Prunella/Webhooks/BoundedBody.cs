using System.Buffers;

namespace Prunella.Webhooks;

/// <summary>A request body read into one rented buffer, never beyond its bound.</summary>
internal sealed class BoundedBody : IDisposable
{
    private const int FirstBytes = 64 * 1024;
    private byte[] buffer;
    private int length;

    private BoundedBody(int firstBytes) => buffer = ArrayPool<byte>.Shared.Rent(firstBytes);

    /// <summary>The bytes; valid until disposal.</summary>
    internal ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>The same bytes, for what cannot take a span; valid until disposal.</summary>
    internal ReadOnlyMemory<byte> Memory => buffer.AsMemory(0, length);

    /// <summary>Reads to the end.</summary>
    /// <returns>Null as soon as the body is seen to be longer than <paramref name="bytesMax"/>.</returns>
    internal static async Task<BoundedBody?> ReadAsync(HttpRequest request, int bytesMax)
    {
        if (request.ContentLength > bytesMax) return null;
        var body = new BoundedBody((int)Math.Min(request.ContentLength + 1 ?? FirstBytes, bytesMax));
        try
        {
            while (true)
            {
                if (body.length == body.buffer.Length) body.Grow(bytesMax);
                var read = await request.Body.ReadAsync(body.buffer.AsMemory(body.length), request.HttpContext.RequestAborted);
                if (read == 0) return body;
                body.length += read;
                if (body.length > bytesMax) break;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
        body.Dispose();
        return null;
    }

    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        length = 0;
    }

    private void Grow(int bytesMax)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)buffer.Length * 2, (long)bytesMax + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
