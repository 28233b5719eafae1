namespace Prunella.Logs.Templates;

/// <summary>
/// Hash of a line's constant bytes → what is known of such lines. Open addressing in two generations: when the young one is full the
/// old one is dropped, so entries in use survive and the rest go, without a list to maintain on every line.
/// </summary>
internal sealed class ShapeTable(int entriesMax)
{
    private const int InitialSize = 4096;

    private readonly int generationMax = Math.Max(16, entriesMax / 2);
    private ulong[] keys = new ulong[InitialSize];
    private ShapeEntry?[] entries = new ShapeEntry?[InitialSize];
    private ulong[] oldKeys = [];
    private ShapeEntry?[] oldEntries = [];
    private int count;

    /// <summary>Entries dropped with their generation.</summary>
    internal long Evicted { get; private set; }

    internal ShapeEntry? Find(ulong key)
    {
        var slots = keys;
        var mask = slots.Length - 1;
        for (var i = (int)key & mask; ; i = (i + 1) & mask)
        {
            var at = slots[i];
            if (at == key)
            {
                return entries[i];
            }

            if (at == 0)
            {
                return FindOld(key);
            }
        }
    }

    internal void Add(ulong key, ShapeEntry entry)
    {
        if (count >= generationMax)
        {
            foreach (var old in oldEntries)
            {
                Evicted += old is null ? 0 : 1;
            }

            (oldKeys, oldEntries) = (keys, entries);
            keys = new ulong[InitialSize];
            entries = new ShapeEntry?[InitialSize];
            count = 0;
        }

        if (count * 2 >= keys.Length)
        {
            Grow();
        }

        Insert(keys, entries, key, entry);
        count++;
    }

    internal void Clear()
    {
        Array.Clear(keys);
        Array.Clear(entries);
        (oldKeys, oldEntries) = ([], []);
        count = 0;
    }

    private ShapeEntry? FindOld(ulong key)
    {
        if (oldKeys.Length == 0)
        {
            return null;
        }

        var mask = oldKeys.Length - 1;
        for (var i = (int)key & mask; oldKeys[i] != 0; i = (i + 1) & mask)
        {
            if (oldKeys[i] == key && oldEntries[i] is { } entry)
            {
                oldEntries[i] = null;
                Add(key, entry);
                return entry;
            }
        }

        return null;
    }

    private void Grow()
    {
        var (from, what) = (keys, entries);
        keys = new ulong[from.Length * 2];
        entries = new ShapeEntry?[from.Length * 2];
        for (var i = 0; i < from.Length; i++)
        {
            if (what[i] is { } entry)
            {
                Insert(keys, entries, from[i], entry);
            }
        }
    }

    private static void Insert(ulong[] keys, ShapeEntry?[] entries, ulong key, ShapeEntry entry)
    {
        var mask = keys.Length - 1;
        var i = (int)key & mask;
        while (keys[i] != 0)
        {
            i = (i + 1) & mask;
        }

        keys[i] = key;
        entries[i] = entry;
    }
}
