namespace Prunella.Logs.Archive;

// A block has up to a hundred thousand keys, each a hash already: its low bits are its place, and all of them lie in a row for the filter.

/// <summary>Distinct 64-bit hashes, in the order in which they came; used again for the next block.</summary>
internal sealed class KeySet
{
    // Of each place the number of its key and one; at most half of them are taken.
    private int[] places = new int[1 << 12];
    private ulong[] keys = new ulong[1 << 11];

    internal int Count { get; private set; }

    internal ReadOnlySpan<ulong> All => keys.AsSpan(0, Count);

    internal void Clear()
    {
        Count = 0;
        places.AsSpan().Clear();
    }

    internal void Add(ulong key)
    {
        ref var place = ref PlaceOf(key);
        if (place != 0)
        {
            return;
        }

        keys[Count++] = key;
        place = Count;
        if (Count == keys.Length)
        {
            Array.Resize(ref keys, Count * 2);
            places = new int[Count * 4];
            for (var n = 0; n < Count; n++)
            {
                PlaceOf(keys[n]) = n + 1;
            }
        }
    }

    private ref int PlaceOf(ulong key)
    {
        var mask = places.Length - 1;
        var i = (int)key & mask;
        while (places[i] != 0 && keys[places[i] - 1] != key)
        {
            i = (i + 1) & mask;
        }

        return ref places[i];
    }
}
