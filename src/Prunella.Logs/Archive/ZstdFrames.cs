using ZstdSharp;

namespace Prunella.Logs.Archive;

/// <summary>Decompresses zstd frames of known length, one after another. Not thread-safe.</summary>
internal sealed class ZstdFrames : IDisposable
{
    private readonly Decompressor plain = new();
    private readonly Decompressor primed = new();

    public void Dispose()
    {
        plain.Dispose();
        primed.Dispose();
    }

    /// <summary>Decompresses a frame that must hold exactly that many bytes.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="length">Bytes that it holds.</param>
    /// <param name="dictionary">Raw content that it refers to; empty for none.</param>
    /// <exception cref="InvalidDataException">The frame is damaged, or of another length.</exception>
    internal byte[] Decompress(ReadOnlySpan<byte> frame, int length, ReadOnlySpan<byte> dictionary = default)
    {
        var decompressor = plain;
        if (!dictionary.IsEmpty)
        {
            decompressor = primed;
            primed.LoadDictionary(dictionary);
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        try
        {
            return decompressor.TryUnwrap(frame, bytes, out var written) && written == length
                ? bytes
                : throw new InvalidDataException("A compressed section of the archive is damaged.");
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException("A compressed section of the archive is damaged.", e);
        }
    }
}
