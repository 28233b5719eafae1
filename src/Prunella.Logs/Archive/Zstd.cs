using ZstdSharp;

namespace Prunella.Logs.Archive;

/// <summary>One zstd frame at a time, of known length.</summary>
internal static class Zstd
{
    /// <summary>Decompresses a frame that must hold exactly that many bytes.</summary>
    /// <exception cref="InvalidDataException">The frame is damaged, or of another length.</exception>
    internal static byte[] Decompress(ReadOnlySpan<byte> frame, int length, ReadOnlySpan<byte> dictionary = default)
    {
        using var decompressor = new Decompressor();
        if (!dictionary.IsEmpty)
        {
            decompressor.LoadDictionary(dictionary);
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
