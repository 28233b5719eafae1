using System.Buffers;

namespace Prunella.Logs.Pipeline;

/// <summary>Lines by source, gathered from one request.</summary>
public sealed class LineBatches
{
    private readonly Dictionary<string, ArrayBufferWriter<byte>> batches = new(StringComparer.Ordinal);

    /// <summary>Sources and their lines, each ended by a line feed.</summary>
    public IEnumerable<(string Source, ReadOnlyMemory<byte> Lines)> All => batches.Select(static b => (b.Key, b.Value.WrittenMemory));

    /// <summary>Where lines of a source are written.</summary>
    internal ArrayBufferWriter<byte> Of(string source)
    {
        if (!batches.TryGetValue(source, out var batch))
        {
            batches[source] = batch = new ArrayBufferWriter<byte>();
        }

        return batch;
    }
}
