using System.IO.Compression;

namespace Prunella.Webhooks;

/// <summary>Request bodies sent as gzip, of one member or several.</summary>
internal static class GzipBody
{
    private const int StepBytes = 1 << 16;

    /// <summary>The body unpacked.</summary>
    /// <returns>Null as soon as it is seen to be longer than <paramref name="bytesMax"/>.</returns>
    /// <exception cref="InvalidDataException">It is no gzip, or was cut off (System.IO.Compression.UseStrictValidation, in the project file).</exception>
    internal static ReadOnlyMemory<byte>? Unpack(ReadOnlyMemory<byte> packed, int bytesMax)
    {
        using var gzip = new GZipStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        var step = new byte[StepBytes];
        while (gzip.Read(step) is > 0 and var count)
        {
            if (unpacked.Length + count > bytesMax) return null;
            unpacked.Write(step, 0, count);
        }

        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }
}
