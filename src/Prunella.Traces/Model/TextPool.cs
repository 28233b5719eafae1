using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Prunella.Traces.Model;

/// <summary>
/// Interned UTF-8 texts: equal bytes have equal ids, so the rest of the module compares integers.
/// Not thread-safe; each worker owns its pools.
/// </summary>
/// <remarks>Id 0 is the empty text. Texts live in 1 MB blocks so that growing never copies them.</remarks>
public sealed class TextPool
{
    private const int BlockBytes = 1 << 20;

    // 700 B a span holds about 25 texts: 25 x (hash + probe + compare) must stay under 1 us, so the hash eats 8 bytes a step.
    private Entry[] _entries = new Entry[256];
    private int[] _slots = new int[512];
    private readonly List<byte[]> _blocks = [];
    private byte[] _block;
    private int _blockUsed;
    private string?[] _strings = [];

    /// <summary>An empty pool; its first block grows with use.</summary>
    public TextPool()
    {
        _block = new byte[1 << 12];
        _blocks.Add(_block);
        Count = 1;
        _entries[0] = default;
    }

    /// <summary>Texts held, the empty one included.</summary>
    public int Count { get; private set; }

    /// <summary>Counts clearings: an id means what it meant only within one generation.</summary>
    public int Generation { get; private set; }

    /// <summary>Bytes of text held, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>The id of a text, added when new.</summary>
    /// <param name="text">UTF-8; invalid sequences are kept as they are and read back as U+FFFD.</param>
    public int Intern(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        var hash = Hash(text);
        var mask = (uint)_slots.Length - 1;
        var slot = hash & mask;
        while (true)
        {
            var id = _slots[slot];
            if (id == 0)
                break;
            ref readonly var entry = ref _entries[id];
            if (entry.Hash == hash && entry.Length == text.Length &&
                text.SequenceEqual(_blocks[entry.Block].AsSpan(entry.Offset, entry.Length)))
                return id;
            slot = (slot + 1) & mask;
        }

        return Add(text, hash, slot);
    }

    /// <summary>The id of a text, added when new.</summary>
    public int Intern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> small = stackalloc byte[256];
        if (text.Length <= 80)
            return Intern(small[..Encoding.UTF8.GetBytes(text, small)]);
        return Intern(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The id of a text or -1 when the pool does not hold it.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return 0;
        var hash = Hash(text);
        var mask = (uint)_slots.Length - 1;
        for (var slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            var id = _slots[slot];
            if (id == 0)
                return -1;
            ref readonly var entry = ref _entries[id];
            if (entry.Hash == hash && text.SequenceEqual(_blocks[entry.Block].AsSpan(entry.Offset, entry.Length)))
                return id;
        }
    }

    /// <summary>The bytes of a text; valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Utf8(int id)
    {
        ref readonly var entry = ref _entries[id];
        return _blocks[entry.Block].AsSpan(entry.Offset, entry.Length);
    }

    /// <summary>The text as a string, made once per id.</summary>
    public string Text(int id)
    {
        if (id == 0)
            return string.Empty;
        if (id >= _strings.Length)
            Array.Resize(ref _strings, Math.Max(Count, _strings.Length * 2));
        return _strings[id] ??= Encoding.UTF8.GetString(Utf8(id));
    }

    /// <summary>Forgets every text and keeps the memory of the tables.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Array.Clear(_strings);
        for (var block = _blocks.Count - 1; block > 0; block--)
        {
            ArrayPool<byte>.Shared.Return(_blocks[block]);
            _blocks.RemoveAt(block);
        }

        _block = _blocks[0];
        _blockUsed = 0;
        Count = 1;
        Bytes = 0;
        Generation++;
    }

    private int Add(ReadOnlySpan<byte> text, uint hash, uint slot)
    {
        if (_blockUsed + text.Length > _block.Length)
            NextBlock(text.Length);
        text.CopyTo(_block.AsSpan(_blockUsed));
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        var id = Count++;
        _entries[id] = new Entry(hash, text.Length, _blocks.Count - 1, _blockUsed);
        _blockUsed += text.Length;
        Bytes += text.Length;
        _slots[slot] = id;
        if (Count * 2 > _slots.Length)
            Rehash();
        return id;
    }

    private void NextBlock(int atLeast)
    {
        if (_blocks.Count == 1 && _blockUsed <= BlockBytes / 2 && atLeast <= BlockBytes / 2)
        {
            Array.Resize(ref _block, Math.Max(_block.Length * 4, _blockUsed + atLeast));
            _blocks[0] = _block;
            return;
        }

        _block = ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, atLeast));
        _blocks.Add(_block);
        _blockUsed = 0;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        var mask = (uint)_slots.Length - 1;
        for (var id = 1; id < Count; id++)
        {
            var slot = _entries[id].Hash & mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = id;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ref var start = ref MemoryMarshal.GetReference(text);
        var hash = (ulong)text.Length * Multiplier;
        var length = text.Length;
        var at = 0;
        for (; at + 8 <= length; at += 8)
            hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
        if (at < length)
        {
            ulong tail = 0;
            if (length >= 8)
                tail = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
            else
            {
                for (; at < length; at++)
                    tail = (tail << 8) | Unsafe.Add(ref start, at);
            }

            hash = Mix(hash ^ tail);
        }

        return (uint)(hash ^ (hash >> 32));

        static ulong Mix(ulong value)
        {
            var high = Math.BigMul(value, Multiplier, out var low);
            return high ^ low;
        }
    }

    private readonly record struct Entry(uint Hash, int Length, int Block, int Offset);
}
