namespace Prunella.Logs.Archive;

// A block of 16 MiB has about a million values: arrays as long as its columns, taken anew for each block, were a tenth of the time.

/// <summary>Room for the numbers of one block's columns, used again for the next block. What was taken last can be given back.</summary>
internal sealed class Scratch<T>
    where T : unmanaged
{
    private const int ChunkMin = 1 << 17;

    private readonly List<T[]> chunks = [];
    private int chunk, used;

    /// <summary>Numbers that say nothing yet.</summary>
    internal ArraySegment<T> Take(int count)
    {
        while (chunk < chunks.Count && chunks[chunk].Length - used < count)
        {
            chunk++;
            used = 0;
        }

        if (chunk == chunks.Count)
        {
            chunks.Add(GC.AllocateUninitializedArray<T>(Math.Max(ChunkMin, count)));
            used = 0;
        }

        used += count;
        return new ArraySegment<T>(chunks[chunk], used - count, count);
    }

    /// <summary>Gives back what was taken last; anything else stays until <see cref="Clear"/>.</summary>
    internal void Return(ArraySegment<T> last)
    {
        if (chunk < chunks.Count && last.Array == chunks[chunk] && last.Offset + last.Count == used)
        {
            used = last.Offset;
        }
    }

    /// <summary>Gives back everything.</summary>
    internal void Clear() => chunk = used = 0;
}
