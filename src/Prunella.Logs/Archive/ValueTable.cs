using System.Runtime.InteropServices;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Archive;

/// <summary>The distinct values of a block's columns, each numbered once; values are pieces of the raw block.</summary>
internal sealed class ValueTable
{
    private const int InlineMax = 16;

    private int[] slots = new int[1 << 12];
    private Entry[] entries = new Entry[1 << 11];
    private byte[] raw = [];
    private int column;

    private struct Entry
    {
        // The value itself where it has no more than sixteen bytes, so that to compare is no walk back into the block.
        internal ulong Hash, Head, Tail;
        internal Piece Place;
        internal int Column, Columns, PoolNumber;
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
    internal int Intern(Values values, short pool, Span<int> ids)
    {
        column++;
        var distinct = 0;
        var last = default(ReadOnlySpan<byte>);
        var pieces = values.Pieces;
        for (var n = 0; n < pieces.Length; n++)
        {
            Values.Fetch(raw, pieces, n);
            var value = pieces[n].Of(raw);
            if (n > 0 && value.SequenceEqual(last))
            {
                ids[n] = ids[n - 1];
                continue;
            }

            last = value;
            var (head, tail) = Inline(value);
            var hash = Mix.Add(value.Length <= InlineMax ? Mix.Pair(head, tail, value.Length) : Mix.Bytes(value), (ulong)pool);
            var id = Find(hash, value, head, tail, pool);
            if (id < 0)
            {
                id = Add(new Entry { Hash = hash, Head = head, Tail = tail, Place = pieces[n], Pool = pool, PoolNumber = -1 });
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

    internal int PoolOf(int id) => entries[id].Pool;

    internal ReadOnlySpan<byte> Value(int id) => entries[id].Place.Of(raw);

    internal Piece Place(int id) => entries[id].Place;

    // All of a value of at most sixteen bytes; together with its length nothing else has the same.
    private static (ulong Head, ulong Tail) Inline(ReadOnlySpan<byte> value) => value.Length switch
    {
        > InlineMax => default,
        >= 8 => (MemoryMarshal.Read<ulong>(value), MemoryMarshal.Read<ulong>(value[^8..])),
        >= 4 => (MemoryMarshal.Read<uint>(value), MemoryMarshal.Read<uint>(value[^4..])),
        > 0 => (value[0] | ((ulong)value[value.Length >> 1] << 8) | ((ulong)value[^1] << 16), 0),
        _ => default,
    };

    private int Find(ulong hash, ReadOnlySpan<byte> value, ulong head, ulong tail, short pool)
    {
        var mask = slots.Length - 1;
        for (var i = (int)(hash >> 20) & mask; slots[i] != 0; i = (i + 1) & mask)
        {
            ref var entry = ref entries[slots[i] - 1];
            if (entry.Hash == hash && entry.Pool == pool && entry.Place.Length == value.Length && entry.Head == head && entry.Tail == tail
                && (value.Length <= InlineMax || entry.Place.Of(raw).SequenceEqual(value)))
            {
                return slots[i] - 1;
            }
        }

        return -1;
    }

    private int Add(in Entry entry)
    {
        if (Count == entries.Length)
        {
            Array.Resize(ref entries, Count * 2);
        }

        entries[Count] = entry;
        Count++;
        if (Count * 2 > slots.Length)
        {
            slots = new int[slots.Length * 2];
            for (var n = 0; n < Count - 1; n++)
            {
                Place(entries[n].Hash, n);
            }
        }

        Place(entry.Hash, Count - 1);
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
