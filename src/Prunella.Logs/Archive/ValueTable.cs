using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>The distinct values of a block's columns, each numbered once; values are pieces of the raw block.</summary>
internal sealed class ValueTable
{
    private int[] slots = new int[1 << 12];
    private Entry[] entries = new Entry[1 << 11];
    private byte[] raw = [];
    private int column;

    private struct Entry
    {
        internal ulong Hash;
        internal int Start, Length, Column, Columns, PoolNumber;
        internal short Pool;
    }

    internal int Count { get; private set; }

    internal void Clear(byte[] block)
    {
        raw = block;
        Count = 0;
        column = 0;
        slots.AsSpan().Clear();
    }

    /// <summary>Numbers the values of a column; equal values of one pool have one number.</summary>
    /// <returns>How many distinct values the column has.</returns>
    internal int Intern(Values values, short pool, int[] ids)
    {
        column++;
        var distinct = 0;
        for (var n = 0; n < values.Count; n++)
        {
            var value = values[n];
            var hash = Mix.Add(Mix.Bytes(value), (ulong)pool);
            var id = Find(hash, value, pool);
            if (id < 0)
            {
                id = Add(hash, values.Start(n), value.Length, pool);
            }

            ids[n] = id;
            ref var entry = ref entries[id];
            if (entry.Column != column)
            {
                entry.Column = column;
                entry.Columns++;
                distinct++;
            }
        }

        return distinct;
    }

    /// <summary>Columns in which the value stands.</summary>
    internal int Columns(int id) => entries[id].Columns;

    internal ref int PoolNumber(int id) => ref entries[id].PoolNumber;

    internal (int Start, int Length) Place(int id) => (entries[id].Start, entries[id].Length);

    private int Find(ulong hash, ReadOnlySpan<byte> value, short pool)
    {
        var mask = slots.Length - 1;
        for (var i = (int)(hash >> 20) & mask; slots[i] != 0; i = (i + 1) & mask)
        {
            ref var entry = ref entries[slots[i] - 1];
            if (entry.Hash == hash && entry.Pool == pool && raw.AsSpan(entry.Start, entry.Length).SequenceEqual(value))
            {
                return slots[i] - 1;
            }
        }

        return -1;
    }

    private int Add(ulong hash, int start, int length, short pool)
    {
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, Count * 2);
        }

        entries[Count] = new Entry { Hash = hash, Start = start, Length = length, Pool = pool, PoolNumber = -1 };
        Count++;
        if (Count * 2 > slots.Length)
        {
            slots = new int[slots.Length * 2];
            for (var n = 0; n < Count - 1; n++)
            {
                Place(entries[n].Hash, n);
            }
        }

        Place(hash, Count - 1);
        return Count - 1;
    }

    private void Place(ulong hash, int id)
    {
        var mask = slots.Length - 1;
        var i = (int)(hash >> 20) & mask;
        while (slots[i] != 0)
        {
            i = (i + 1) & mask;
        }

        slots[i] = id + 1;
    }
}
